/** A table of runs with all that belongs to it: search, columns, export, and what is chosen. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { GridModel } from '../models/grid.ts';
import type { IHost } from '../models/host.ts';
import { queryProblem } from '../models/query.ts';
import { ColumnChooser } from './columnChooser.tsx';
import { Grid } from './grid.tsx';
import { useExport } from './exportMenu.tsx';
import { useSignal } from './hooks.ts';
import { Empty, Loading, Marked, Trouble } from './parts.tsx';
import { Pin } from './pin.tsx';
import { useClickAway } from './popups.ts';
import { QueryField } from './queryField.tsx';

/** Runs that one comparison takes, at most: as `cellbook.answers.comparing` has it. */
const COMPARED = 100;

export interface RunsTableProps {
  model: GridModel;
  host: IHost;
  trans: TranslationBundle;
  /** Show runs beside one another, or one by itself. */
  open: (runs: readonly string[], baseline: string) => void;
  /** Asks for the dashboard that all this is to be on, where the table is a part of something. */
  pin?: () => void;
}

/** The whole table. */
export function RunsTable(props: RunsTableProps): React.ReactElement {
  const { model, host, trans } = props;
  useSignal(model.changed);
  const [choosing, setChoosing] = React.useState(false);
  const [pinning, setPinning] = React.useState(false);
  const [menu, exported] = useExport({
    file: format => model.file(format),
    host,
    pin: props.pin ?? (() => setPinning(true)),
    trans
  });
  const close = React.useCallback(() => setChoosing(false), []);
  const chooser = React.useRef<HTMLSpanElement>(null);
  useClickAway(chooser, choosing, close);
  const { page, problem, state } = model;
  const wrong = problem !== '' && queryProblem(problem).wrong !== null;
  const again = { label: trans.__('Try again'), run: () => void model.refresh() };
  return (
    <div className={choosing ? 'cb-runstable cb-mod-choosing' : 'cb-runstable'}>
      {(state.notes ?? []).map(note => (
        <p key={note} className="cb-note">
          <Marked text={note} />
        </p>
      ))}
      <div className="cb-gridbar">
        <QueryField
          query={state.query}
          problem={wrong ? problem : ''}
          ask={query => void model.change({ query })}
          trans={trans}
        />
        <span className="cb-count" role="status">
          {page && counted(model, trans)}
          {state.most > 0 && page && page.total === state.most && (
            <button
              type="button"
              className="cb-link"
              onClick={() => void model.change({ most: 0 })}
            >
              {trans.__('Show all')}
            </button>
          )}
        </span>
        <label className="cb-choose">
          <input
            type="checkbox"
            checked={!state.everything && state.columns.length === 0}
            onChange={event =>
              void model.change({ everything: !event.target.checked, columns: [] })
            }
          />
          {trans.__('only what differs')}
        </label>
        <span className="cb-menubox" ref={chooser}>
          <button
            type="button"
            className="cb-link"
            aria-haspopup="dialog"
            aria-expanded={choosing}
            onClick={() => setChoosing(!choosing)}
          >
            {trans.__('columns')} ▾
          </button>
          {choosing && <ColumnChooser model={model} close={close} trans={trans} />}
        </span>
        {menu}
      </div>
      <Loading busy={model.busy} label={trans.__('Loading runs')} />
      {problem && !wrong && <Trouble message={problem} action={again} />}
      {exported}
      {pinning && <Pin model={model} close={() => setPinning(false)} trans={trans} />}
      {page?.note && (
        <p className="cb-note">
          <Marked text={page.note} />
        </p>
      )}
      <div className={wrong ? 'cb-listed cb-mod-old' : 'cb-listed'}>
        {page && page.total === 0 ? (
          <Nothing model={model} trans={trans} />
        ) : (
          page && <Grid model={model} open={run => props.open([run], run)} trans={trans} />
        )}
      </div>
      <Chosen {...props} />
    </div>
  );
}

function counted(model: GridModel, trans: TranslationBundle): string {
  const { total } = model;
  return trans._n('%1 run', '%1 runs', total).replace(String(total), total.toLocaleString('en'));
}

/** What is said where no run is found: why, and what finds some. */
function Nothing(props: { model: GridModel; trans: TranslationBundle }): React.ReactElement {
  const { model, trans } = props;
  const page = model.page!;
  if (page.empty_book) {
    return (
      <Empty>
        <Marked text={trans.__('No runs yet. `%track_run NAME` starts one.')} />
      </Empty>
    );
  }
  return (
    <Empty>
      <p>{trans.__('No run matches.')}</p>
      {page.hint && (
        <p>
          <Marked text={page.hint} />
        </p>
      )}
      {model.state.query && (
        <button
          type="button"
          className="cb-link"
          onClick={() => void model.change({ query: '' })}
        >
          {trans.__('Show all runs')}
        </button>
      )}
    </Empty>
  );
}

/** What can be done with the chosen runs. */
function Chosen(props: RunsTableProps): React.ReactElement | null {
  const { model, trans } = props;
  const { chosen } = model;
  if (!chosen.size) {
    return null;
  }
  const runs = [...chosen.values()].sort((a, b) => a.number - b.number).map(row => row.run_id);
  const { baseline } = model.state;
  const why =
    runs.length < 2
      ? trans.__('Select another run to compare it with')
      : runs.length > COMPARED
        ? trans.__('At most %1 runs can be compared', COMPARED)
        : undefined;
  return (
    <footer className="cb-chosen">
      <span role="status">{trans._n('%1 selected', '%1 selected', chosen.size)}</span>
      <button
        type="button"
        className="cb-button"
        disabled={why !== undefined}
        title={why}
        onClick={() => props.open(runs, runs.includes(baseline) ? baseline : runs[0])}
      >
        {trans.__('Compare')}
      </button>
      <button type="button" className="cb-link" onClick={() => model.clear()}>
        {trans.__('Clear')}
      </button>
    </footer>
  );
}
