/** All that is on record of one run, instead of the list. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { caretLeftIcon, editIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { MetricStats, RunDetails } from '../_generated/types.ts';
import * as formatting from '../models/format.ts';
import type { IRunChanges } from '../models/runs.ts';
import { runsTarget } from '../models/threads.ts';
import { DataUsed, RowsUsed } from './dataParts.tsx';
import { RunsDiscussion } from './discussion.tsx';
import { useTick } from './hooks.ts';
import { LineageFold } from './lineage.tsx';
import { Ago, Loading, Trouble } from './parts.tsx';
import { RenameField } from './renameField.tsx';
import { RunCurve } from './runCurve.tsx';
import { Artifacts, Cells, Facts, Params } from './runParts.tsx';
import { State, stateWord } from './runRow.tsx';
import { Flags, Reproductions, StandsOn } from './runStanding.tsx';
import { Notes, Tags } from './runWords.tsx';
import { SaidOf } from './said.tsx';
import type { RunsProps } from './runs.tsx';

/** Tables whose changes show in a run's details. */
const SHOWN = ['book', 'runs', 'cells', 'artifacts', 'metrics', 'datasets', 'dataset_aliases', 'subsets', 'slices', 'reproductions'];

/** The details of a run; they follow it while it runs. */
export function RunDetailsView(props: RunsProps & { run: string }): React.ReactElement {
  const { model, trans, run } = props;
  const { details, problem, refresh } = useDetails(props);
  const node = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => {
    if (model.editing === null) {
      node.current?.focus();
    }
  }, [model, run]);
  const back = () => (model.details = null);
  const change = async (changes: IRunChanges) => {
    await model.change(run, changes);
    await refresh();
  };
  return (
    <div
      ref={node}
      className="cb-details"
      tabIndex={-1}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          back();
        }
      }}
    >
      <div className="cb-line">
        <button type="button" className="cb-link" onClick={back}>
          <caretLeftIcon.react tag="span" className="cb-icon" />
          {trans.__('Runs')}
        </button>
      </div>
      <Loading busy={!details && !problem} label={trans.__('Loading the run')} />
      {problem && <Trouble message={problem} action={{ label: trans.__('Try again'), run: () => void refresh() }} />}
      {details && (
        <div className="cb-scroll">
          <Head details={details} change={change} trans={trans} />
          {details.record.error && <pre className="cb-errortext">{details.record.error}</pre>}
          <Flags details={details} trans={trans} />
          <Notes
            text={details.record.description}
            focus={model.editing === 'notes'}
            save={description => change({ description })}
            trans={trans}
          />
          <Tags
            tags={details.record.tags}
            focus={model.editing === 'tags'}
            change={change}
            trans={trans}
          />
          <Metrics {...props} details={details} />
          <Params details={details} trans={trans} />
          <DataUsed details={details} trans={trans} />
          <RowsUsed details={details} trans={trans} />
          <StandsOn details={details} trans={trans} />
          <Reproductions details={details} trans={trans} />
          <Artifacts details={details} book={props.book} trans={trans} />
          <LineageFold
            ask={(question, query) => props.book.api.ask(props.book.notebook, question, query)}
            target={`run:${details.record.run_id}`}
            state={details}
            trans={trans}
          />
          <Cells details={details} trans={trans} />
          <SaidOf
            key={run}
            book={props.book}
            target={runsTarget([run])}
            wanted={model.editing === 'discussion'}
            trans={trans}
          >
            {threads => <RunsDiscussion model={threads} runs={[run]} trans={trans} />}
          </SaidOf>
          <Facts details={details} trans={trans} />
        </div>
      )}
    </div>
  );
}

/** Return the details, and read them anew when something of them has changed. */
function useDetails(props: RunsProps & { run: string }): {
  details: RunDetails | null;
  problem: string;
  refresh: () => Promise<void>;
} {
  const { book, run } = props;
  const [details, setDetails] = React.useState<RunDetails | null>(null);
  const [problem, setProblem] = React.useState('');
  const here = React.useRef(true);
  const refresh = React.useCallback(async () => {
    try {
      const found = await book.api.run(book.notebook, run);
      if (here.current) {
        setDetails(found);
        setProblem('');
      }
    } catch (error) {
      if (here.current) {
        setProblem(error instanceof Error ? error.message : String(error));
      }
    }
  }, [book, run]);
  React.useEffect(() => {
    here.current = true;
    void refresh();
    let resting = 0;
    const tell = (_: unknown, tables: readonly string[]) => {
      if (!resting && tables.some(table => SHOWN.includes(table))) {
        resting = window.setTimeout(() => {
          resting = 0;
          void refresh();
        }, 500);
      }
    };
    book.changed.connect(tell);
    return () => {
      here.current = false;
      clearTimeout(resting);
      book.changed.disconnect(tell);
    };
  }, [book, refresh]);
  return { details, problem, refresh };
}

