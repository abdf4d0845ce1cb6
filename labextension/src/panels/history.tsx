/** The history of a cell, beside the cell. */

import { Clipboard } from '@jupyterlab/apputils';
import type { Cell } from '@jupyterlab/cells';
import type { Notebook } from '@jupyterlab/notebook';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { CellState, CellVersion } from '../_generated/types.ts';
import type { CellHistory, IVersion } from '../models/cellHistory.ts';
import { age, date, duration, GLYPHS, STALE } from '../models/format.ts';
import { wordDiff } from '../models/wordDiff.ts';
import { showBeside } from './beside.ts';
import { Pieces } from './diffed.tsx';
import { useSignal } from './hooks.ts';
import { Outputs, sameOutputs } from './outputs.tsx';
import { Loading, Marked, Trouble } from './parts.tsx';

const WIDTH = 680;

/** What the history is of, and what it can do. */
export interface IHistoryOptions {
  readonly history: CellHistory;
  /** Whether the cell was found by its text. */
  readonly byText: boolean;
  readonly cell: Cell;
  readonly notebook: Notebook;
  readonly rendermime: IRenderMimeRegistry;
  readonly trans: TranslationBundle;
  /** Give the cell this source. */
  putBack(source: string): void;
}

/** Show the history of a cell below it, until it is closed. */
export function showHistory(options: IHistoryOptions): Promise<void> {
  const { cell, history, notebook, trans } = options;
  const count = (cell.model as { executionCount?: number | null }).executionCount;
  const title = count ? trans.__('History of cell [%1]', count) : trans.__('History of this cell');
  void history.older();
  return showBeside({
    modal: true,
    cell,
    notebook,
    title,
    className: 'cb-history',
    width: WIDTH,
    side: 'left',
    content: close => <History {...options} title={title} close={close} />
  });
}

/** What each version is compared with. */
type Other = 'before' | 'now' | 'nothing';

interface IShown extends IHistoryOptions {
  readonly title: string;
  close(): void;
}

function History(props: IShown): React.ReactElement {
  const { cell, history, trans } = props;
  const [other, compare] = React.useState<Other>('before');
  useSignal(history.changed);
  useSignal(cell.model.contentChanged);
  const now = cell.model.sharedModel.getSource();
  const versions = history.versions;
  return (
    <>
      <header className="cb-history-head">
        <h2>{props.title}</h2>
        <button
          type="button"
          className="cb-link cb-history-close"
          aria-label={trans.__('Close')}
          onClick={props.close}
        >
          ✕
        </button>
        <Comparison other={other} compare={compare} trans={trans} />
        <Loading busy={history.busy} label={trans.__('The history comes')} />
      </header>
      {history.error && <Trouble message={history.error} />}
      {props.byText && versions.length > 0 && (
        <p className="cb-history-note">
          {trans.__(
            'This notebook’s format gives cells new ids each time it is opened, so that the ' +
              'history was found by the text of the cell. Versions under another text are not here.'
          )}
        </p>
      )}
      <ol className="cb-versions">
        {versions.map((version, place) => (
          <Version
            key={version.executions[version.executions.length - 1].execution_id}
            version={version}
            before={versions[place + 1] ?? null}
            isFirst={place === versions.length - 1 && !history.more}
            now={now}
            other={other}
            shown={props}
          />
        ))}
      </ol>
      {history.more && (
        <button
          type="button"
          className="cb-link cb-history-older"
          disabled={history.busy}
          onClick={() => void history.older()}
        >
          {trans.__('Show older ones')}
        </button>
      )}
    </>
  );
}

function Comparison(props: {
  other: Other;
  compare: (other: Other) => void;
  trans: TranslationBundle;
}): React.ReactElement {
  const { trans } = props;
  const choices: [Other, string][] = [
    ['before', trans.__('the version before')],
    ['now', trans.__('the cell now')],
    ['nothing', trans.__('nothing')]
  ];
  const legend = {
    before: [trans.__('came with this version'), trans.__('went with it')],
    now: [trans.__('only in this version'), trans.__('only in the cell now')],
    nothing: []
  }[props.other];
  return (
    <fieldset className="cb-history-comparison">
      <legend>{trans.__('Compare with')}</legend>
      {choices.map(([value, label]) => (
        <label key={value}>
          <input
            type="radio"
            name="cb-history-comparison"
            checked={props.other === value}
            onChange={() => props.compare(value)}
          />
          {label}
        </label>
      ))}
      {legend.length > 0 && (
        <span className="cb-history-legend">
          <ins>{legend[0]}</ins> <del>{legend[1]}</del>
        </span>
      )}
    </fieldset>
  );
}

