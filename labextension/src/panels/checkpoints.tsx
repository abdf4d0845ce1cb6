/** The tab Checkpoints of the sidebar: the timeline of the notebook in sight. */

import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Checkpoint, Lane, TimelineRow } from '../_generated/types.ts';
import { CheckpointsModel, messageOf } from '../models/checkpoints.ts';
import { CommentCounts } from '../models/commentCounts.ts';
import * as format from '../models/format.ts';
import type { Wanted } from '../models/wanted.ts';
import type { IBook, IKernelLinks, IMoments } from '../tokens.ts';
import { CheckpointDetails } from './checkpointDetails.tsx';
import { showDifference } from './checkpointDialogs.tsx';
import { CheckpointMenu } from './checkpointMenu.ts';
import { useSignal, useTick } from './hooks.ts';
import { Empty, Loading, Marked, Trouble } from './parts.tsx';
import { isOnSaid, Said, useCounts } from './said.tsx';

const LANE = 12;
const ROW = 44;

interface Props {
  model: CheckpointsModel;
  counts: CommentCounts;
  menu: CheckpointMenu;
  book: IBook;
  trans: TranslationBundle;
  /** Begin to record in the kernel of the notebook in sight. */
  record: () => void;
}

/** The tab, with a model that lives as long as it is seen. */
export function CheckpointsTab(
  props: Omit<Props, 'model' | 'counts' | 'menu'> & {
    links: IKernelLinks;
    moments: IMoments;
    wanted: Wanted;
  }
): React.ReactElement | null {
  const { links, moments, wanted, ...rest } = props;
  const { book, trans } = rest;
  const [model, setModel] = React.useState<CheckpointsModel | null>(null);
  const [counts] = React.useState(() => new CommentCounts(book.api, () => book.notebook));
  useCounts(counts, book);
  const menu = React.useMemo(
    () => model && new CheckpointMenu(model, moments, trans),
    [model, moments, trans]
  );
  React.useEffect(() => {
    const made = new CheckpointsModel(book, links);
    const choose = () => {
      const what = wanted.take();
      if (what !== null) {
        made.choose(what);
      }
    };
    choose();
    wanted.asked.connect(choose);
    setModel(made);
    return () => {
      wanted.asked.disconnect(choose);
      made.dispose();
    };
  }, [book, links, wanted]);
  return model && menu && <Checkpoints {...rest} {...{ model, counts, menu }} />;
}

function Checkpoints(props: Props): React.ReactElement {
  const { model, trans, record } = props;
  useSignal(model.stateChanged);
  useTick(30_000);
  const kernelRecords = !!model.link?.state;
  return (
    <div className="cb-checkpoints">
      {model.link && (
        <div className="cb-bar">
          {kernelRecords ? (
            <Save model={model} trans={trans} />
          ) : (
            <button type="button" className="jp-mod-styled cb-wide" onClick={record}>
              {trans.__('Record this notebook')}
            </button>
          )}
        </div>
      )}
      <Loading busy={model.loading} label={trans.__('Looking for checkpoints')} />
      {model.error && (
        <Trouble
          message={model.error}
          action={{ label: trans.__('Try again'), run: () => void model.refresh() }}
        />
      )}
      <List {...props} />
      <Foot model={model} trans={trans} />
    </div>
  );
}

function Save({ model, trans }: Pick<Props, 'model' | 'trans'>): React.ReactElement {
  const [label, setLabel] = React.useState('');
  const [busy, setBusy] = React.useState(false);
  const save = async (event: React.FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await model.save(label);
      setLabel('');
    } catch (error) {
      Notification.error(messageOf(error), { autoClose: 8000 });
    }
    setBusy(false);
  };
  return (
    <form className="cb-save" onSubmit={event => void save(event)}>
      <input
        className="jp-mod-styled"
        value={label}
        maxLength={200}
        placeholder={trans.__('label')}
        aria-label={trans.__('Label of the checkpoint')}
        onChange={event => setLabel(event.target.value)}
      />
      <button type="submit" className="jp-mod-styled jp-mod-accept" disabled={busy}>
        {trans.__('Checkpoint now')}
      </button>
    </form>
  );
}

