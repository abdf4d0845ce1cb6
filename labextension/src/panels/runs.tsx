/** The tab Runs of the sidebar: a search box, the list, and what can be done with those chosen. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { ellipsesIcon, refreshIcon, searchIcon, settingsIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import * as formatting from '../models/format.ts';
import type { CommentCounts } from '../models/commentCounts.ts';
import type { RunsModel } from '../models/runs.ts';
import type { IBook, IKernelLinks } from '../tokens.ts';
import { useKernel, useSignal } from './hooks.ts';
import { Empty, Loading, Marked, Trouble } from './parts.tsx';
import { QueryField } from './queryField.tsx';
import { RunDetailsView } from './runDetails.tsx';
import { RunList } from './runList.tsx';
import type { RunMenus } from './runMenus.ts';
import { useCounts } from './said.tsx';

/** Milliseconds for which an undo is offered. */
const OFFERED = 30_000;

export interface RunsProps {
  model: RunsModel;
  counts: CommentCounts;
  book: IBook;
  links: IKernelLinks;
  menus: RunMenus;
  trans: TranslationBundle;
  /** Begin to record in the kernel of the notebook in sight. */
  record: () => void;
  /** Ask for the name of a run, and start it. */
  start: () => void;
}

/** The whole tab. */
export function Runs(props: RunsProps): React.ReactElement {
  const { model, book, trans } = props;
  useSignal(model.changed);
  useCounts(props.counts, book);
  React.useEffect(() => {
    const listening = book.listen();
    const tell = (_: unknown, tables: readonly string[]) => model.tell(tables);
    book.changed.connect(tell);
    // What happened while nobody looked.
    void model.refresh();
    return () => {
      book.changed.disconnect(tell);
      listening.dispose();
    };
  }, [model, book]);
  if (model.details !== null) {
    return (
      <>
        <RunDetailsView key={model.details} {...props} run={model.details} />
        <Undo {...props} />
      </>
    );
  }
  return (
    <>
      <Search model={model} menus={props.menus} trans={trans} />
      <Loading busy={model.busy} label={trans.__('Loading runs')} />
      <Listed {...props} />
      <Undo {...props} />
      <Chosen {...props} />
    </>
  );
}

function Search(props: {
  model: RunsModel;
  menus: RunMenus;
  trans: TranslationBundle;
}): React.ReactElement {
  const { model, menus, trans } = props;
  return (
    <QueryField
      query={model.query}
      problem={model.problem?.query ? model.problem.message : ''}
      ask={query => void model.ask({ query })}
      known={model.queries}
      before={<searchIcon.react tag="span" className="cb-icon" aria-hidden="true" />}
      behind={
        <>
          <IconButton
            icon={settingsIcon}
            label={trans.__('Order and filters')}
            menu
            run={event => menus.openView(event.currentTarget)}
          />
          <IconButton
            icon={refreshIcon}
            label={trans.__('Read anew')}
            run={() => void model.refresh()}
          />
        </>
      }
      trans={trans}
    />
  );
}

/** A button that shows an icon and nothing else. */
function IconButton(props: {
  icon: typeof searchIcon;
  label: string;
  menu?: boolean;
  run: (event: React.MouseEvent<HTMLButtonElement>) => void;
}): React.ReactElement {
  return (
    <button
      type="button"
      className="cb-iconbutton"
      aria-label={props.label}
      aria-haspopup={props.menu ? 'menu' : undefined}
      title={props.label}
      onClick={props.run}
    >
      <props.icon.react tag="span" className="cb-icon" />
    </button>
  );
}

/** The list, or what is said instead of it. */
function Listed(props: RunsProps): React.ReactElement {
  const { model, menus, trans } = props;
  const { page, problem } = model;
  const again = { label: trans.__('Try again'), run: () => void model.refresh() };
  if (problem && !problem.query && model.items.length === 0) {
    return <Trouble message={problem.message} action={again} />;
  }
  if (!page || model.items.length === 0) {
    return <div className="cb-grow">{page && !model.busy && <Nothing {...props} />}</div>;
  }
  const metric = model.items[0].metric;
  return (
    // While a query is wrong, what is listed is no answer to it.
    <div className={problem?.query ? 'cb-listed cb-mod-old' : 'cb-listed'}>
      {problem && !problem.query && <Trouble message={problem.message} action={again} />}
      <div className="cb-columns" aria-hidden="true">
        <span>{orderWord(model.order, trans)}</span>
        <bdi title={metric ?? undefined}>{metric}</bdi>
      </div>
      {page?.note && (
        <p className="cb-note cb-listnote">
          <Marked text={page.note} />
        </p>
      )}
      <RunList
        model={model}
        counts={props.counts}
        trans={trans}
        baseline={menus.baseline}
        openMenu={(run, x, y) => menus.open(run, x, y)}
        trash={() => void menus.trash()}
        undo={() => void menus.undo()}
      />
    </div>
  );
}