function Version(props: {
  version: IVersion;
  before: IVersion | null;
  isFirst: boolean;
  now: string;
  other: Other;
  shown: IShown;
}): React.ReactElement {
  const { version, before, now, other, shown } = props;
  const { trans } = shown;
  const [chosen, choose] = React.useState(version.executions[0].execution_id);
  const [copied, setCopied] = React.useState(false);
  const execution =
    version.executions.find(({ execution_id }) => execution_id === chosen) ?? version.executions[0];
  const isNow = version.source === now;
  const readOnly = shown.cell.readOnly;
  const from = other === 'now' ? now : other === 'before' ? (before?.source ?? null) : null;
  const same = sameOutputs(version.executions);
  const notes = [
    isNow && trans.__('This is what the cell holds now.'),
    props.isFirst && trans.__('The first version on record.')
  ].filter(Boolean);
  return (
    <li className="cb-version">
      <Facts execution={execution} times={version.executions.length} trans={trans} />
      {version.executions.length > 1 && (
        <Executions
          executions={version.executions}
          chosen={execution.execution_id}
          choose={choose}
          same={same}
          trans={trans}
        />
      )}
      {execution.stale.map(reason => (
        <p key={reason} className="cb-history-note">
          {STALE} <Marked text={trans.__('Stale when it ran: %1', reason)} />
        </p>
      ))}
      <Source source={version.source} from={from} label={trans.__('Source of this version')} />
      {notes.length > 0 && <p className="cb-history-note">{notes.join(' ')}</p>}
      <Outputs execution={execution} rendermime={shown.rendermime} trans={trans} />
      {execution.note && <p className="cb-history-note">{execution.note}</p>}
      <div className="cb-history-buttons">
        {!isNow && (
          <button
            type="button"
            className="jp-mod-styled jp-mod-accept"
            disabled={readOnly}
            title={
              readOnly
                ? trans.__('The cell cannot be edited')
                : trans.__('Replace the source of the cell; its outputs stay')
            }
            onClick={() => {
              shown.close();
              shown.putBack(version.source);
            }}
          >
            {trans.__('Put this version back')}
          </button>
        )}
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => {
            Clipboard.copyToSystem(version.source);
            setCopied(true);
          }}
        >
          {copied ? trans.__('Copied') : trans.__('Copy')}
        </button>
      </div>
    </li>
  );
}

const SHAPES: Record<CellState, string> = {
  ok: GLYPHS.finished,
  error: GLYPHS.failed,
  interrupted: GLYPHS.stopped,
  killed: GLYPHS.crashed,
  running: GLYPHS.running
};

function Facts(props: {
  execution: CellVersion;
  times: number;
  trans: TranslationBundle;
}): React.ReactElement {
  const { execution, trans } = props;
  const words: Record<CellState, string> = {
    ok: trans.__('ran'),
    error: trans.__('failed'),
    interrupted: trans.__('interrupted'),
    killed: trans.__('the kernel ended while it ran'),
    running: trans.__('runs')
  };
  return (
    <h3 className="cb-history-facts">
      <span className="cb-history-state" data-state={execution.state}>
        {SHAPES[execution.state]} {words[execution.state]}
      </span>
      <time title={date(execution.start_time)}>{age(execution.start_time)}</time>
      {execution.duration !== null && <span>{duration(execution.duration)}</span>}
      {execution.run_number > 0 && (
        <span className="cb-history-run">
          {trans.__('run #%1 %2', execution.run_number, execution.run_name)}
        </span>
      )}
      {execution.execution_count !== null && <code>[{execution.execution_count}]</code>}
      {props.times > 1 && (
        <span className="cb-history-times" title={trans.__('It ran %1 times', props.times)}>
          ×{props.times}
        </span>
      )}
    </h3>
  );
}

function Executions(props: {
  executions: readonly CellVersion[];
  chosen: string;
  choose: (execution: string) => void;
  same: boolean;
  trans: TranslationBundle;
}): React.ReactElement {
  const { trans } = props;
  return (
    <div className="cb-history-executions" role="group" aria-label={trans.__('Its executions')}>
      {props.executions.map(execution => (
        <button
          key={execution.execution_id}
          type="button"
          aria-pressed={execution.execution_id === props.chosen}
          title={date(execution.start_time)}
          onClick={() => props.choose(execution.execution_id)}
        >
          {SHAPES[execution.state]} {age(execution.start_time)}
        </button>
      ))}
      <span className="cb-history-muted">
        {props.same ? trans.__('the same outputs each time') : trans.__('outputs differ')}
      </span>
    </div>
  );
}

function Source(props: {
  source: string;
  from: string | null;
  label: string;
}): React.ReactElement {
  const { source, from } = props;
  const pieces = React.useMemo(
    () => (from === null ? [{ kind: 'same' as const, text: source }] : wordDiff(from, source)),
    [from, source]
  );
  return (
    // It may scroll: the keyboard reaches it.
    <pre className="cb-history-source" tabIndex={0} role="region" aria-label={props.label}>
      <Pieces pieces={pieces} />
    </pre>
  );
}