function List(props: Props): React.ReactElement | null {
  const { model, menu, trans } = props;
  const list = React.useRef<HTMLDivElement>(null);
  const last = model.rows[model.rows.length - 1]?.checkpoint.checkpoint_id;
  const atEnd = React.useRef(true);
  React.useLayoutEffect(() => {
    // The newest is at the foot, and stays in sight unless somebody has scrolled away from it.
    if (atEnd.current && list.current) {
      list.current.scrollTop = list.current.scrollHeight;
    }
  }, [last, model.notebook]);
  React.useLayoutEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [model.selected]);
  if (!model.rows.length) {
    return model.loading || model.error ? null : <Nothing model={model} trans={trans} />;
  }
  const width = Math.max(...model.rows.map(row => row.lanes.length), 1);
  const keys: Record<string, () => void> = {
    ArrowDown: () => model.move(1),
    ArrowUp: () => model.move(-1),
    Home: () => model.move(-model.rows.length),
    End: () => model.move(model.rows.length),
    Escape: () => model.select(null),
    Enter: () => {
      if (model.selected) {
        void showDifference(model, model.selected, trans);
      }
    }
  };
  return (
    <div
      className="cb-timeline"
      ref={list}
      onScroll={event => {
        const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
        atEnd.current = scrollHeight - scrollTop - clientHeight < ROW;
      }}
    >
      {model.older > 0 && (
        <button type="button" className="cb-link cb-older" onClick={() => void model.showOlder()}>
          {trans.__('%1 older ones', model.older.toLocaleString())}
        </button>
      )}
      <div
        role="listbox"
        tabIndex={0}
        aria-label={trans.__('Checkpoints of this notebook')}
        aria-activedescendant={model.selected ? `cb-checkpoint-${model.selected}` : undefined}
        onKeyDown={event => {
          if (event.target !== event.currentTarget) {
            return;
          }
          const asksForMenu = event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey);
          const row = model.rows.find(one => one.checkpoint.checkpoint_id === model.selected);
          if (keys[event.key]) {
            keys[event.key]();
          } else if (asksForMenu && row) {
            const place = list.current!.querySelector('[aria-selected=true]')!.getBoundingClientRect();
            menu.open(row, place.left + 40, place.top + ROW);
          } else {
            return;
          }
          event.preventDefault();
        }}
      >
        {model.rows.map(row => (
          <Row key={row.checkpoint.checkpoint_id} {...props} {...{ row, width }} />
        ))}
      </div>
    </div>
  );
}

function Nothing({ model, trans }: Pick<Props, 'model' | 'trans'>): React.ReactElement {
  const text = !model.notebook
    ? trans.__('Open a notebook to see its checkpoints.')
    : model.link?.state
      ? trans.__('No checkpoints yet. One is saved after each cell; `%checkpoint LABEL` saves one now.')
      : trans.__(
          'No checkpoints yet. `%load_ext cellbook` records this notebook: a checkpoint of its ' +
            'cells and variables is then saved after each cell.'
        );
  return (
    <Empty>
      <Marked text={text} />
    </Empty>
  );
}

