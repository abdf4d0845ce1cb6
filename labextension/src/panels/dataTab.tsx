/** The data that runs used, beside one another: a line a data set, a column a run. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type {
  DataComparison,
  DataDetails,
  DataDiff,
  DataRow,
  FilesDifference,
  UsedData
} from '../_generated/types.ts';
import { chosenAfter, chosenOf, factsOf, labelOf, onlyRuns, sameUse, usedAs, type IDataFact } from '../models/data.ts';
import type { ComparisonModel } from '../models/comparison.ts';
import * as formatting from '../models/format.ts';
import type { IHost } from '../models/host.ts';
import { schemaChanges } from '../models/profile.ts';
import { DataLink, DataWords, Gone } from './dataParts.tsx';
import { useSignal } from './hooks.ts';
import { Empty, Loading, Marked, Name, Trouble } from './parts.tsx';
import { State } from './runRow.tsx';
import { Swatch } from './spark.tsx';

interface DataTabProps {
  model: ComparisonModel;
  /** Ids of the runs that are shown. */
  runs: readonly string[];
  host: IHost;
  trans: TranslationBundle;
}

/** Runs whose data are compared, at most: the server compares no more. */
const MOST = 100;

/** The whole tab. */
export function DataTab(props: DataTabProps): React.ReactElement {
  const { model, runs, trans } = props;
  const { answers, readings } = model;
  useSignal(answers.changed);
  const compared = runs.slice(0, MOST);
  const query = { runs: compared, baseline: Math.max(0, compared.indexOf(model.state.baseline)) };
  const { value, problem, busy } = answers.get<DataComparison>('compare-data', query, readings);
  if (problem) {
    return <Trouble message={problem} />;
  }
  if (!value) {
    return <Loading busy={busy} label={trans.__('Loading')} />;
  }
  if (!value.rows.length) {
    return (
      <Empty>
        <Marked
          text={trans.__(
            'No data on record of these runs: `%track_data NAME --role train` while a run is open, or `cb.track_data(df, "name", split="train")`, says what it uses.'
          )}
        />
      </Empty>
    );
  }
  // The model has them, so that they are there again after a look at another tab.
  const chosen = chosenOf(value, model.state.data);
  const choose = (data: readonly string[]) => void model.change({ data });
  return (
    <section aria-label={trans.__('Data')}>
      {value.warnings.map(warning => (
        <p key={warning} className="cb-warning" role="note">
          ⚠ {warning}
        </p>
      ))}
      <Table {...props} found={onlyRuns(value, compared)} chosen={chosen} choose={used => choose(chosenAfter(model.state.data, used.dataset_id))} />
      {!props.host.alone && <Chosen {...props} chosen={chosen} clear={() => choose([])} />}
    </section>
  );
}

interface TableProps extends DataTabProps {
  found: DataComparison;
  chosen: readonly UsedData[];
  choose: (used: UsedData) => void;
}

