/** All that is on record of one of the compared runs. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { RunConsole, RunDetails } from '../_generated/types.ts';
import type { ComparisonModel } from '../models/comparison.ts';
import * as formatting from '../models/format.ts';
import { Choice } from './curves.tsx';
import { DataUsed, RowsUsed } from './dataParts.tsx';
import { download } from './download.ts';
import { LineageFold } from './lineage.tsx';
import { Ago, Loading, Trouble } from './parts.tsx';
import { Cells, Facts, FactsTable, Fold, FoundTable, LISTED, Params } from './runParts.tsx';
import { State, stateWord } from './runRow.tsx';
import { Flags, Reproductions, StandsOn } from './runStanding.tsx';

interface DetailsTabProps {
  model: ComparisonModel;
  trans: TranslationBundle;
}

interface Answers {
  details: RunDetails;
  console: RunConsole;
}

/** The whole tab. */
export function DetailsTab(props: DetailsTabProps): React.ReactElement {
  const { model, trans } = props;
  const { run, readings } = model;
  const [answers, setAnswers] = React.useState<Answers | null>(null);
  const [problem, setProblem] = React.useState('');
  React.useEffect(() => {
    let wanted = true;
    Promise.all([
      model.ask<RunDetails>('details', { run }),
      model.ask<RunConsole>('console', { run })
    ]).then(
      ([details, console]) => {
        if (wanted) {
          setAnswers({ details, console });
          setProblem('');
        }
      },
      error => wanted && setProblem(error instanceof Error ? error.message : String(error))
    );
    return () => {
      wanted = false;
    };
  }, [model, run, readings]);
  const heads = model.comparison!.runs;
  return (
    <section aria-label={trans.__('Details')} className="cb-rundetails">
      {heads.length > 1 && (
        <div className="cb-line">
          <Choice
            label={trans.__('run')}
            value={run}
            options={heads.map(head => [head.run_id, `#${head.number} ${head.name}`])}
            onChange={chosen => void model.change({ run: chosen })}
          />
        </div>
      )}
      {problem && <Trouble message={problem} />}
      {!answers && !problem && <Loading busy label={trans.__('Loading')} />}
      {answers && (
        <>
          <Head details={answers.details} trans={trans} />
          <Flags details={answers.details} trans={trans} />
          {answers.details.record.description && (
            <p dir="auto" className="cb-written">
              {answers.details.record.description.slice(0, 4000)}
            </p>
          )}
          {answers.details.record.error && (
            <p className="cb-errortext">{formatting.shorten(answers.details.record.error, 600)}</p>
          )}
          <div className="cb-detailsparts">
            <Metrics details={answers.details} trans={trans} />
            <Params details={answers.details} trans={trans} />
            <Tags details={answers.details} trans={trans} />
            <DataUsed details={answers.details} trans={trans} />
            <RowsUsed details={answers.details} trans={trans} />
            <StandsOn details={answers.details} trans={trans} />
            <Reproductions details={answers.details} trans={trans} />
          </div>
          {model.holds('lineage') && (
            <LineageFold
              ask={(question, query) => model.ask(question, query)}
              target={`run:${answers.details.record.run_id}`}
              state={answers}
              trans={trans}
            />
          )}
          <Cells details={answers.details} trans={trans} />
          <Console console={answers.console} trans={trans} />
          <Files model={model} details={answers.details} trans={trans} />
          <Facts details={answers.details} trans={trans} />
        </>
      )}
    </section>
  );
}

interface PartProps {
  details: RunDetails;
  trans: TranslationBundle;
}

/** What one wants to know first: how it ended, how long it took, when it was. */
function Head(props: PartProps): React.ReactElement {
  const { details, trans } = props;
  const { record, duration } = details;
  return (
    <p className="cb-muted">
      <State state={record.state} trans={trans} /> {stateWord(record.state, trans)} ·{' '}
      {formatting.duration(duration)} · <Ago time={record.start_time} /> ·{' '}
      <bdi>{formatting.shorten(record.experiment, 60)}</bdi>
      {record.archived && ` · ${trans.__('archived')}`}
      {record.trashed !== null && ` · ${trans.__('in the trash')}`}
    </p>
  );
}

/** Its metrics: the last value of each. */
function Metrics(props: PartProps): React.ReactElement | null {
  const { details, trans } = props;
  const metrics = Object.entries(details.record.metrics);
  if (!metrics.length) {
    return null;
  }
  return (
    <section>
      <h4>
        {trans.__('Metrics')}{' '}
        {metrics.length > LISTED && <span className="cb-muted">{metrics.length}</span>}
      </h4>
      <FoundTable
        rows={metrics.map(([name, value]) => [name, formatting.number(value), String(value)])}
        most={LISTED}
        find={trans.__('Find a metric')}
        trans={trans}
      />
    </section>
  );
}

function Tags(props: PartProps): React.ReactElement | null {
  const { details, trans } = props;
  const tags = Object.entries(details.record.tags);
  if (!tags.length) {
    return null;
  }
  return (
    <section>
      <h4>{trans.__('Tags')}</h4>
      <FactsTable
        rows={tags.map(([key, value]) => [key, formatting.shorten(value, 200), value])}
      />
    </section>
  );
}

/** What the cells wrote. */
function Console(props: {
  console: RunConsole;
  trans: TranslationBundle;
}): React.ReactElement | null {
  const { console, trans } = props;
  if (!console.cells.length) {
    return null;
  }
  return (
    <Fold title={trans.__('Console')}>
      {console.cut && <p className="cb-note">{trans.__('The end of what it wrote:')}</p>}
      {console.cells.map(cell => (
        <div key={cell.execution_id} className="cb-console">
          <span className="cb-muted">[{cell.execution_count ?? ' '}]</span>
          <pre dir="auto" tabIndex={0}>
            {cell.stdout}
            {cell.stderr && <span className="cb-stderr">{cell.stderr}</span>}
            {cell.traceback && <span className="cb-stderr">{cell.traceback}</span>}
          </pre>
        </div>
      ))}
    </Fold>
  );
}

/** The files, to be downloaded. */
function Files(props: {
  model: ComparisonModel;
  details: RunDetails;
  trans: TranslationBundle;
}): React.ReactElement | null {
  const { model, details, trans } = props;
  const [problem, setProblem] = React.useState('');
  const { artifacts, record } = details;
  if (!artifacts.length) {
    return null;
  }
  const save = (path: string, type: string) =>
    model.artifact(record.run_id, path).then(
      bytes => download(path.split('/').at(-1)!, new Blob([bytes], { type })),
      error => setProblem(error instanceof Error ? error.message : String(error))
    );
  return (
    <Fold title={trans.__('Artifacts')} count={artifacts.length}>
      {problem && <Trouble message={problem} />}
      <ul className="cb-artifacts">
        {artifacts.map(({ artifact_id: id, path, media_type: type, size }) => (
          <li key={id}>
            <button
              type="button"
              className="cb-link"
              title={formatting.shorten(path, 400)}
              onClick={() => void save(path, type)}
            >
              <bdi>{formatting.shorten(path, 120)}</bdi>
            </button>
            <span className="cb-muted">{formatting.size(size)}</span>
          </li>
        ))}
      </ul>
    </Fold>
  );
}
