/** The tab Comments of the sidebar: the brief, and all threads of this notebook or this book. */

import { searchIcon } from '@jupyterlab/ui-components';
import type { ISignal } from '@lumino/signaling';
import * as React from 'react';

import type { IAnchor } from '../models/anchors.ts';
import { NEW_DRAFT } from '../models/drafts.ts';
import type { ThreadView } from '../_generated/types.ts';
import type { IBook } from '../tokens.ts';
import { Brief } from './brief.tsx';
import { Composer } from './composer.tsx';
import { useSignal } from './hooks.ts';
import { ThreadFilters } from './threadFilters.tsx';
import { NoThreads, ThreadList } from './threads.tsx';
import type { IThreadProps } from './threadParts.tsx';

interface TabProps extends IThreadProps {
  book: IBook;
  /** What a thread on the notebook in sight hangs on. */
  anchor: () => IAnchor;
  /** Its cells have come, gone or moved. */
  cellsChanged: ISignal<unknown, unknown>;
}

/** The whole tab; it follows the book while it is there. */
export function CommentsTab(props: TabProps): React.ReactElement {
  const { model, place, trans, book, cellsChanged } = props;
  useSignal(model.changed);
  const { notebook } = model.state;
  const [answer, setAnswer] = React.useState({ notebook, thread: null as ThreadView | null });
  // That of the notebook that was in sight before is none of this one's.
  const brief = answer.notebook === notebook ? answer.thread : null;
  React.useEffect(() => {
    const listening = book.listen();
    const tell = (_: unknown, tables: readonly string[]) => model.tell(tables);
    const follow = () => void model.change({ notebook: book.notebook });
    book.changed.connect(tell);
    const lookAgain = () => void model.refresh();
    book.notebookChanged.connect(follow);
    cellsChanged.connect(lookAgain);
    follow();
    return () => {
      book.changed.disconnect(tell);
      book.notebookChanged.disconnect(follow);
      cellsChanged.disconnect(lookAgain);
      listening.dispose();
    };
  }, [model, book, cellsChanged]);
  const { page } = model;
  React.useEffect(() => {
    let wanted = true;
    if (notebook) {
      book.api
        .ask<{ thread: ThreadView | null }>(notebook, 'brief', {})
        .then(({ thread }) => wanted && setAnswer({ notebook, thread }))
        .catch(() => wanted && setAnswer({ notebook, thread: null }));
    }
    return () => {
      wanted = false;
    };
  }, [book, notebook, page]);
  const { filter, query, label, scope } = model.state;
  const narrowed = !!query || !!label || (filter !== '' && filter !== 'open');
  const empty = !notebook && scope === 'notebook'
    ? trans.__('Open a notebook to see what is said of it.')
    : narrowed
      ? trans.__('Nothing is found. "All" shows every thread.')
      : (page?.counts.all ?? 0) > 0
        ? trans.__('All is resolved.')
        : trans.__(
            'Nothing is said yet. Choose a cell and press Comment in its toolbar, or write ' +
              '`%comment TEXT` in it.'
          );
  return (
    <>
      <ThreadFilters
        {...{ model, place, trans }}
        scoped
        before={<searchIcon.react tag="span" className="cb-icon" aria-hidden="true" />}
      />
      <div className="cb-scroll cb-commentstab">
        {notebook && scope === 'notebook' && (
          <Brief key={`brief ${notebook}`} {...{ model, place, trans }} thread={brief} />
        )}
        {notebook && !model.readOnly && (
          <Composer
            key={notebook}
            {...{ model, place, trans }}
            draft={NEW_DRAFT(notebook)}
            label={trans.__('Comment on the notebook…')}
            verb={trans.__('Comment')}
            send={text => model.start(props.anchor(), text)}
          />
        )}
        <ThreadList
          {...{ model, place, trans }}
          except={scope === 'notebook' ? brief?.thread_id : undefined}
          empty={<NoThreads text={empty} />}
        />
      </div>
    </>
  );
}