function orderWord(order: string, trans: TranslationBundle): string {
  if (!order) {
    return trans.__('newest first');
  }
  return order.replace(/ DESC$/, ' ↓').replace(/ ASC$/, ' ↑').replaceAll('`', '');
}

/** What is said where there are no runs: why, and what makes some appear. */
function Nothing(props: RunsProps): React.ReactElement {
  const { model, trans } = props;
  const page = model.page!;
  if (page.empty_book) {
    return <NoRuns {...props} />;
  }
  if (page.query) {
    return (
      <Empty>
        <p>{trans.__('No run matches.')}</p>
        {page.hint && (
          <p>
            <Marked text={page.hint} />
          </p>
        )}
        <button type="button" className="cb-link" onClick={() => void model.ask({ query: '' })}>
          {trans.__('Show all runs')}
        </button>
      </Empty>
    );
  }
  return (
    <Empty>
      <p>{trans.__('Nothing but archived or deleted runs.')}</p>
      <button
        type="button"
        className="cb-link"
        onClick={() => void model.ask({ query: 'archived = true' })}
      >
        {trans.__('Show archived runs')}
      </button>
    </Empty>
  );
}

/** What is said where there are no runs at all, with the next thing to do about it. */
function NoRuns(props: RunsProps): React.ReactElement {
  const { book, links, trans, record, start } = props;
  const link = useKernel(book, links);
  const text = link?.state
    ? trans.__(
        'This notebook is recorded. `%track_run NAME` in a cell starts a run; `%log acc=0.9` adds ' +
          'to it.'
      )
    : trans.__(
        'In a notebook, `%load_ext cellbook` and then `%track_run NAME` starts one; ' +
          '`%log acc=0.9` adds to it. In a script, `with cb.start_run():` does.'
      );
  return (
    <Empty>
      <p>
        <strong>{trans.__('No runs yet.')}</strong>
      </p>
      <p>
        <Marked text={text} />
      </p>
      {link && (
        <button type="button" className="jp-mod-styled" onClick={link.state ? start : record}>
          {link.state ? trans.__('Start a run…') : trans.__('Record this notebook')}
        </button>
      )}
    </Empty>
  );
}

/** A quiet line that says what was done, and undoes it. */
function Undo(props: RunsProps): React.ReactElement {
  const { model, menus, trans } = props;
  const { done } = model;
  React.useEffect(() => {
    if (!done) {
      return undefined;
    }
    const timer = setTimeout(() => model.settle(), OFFERED);
    return () => clearTimeout(timer);
  }, [done, model]);
  return (
    <div role="status" className={done ? 'cb-notice' : undefined}>
      {done && (
        <>
          <bdi>{doneWord(done.what, done.runs, trans)}</bdi>
          <button type="button" className="cb-link" onClick={() => void menus.undo()}>
            {trans.__('Undo')}
          </button>
        </>
      )}
    </div>
  );
}

function doneWord(
  what: 'trashed' | 'archived',
  runs: readonly { number: number; name: string }[],
  trans: TranslationBundle
): string {
  if (runs.length === 1) {
    const [{ number, name }] = runs;
    const short = formatting.shorten(name, 40);
    return what === 'trashed'
      ? trans.__('#%1 %2 is in the trash.', number, short)
      : trans.__('#%1 %2 is in the archive.', number, short);
  }
  return what === 'trashed'
    ? trans.__('%1 runs are in the trash.', runs.length)
    : trans.__('%1 runs are in the archive.', runs.length);
}

/** What can be done with the chosen runs. */
function Chosen(props: RunsProps): React.ReactElement | null {
  const { model, menus, trans } = props;
  const count = model.choice.chosen.size;
  if (!count) {
    return null;
  }
  return (
    <footer className="cb-chosen">
      <span role="status">{trans._n('%1 selected', '%1 selected', count)}</span>
      <button
        type="button"
        className="cb-button"
        disabled={count < 2}
        title={count < 2 ? trans.__('Select another run to compare it with') : undefined}
        onClick={() => menus.compareChosen()}
      >
        {trans.__('Compare')}
      </button>
      <IconButton
        icon={ellipsesIcon}
        label={trans.__('More for the selected runs')}
        menu
        run={event => menus.openChosen(event.currentTarget)}
      />
      <button
        type="button"
        className="cb-link"
        onClick={() => (model.choice = model.choice.only([]))}
      >
        {trans.__('Clear')}
      </button>
    </footer>
  );
}
