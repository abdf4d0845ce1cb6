/** A list of threads: folded to a few lines each, one opens where it stands. */

import * as React from 'react';

import { isLost } from '../models/cellThreads.ts';
import type { ThreadView } from '../_generated/types.ts';
import { useSignal } from './hooks.ts';
import { Empty, Loading, Marked, Trouble } from './parts.tsx';
import { LABELS, Thread } from './thread.tsx';
import { Avatar, nameOf, When, type IThreadProps } from './threadParts.tsx';

/** Threads that one more question brings. */
const PAGE = 50;

/** Letters of a comment that its folded thread shows. */
const EXCERPT = 160;

interface ThreadListProps extends IThreadProps {
  /** What is said where there are none. */
  empty: React.ReactNode;
  /** As many are open at first as there are, if there are no more than this. */
  open?: number;
  titled?: boolean;
  /** The thread that is shown elsewhere. */
  except?: string;
}

export function ThreadList(props: ThreadListProps): React.ReactElement {
  const { model, place, trans, empty, titled = true } = props;
  useSignal(model.changed);
  const [opened, setOpened] = React.useState<ReadonlySet<string>>(new Set());
  const [folded, setFolded] = React.useState<ReadonlySet<string>>(new Set());
  const { page, problem } = model;
  const threads = model.threads.filter(thread => thread.thread_id !== props.except);
  const few = threads.length <= (props.open ?? 0);
  const isOpen = ({ thread_id: id }: ThreadView) =>
    opened.has(id) || (few && !folded.has(id));
  const turn = (id: string, open: boolean) => {
    setOpened(changed(opened, id, open));
    setFolded(changed(folded, id, !open));
  };
  return (
    <div className="cb-threads">
      <Loading busy={model.busy && !page} label={trans.__('Loading comments')} />
      {problem && (
        <Trouble
          message={problem}
          action={{ label: trans.__('Try again'), run: () => void model.refresh() }}
        />
      )}
      {page?.read_only && (
        <p className="cb-note">
          <Marked text={page.read_only} />
        </p>
      )}
      {page?.notice && (
        <p className="cb-note" role="status">
          <Marked text={page.notice} />
        </p>
      )}
      {threads.map(thread =>
        isOpen(thread) ? (
          <Thread
            key={thread.thread_id}
            {...{ model, place, trans, thread, titled }}
            close={() => turn(thread.thread_id, false)}
          />
        ) : (
          <Folded
            key={thread.thread_id}
            {...{ thread, trans }}
            open={() => turn(thread.thread_id, true)}
          />
        )
      )}
      {!threads.length && !problem && !(model.busy && !page) && empty}
      {page?.more && (
        <button
          type="button"
          className="cb-link cb-more"
          onClick={() => void model.change({ limit: model.state.limit + PAGE })}
        >
          {trans.__('Show more (%1 in all)', page.total)}
        </button>
      )}
    </div>
  );
}

function changed(set: ReadonlySet<string>, id: string, on: boolean): Set<string> {
  const next = new Set(set);
  if (on) {
    next.add(id);
  } else {
    next.delete(id);
  }
  return next;
}

/** A thread in a few lines. */
const Folded = React.memo(
  function Folded(props: {
    thread: ThreadView;
    trans: IThreadProps['trans'];
    open: () => void;
  }): React.ReactElement {
    const { thread, trans, open } = props;
    const { anchor, comments, unread, count, resolved, labels } = thread;
    const first = comments.find(comment => !comment.deleted) ?? comments[0];
    const last = comments.at(-1);
    return (
      <button
        type="button"
        className={`cb-folded${unread ? ' cb-mod-unread' : ''}${resolved ? ' cb-mod-resolved' : ''}`}
        data-thread={thread.thread_id}
        aria-expanded="false"
        onClick={open}
      >
        <span className="cb-foldedhead">
          {isLost(anchor) && (
            <span className="cb-lostmark" title={trans.__('Orphaned: its cell is gone')}>
              ◌
            </span>
          )}
          <bdi className="cb-anchor">{anchor.title}</bdi>
          {resolved && <span className="cb-muted">✓ {trans.__('resolved')}</span>}
          {labels.map(label => (
            <span
              key={label}
              className={`cb-label cb-mod-${LABELS.includes(label) ? label : 'other'}`}
            >
              <bdi>{label}</bdi>
            </span>
          ))}
          <span className="cb-grow" />
          {unread > 0 ? (
            <span className="cb-new">{trans.__('%1 new', unread)}</span>
          ) : (
            <span className="cb-muted">{count > 1 && trans.__('%1 comments', count)}</span>
          )}
        </span>
        {first && (
          <span className="cb-excerpt">
            <Avatar person={first.author} />
            <bdi className="cb-author">{nameOf(first.author)}</bdi>
            <span dir="auto">
              {first.deleted ? trans.__('This comment was deleted.') : first.text.slice(0, EXCERPT)}
            </span>
          </span>
        )}
        {last && (
          <span className="cb-lastline cb-muted">
            {count > 1 && last !== first && (
              <>
                ↳ <bdi>{nameOf(last.author)}</bdi> ·{' '}
              </>
            )}
            <When time={thread.last_time} />
          </span>
        )}
      </button>
    );
  },
  (before, now) => before.thread === now.thread && before.trans === now.trans
);

/** What a list without a thread says. */
export function NoThreads(props: { text: string }): React.ReactElement {
  return (
    <Empty>
      <Marked text={props.text} />
    </Empty>
  );
}