function Row(props: Props & { row: TimelineRow; width: number }): React.ReactElement {
  const { row, width, model, counts, menu, book, trans } = props;
  const one = row.checkpoint;
  const selected = model.selected === one.checkpoint_id;
  const now = model.head === one.checkpoint_id;
  const what = one.label || row.cell || trans.__('before the first cell');
  return (
    <div
      role="option"
      id={`cb-checkpoint-${one.checkpoint_id}`}
      aria-selected={selected}
      className={`cb-checkpoint${selected ? ' cb-mod-selected' : ''}${now ? ' cb-mod-now' : ''}`}
      title={hover(row, trans)}
      onClick={event => {
        if (isOnSaid(event.target)) {
          model.discuss(one.checkpoint_id);
        } else {
          model.select(selected ? null : one.checkpoint_id);
        }
      }}
      onContextMenu={event => {
        // In what is written there the browser's own menu is of more use.
        if (!(event.target as Element).closest('.cb-details')) {
          event.preventDefault();
          event.stopPropagation();
          model.select(one.checkpoint_id);
          menu.open(row, event.clientX, event.clientY);
        }
      }}
    >
      <div className="cb-row">
        <Graph lanes={row.lanes} width={width} labelled={!!one.label} now={now} />
        <div className="cb-what">
          <div className="cb-line1">
            <span className="cb-order" title={trans.__('%restore %1 brings it back', row.number)}>
              {row.number}
            </span>
            <span className={one.label ? 'cb-name cb-strong' : 'cb-name cb-code'}>{what}</span>
            {now && <span className="cb-now">{trans.__('now')}</span>}
            <span className="cb-when" title={format.date(one.time)}>
              {format.age(one.time)}
            </span>
          </div>
          <div className="cb-line2">
            <span className="cb-changes">
              {Object.keys(one.lost).length > 0 && (
                <span className="cb-lost">
                  {trans.__('not saved: %1', Object.keys(one.lost).join(', '))}{' '}
                </span>
              )}
              {row.changes || kindOf(one, trans)}
            </span>
            <Said count={counts.ofCheckpoint(one.checkpoint_id)} trans={trans} />
            <span className="cb-size">{one.stored ? format.size(one.stored) : format.MISSING}</span>
          </div>
        </div>
      </div>
      {selected && <CheckpointDetails {...{ row, model, book, menu, trans }} />}
    </div>
  );
}

function kindOf(one: Checkpoint, trans: TranslationBundle): string {
  return {
    manual: trans.__('asked for'),
    cell: trans.__('no variable changed'),
    'run start': trans.__('a run began'),
    'run end': trans.__('a run ended'),
    'before restore': trans.__('before a restore')
  }[one.kind];
}

function hover(row: TimelineRow, trans: TranslationBundle): string {
  const one = row.checkpoint;
  const lines = [
    trans.__('Checkpoint %1 · %2', row.number, format.date(one.time)),
    row.cell,
    row.run && trans.__('run %1', row.run),
    row.changes,
    ...Object.entries(one.lost).map(([name, why]) => trans.__('not saved: %1 (%2)', name, why))
  ];
  return lines.filter(Boolean).join('\n');
}

/** The tree beside one checkpoint. */
function Graph(props: {
  lanes: readonly Lane[];
  width: number;
  labelled: boolean;
  now: boolean;
}): React.ReactElement {
  const middle = 14;
  const parts: React.ReactElement[] = [];
  props.lanes.forEach((lane, place) => {
    const x = place * LANE + LANE / 2;
    const line = (key: string, x1: number, y1: string | number, x2: number, y2: string | number) =>
      parts.push(<line key={`${place}${key}`} x1={x1} y1={y1} x2={x2} y2={y2} />);
    if (lane.up) {
      line('u', x, 0, x, middle);
    }
    if (lane.down) {
      line('d', x, middle, x, '100%');
    }
    if (lane.left) {
      line('l', x - LANE / 2, middle, x, middle);
    }
    if (lane.right) {
      line('r', x, middle, x + LANE / 2, middle);
    }
    if (lane.dot) {
      parts.push(
        <circle
          key={`${place}.`}
          className={props.now ? 'cb-mod-now' : props.labelled ? 'cb-mod-labelled' : undefined}
          cx={x}
          cy={middle}
          r={props.labelled || props.now ? 5 : 3.5}
        />
      );
    }
  });
  return (
    <div className="cb-graph" style={{ width: props.width * LANE }} aria-hidden="true">
      <svg width={props.width * LANE}>{parts}</svg>
    </div>
  );
}

function Foot({ model, trans }: Pick<Props, 'model' | 'trans'>): React.ReactElement | null {
  const book = model.book;
  if (!book?.exists || !book.checkpoints) {
    return null;
  }
  const share = book.checkpoints_quota ? book.checkpoints_size / book.checkpoints_quota : 0;
  const text = trans.__(
    '%1 of %2 for the checkpoints of this book',
    format.size(book.checkpoints_size),
    format.size(book.checkpoints_quota)
  );
  return (
    <footer className="cb-foot" title={book.url}>
      {text}
      {share > 0.8 && (
        <span className="cb-lost">
          {' '}
          <Marked text={trans.__('`cellbook gc` removes old ones.')} />
        </span>
      )}
    </footer>
  );
}