function Table(props: TableProps): React.ReactElement {
  const { found, trans } = props;
  const among = found.runs.map(run => run.number);
  return (
    <div className="cb-tablebox cb-mod-runs" tabIndex={0} role="region" aria-label={trans.__('Data')}>
      <table
        className="cb-table"
        style={{ '--cb-columns': found.runs.length } as React.CSSProperties}
      >
        <thead>
          <tr>
            <td />
            {found.runs.map((run, place) => (
              <th key={run.run_id} scope="col" title={formatting.shorten(run.name, 200)}>
                <div className="cb-column">
                  <Swatch number={run.number} among={among} />
                  <State state={run.state} trans={trans} />
                  <span className="cb-number">#{run.number}</span>
                  <Name text={formatting.shorten(run.name, 120)} />
                  {found.runs.length > 1 && place === found.baseline && (
                    <span title={trans.__('The baseline, which the others are compared with')}>★</span>
                  )}
                </div>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {found.rows.map(row => (
            <tr key={row.name} className={row.differs ? 'cb-mod-differs' : 'cb-mod-same'}>
              <th scope="row">
                <bdi>{formatting.shorten(row.name, 80)}</bdi>
                {row.differs && <span className="cb-sr">{trans.__('differs')}</span>}
              </th>
              {row.cells.map((_, place) => (
                <Cell key={place} {...props} row={row} place={place} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell(props: TableProps & { row: DataRow; place: number }): React.ReactElement {
  const { found, row, place, trans } = props;
  const cell = row.cells[place];
  const base = place === found.baseline || !row.differs;
  const differs = !base && !sameUse(cell, row.cells[found.baseline]);
  if (!cell.length) {
    return <td className={differs ? 'cb-mod-other' : 'cb-muted'}>{formatting.MISSING}</td>;
  }
  return (
    <td className={differs ? 'cb-mod-other' : undefined}>
      {cell.map(used => (
        <span key={used.dataset_id} className="cb-datause">
          <Use {...props} used={used} />
        </span>
      ))}
      {differs && <span className="cb-sr">{trans.__('other than the baseline')}</span>}
    </td>
  );
}

function Use(props: TableProps & { used: UsedData }): React.ReactElement {
  const { used, chosen, host, trans } = props;
  const roles = used.roles.join(', ');
  if (!used.name) {
    return (
      <>
        <Gone id={used.dataset_id} trans={trans} /> {roles}
      </>
    );
  }
  if (host.alone) {
    return <>{usedAs(used)}</>;
  }
  const title = [labelOf(used), used.extent, used.source, ...used.labels].filter(Boolean);
  return (
    <button
      type="button"
      className="cb-plain cb-version"
      aria-pressed={chosen.some(one => one.dataset_id === used.dataset_id)}
      title={`${formatting.shorten(title.join(' · '), 400)}\n${trans.__('Choose two to compare them')}`}
      onClick={() => props.choose(used)}
    >
      {usedAs(used)}
    </button>
  );
}

/** What was chosen in the table: a version, or two beside one another. */
function Chosen(
  props: DataTabProps & { chosen: readonly UsedData[]; clear: () => void }
): React.ReactElement {
  const { model, chosen, trans } = props;
  const { answers, readings } = model;
  if (!chosen.length) {
    return (
      <p className="cb-note">
        {trans.__('Click on a version to see what it is, on a second one to compare the two.')}
      </p>
    );
  }
  const found = chosen.map(one =>
    answers.get<DataDetails>('data-version', { data: one.dataset_id }, readings)
  );
  const problem = found.map(one => one.problem).find(Boolean);
  const [first, second] = found.map(one => one.value);
  return (
    <div className="cb-chosendata" role="region" aria-label={trans.__('Chosen versions')}>
      <div className="cb-line">
        <span>
          {chosen.map((one, place) => (
            <React.Fragment key={one.dataset_id}>
              {place > 0 && ' → '}
              <DataLink id={one.dataset_id} label={labelOf(one)} trans={trans} />
            </React.Fragment>
          ))}
        </span>
        <button type="button" className="cb-link" onClick={props.clear}>
          {trans.__('Clear')}
        </button>
      </div>
      {problem && <Trouble message={problem} />}
      {first && chosen.length === 1 && <One details={first} trans={trans} />}
      {first && second && (
        <>
          <Two first={first} second={second} trans={trans} />
          <Rows {...props} />
        </>
      )}
    </div>
  );
}

function One(props: { details: DataDetails; trans: TranslationBundle }): React.ReactElement {
  const { details, trans } = props;
  const { version } = details;
  return (
    <>
      <FactLines facts={factsOf(details, details)} trans={trans} />
      <DataWords labels={version.labels} aliases={version.aliases} trans={trans} />
    </>
  );
}

function Two(props: {
  first: DataDetails;
  second: DataDetails;
  trans: TranslationBundle;
}): React.ReactElement {
  const { first, second, trans } = props;
  const same = first.version.digest === second.version.digest;
  return (
    <>
      {same && (
        <p className="cb-note">{trans.__('Both have the same content, under different names.')}</p>
      )}
      <FactLines facts={factsOf(first, second)} both trans={trans} />
      <Schema first={first} second={second} trans={trans} />
    </>
  );
}

/** Columns that are listed, at most. */
const LISTED = 50;

/** The columns that are new, gone, or of another type. */
function Schema(props: {
  first: DataDetails;
  second: DataDetails;
  trans: TranslationBundle;
}): React.ReactElement | null {
  const { first, second, trans } = props;
  const changes = schemaChanges(first.profile, second.profile);
  if (!changes) {
    return null;
  }
  if (!changes.length) {
    return <p className="cb-note">{trans.__('Both have the same columns, of the same types.')}</p>;
  }
  const left = changes.length - LISTED;
  return (
    <>
      <h4>
        {trans.__('Columns that differ')} <span className="cb-muted">{changes.length}</span>
      </h4>
      <table className="cb-facts-table cb-mod-data">
        <tbody>
          {changes.slice(0, LISTED).map(({ column, before, after }) => (
            <tr key={column}>
              <th scope="row" title={formatting.shorten(column, 400)}>
                <bdi>{formatting.shorten(column, 60)}</bdi>
              </th>
              <td>{before || <span className="cb-muted">{trans.__('not there')}</span>}</td>
              <td>{after || <span className="cb-muted">{trans.__('removed')}</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {left > 0 && <p className="cb-note">{trans._n('and %1 more', 'and %1 more', left)}</p>}
    </>
  );
}

/** Columns whose spread is told to have shifted, at most. */
const SHIFTED = 12;

/** How many rows are new, gone and changed, and which columns are spread otherwise. */
function Rows(props: DataTabProps & { chosen: readonly UsedData[] }): React.ReactElement {
  const { model, chosen, trans } = props;
  const { answers, readings } = model;
  const query = { before: chosen[0].dataset_id, after: chosen[1].dataset_id };
  const { value, problem } = answers.get<DataDiff>('data-diff', query, readings);
  if (problem) {
    return <Trouble message={problem} />;
  }
  if (!value) {
    return <Loading busy label={trans.__('Comparing rows')} />;
  }
  const { files, rows } = value;
  const shifts = value.columns.filter(column => column.psi !== null).slice(0, SHIFTED);
  return (
    <>
      {rows && (
        <p className="cb-rowsdiff">
          {[
            trans._n('%1 row added', '%1 rows added', rows.added),
            trans._n('%1 removed', '%1 removed', rows.removed),
            ...(rows.changed === null ? [] : [trans._n('%1 changed', '%1 changed', rows.changed)]),
            trans._n('%1 the same', '%1 the same', rows.same)
          ].join(' · ')}
        </p>
      )}
      {files && <Files files={files} trans={trans} />}
      {shifts.length > 0 && (
        <>
          <h4>{trans.__('Columns that shifted most')}</h4>
          <table className="cb-facts-table cb-mod-data">
            <tbody>
              {shifts.map(shift => (
                <tr key={shift.name}>
                  <th scope="row" title={formatting.shorten(shift.name, 400)}>
                    <bdi>{formatting.shorten(shift.name, 60)}</bdi>
                  </th>
                  <td title={trans.__('population stability index')}>
                    PSI {formatting.number(shift.psi!)}
                    {shift.p_value !== null && ` · ${shift.test} p ${formatting.number(shift.p_value)}`}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
      {value.notes.map(note => (
        <p key={note} className="cb-note">
          <Marked text={note} />
        </p>
      ))}
    </>
  );
}

/** How many files are new, gone and changed, and which. */
function Files(props: { files: FilesDifference; trans: TranslationBundle }): React.ReactElement {
  const { files, trans } = props;
  const shown = files.examples.slice(0, LISTED);
  const left = files.added + files.removed + files.changed - shown.length;
  const size = (bytes: number | null) =>
    bytes === null ? <span className="cb-muted">{trans.__('not there')}</span> : formatting.size(bytes);
  return (
    <>
      <p className="cb-rowsdiff">
        {[
          trans._n('%1 file added', '%1 files added', files.added),
          trans._n('%1 removed', '%1 removed', files.removed),
          trans._n('%1 changed', '%1 changed', files.changed),
          trans._n('%1 the same', '%1 the same', files.same)
        ].join(' · ')}
      </p>
      <table className="cb-facts-table cb-mod-data">
        <tbody>
          {shown.map(file => (
            <tr key={file.path}>
              <th scope="row" title={formatting.shorten(file.path, 400)}>
                <bdi>{formatting.shorten(file.path, 60)}</bdi>
              </th>
              <td>{size(file.before)}</td>
              <td>{size(file.after)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {left > 0 && <p className="cb-note">{trans._n('and %1 more', 'and %1 more', left)}</p>}
    </>
  );
}

function FactLines(props: {
  facts: readonly IDataFact[];
  both?: boolean;
  trans: TranslationBundle;
}): React.ReactElement {
  const { facts, both, trans } = props;
  return (
    <table className="cb-facts-table cb-mod-data">
      <tbody>
        {facts.map(({ name, first, second, differs }) => (
          // That one was tracked before the other tells nothing.
          <tr key={name} className={both && differs && name !== 'created' ? 'cb-mod-differs' : undefined}>
            <th scope="row">{factWord(name, trans)}</th>
            <td>
              <bdi>{formatting.shorten(first, 400) || formatting.MISSING}</bdi>
            </td>
            {both && (
              <td className={differs ? undefined : 'cb-muted'}>
                <bdi>
                  {differs ? formatting.shorten(second, 400) || formatting.MISSING : trans.__('the same')}
                </bdi>
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function factWord(name: IDataFact['name'], trans: TranslationBundle): string {
  return {
    kind: trans.__('kind'),
    extent: trans.__('content'),
    size: trans.__('size'),
    source: trans.__('source'),
    created: trans.__('first tracked'),
    labels: trans.__('labels'),
    aliases: trans.__('aliases'),
    digest: trans.__('digest')
  }[name];
}