function Head(props: {
  details: RunDetails;
  change: (changes: IRunChanges) => Promise<void>;
  trans: TranslationBundle;
}): React.ReactElement {
  const { details, trans } = props;
  const { record } = details;
  const [renaming, setRenaming] = React.useState(false);
  const read = React.useRef(performance.now());
  React.useEffect(() => {
    read.current = performance.now();
  }, [details]);
  const running = record.state === 'running';
  useTick(running ? 1000 : null);
  const late = (performance.now() - read.current) / 1000;
  const seconds = details.duration === null ? null : formatting.real(details.duration);
  return (
    <div className="cb-runhead">
      <h3>
        <State state={record.state} trans={trans} />
        <span className="cb-number">#{record.run_number}</span>
        {renaming ? (
          <RenameField
            name={record.run_name}
            label={trans.__('Name of run %1', record.run_number)}
            rename={name => props.change({ run_name: name })}
            done={() => setRenaming(false)}
          />
        ) : (
          <>
            <bdi title={formatting.shorten(record.run_name, 400)}>
              {formatting.shorten(record.run_name, 200)}
            </bdi>
            <button
              type="button"
              className="cb-iconbutton"
              aria-label={trans.__('Rename')}
              title={trans.__('Rename')}
              onClick={() => setRenaming(true)}
            >
              <editIcon.react tag="span" className="cb-icon" />
            </button>
          </>
        )}
      </h3>
      <p className="cb-muted">
        {stateWord(record.state, trans)} ·{' '}
        {formatting.duration(running && seconds !== null ? seconds + late : seconds)} ·{' '}
        <Ago time={record.start_time} /> · <bdi>{formatting.shorten(record.experiment, 60)}</bdi>
        {details.parent && (
          <>
            {' '}
            · {trans.__('part of')} #{details.parent.number}{' '}
            <bdi>{formatting.shorten(details.parent.name, 40)}</bdi>
          </>
        )}
        {record.archived && ` · ${trans.__('archived')}`}
        {record.trashed !== null && ` · ${trans.__('in the trash')}`}
      </p>
    </div>
  );
}

/** Metrics with their least and greatest values; the curve of the one that is chosen. */
function Metrics(props: RunsProps & { details: RunDetails }): React.ReactElement | null {
  const { details, trans, book, model } = props;
  const { record } = details;
  const { point } = model;
  const names = Object.keys(record.metrics);
  const drawable = names.filter(name => (record.stats[name]?.count ?? 0) > 1);
  const [chosen, setChosen] = React.useState<string | null>(null);
  const section = React.useRef<HTMLElement>(null);
  React.useEffect(() => {
    if (point) {
      setChosen(point.metric);
      section.current?.scrollIntoView({ block: 'nearest' });
    }
  }, [point]);
  const shown = chosen !== null && names.includes(chosen) ? chosen : drawable[0] ?? null;
  if (!names.length) {
    return null;
  }
  return (
    <section ref={section}>
      <h4>{trans.__('Metrics')}</h4>
      <table className="cb-facts-table cb-mod-metrics">
        <thead>
          <tr>
            <th scope="col" />
            <th scope="col">{trans.__('last')}</th>
            <th scope="col">{trans.__('min')}</th>
            <th scope="col">{trans.__('max')}</th>
          </tr>
        </thead>
        <tbody>
          {names.map(name => (
            <tr key={name} className={name === shown ? 'cb-mod-shown' : undefined}>
              <th scope="row">
                <button
                  type="button"
                  className="cb-plain"
                  aria-pressed={name === shown}
                  title={trans.__('Show the curve of %1', formatting.shorten(name, 200))}
                  onClick={() => setChosen(name)}
                >
                  <bdi>{formatting.shorten(name, 80)}</bdi>
                </button>
              </th>
              <Value value={formatting.real(record.metrics[name])} />
              <Value value={bound(record.stats[name], 'min')} />
              <Value value={bound(record.stats[name], 'max')} />
            </tr>
          ))}
        </tbody>
      </table>
      {shown !== null && (
        <RunCurve
          book={book}
          counts={props.counts}
          record={record}
          metric={shown}
          wanted={point?.metric === shown ? point : null}
          trans={trans}
        />
      )}
    </section>
  );
}

function bound(stats: MetricStats | undefined, end: 'min' | 'max'): number | null {
  return stats ? formatting.real(stats[end]) : null;
}

function Value(props: { value: number | null }): React.ReactElement {
  const { value } = props;
  return (
    <td className="cb-num" title={value === null ? undefined : String(value)}>
      {value === null ? formatting.MISSING : formatting.number(value)}
    </td>
  );
}
