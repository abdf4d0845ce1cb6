/** All that is known of one version of a data set. */

import * as React from 'react';

import type { DataDetails, DataName, DataRun } from '../_generated/types.ts';
import { labelOf, sizeOf } from '../models/data.ts';
import * as formatting from '../models/format.ts';
import { anyPlace } from '../models/place.ts';
import type { DataProps } from './dataPanel.tsx';
import { DataLink, DataWords, Gone } from './dataParts.tsx';
import { Profile } from './dataProfile.tsx';
import { LineageFold } from './lineage.tsx';
import { Ago } from './parts.tsx';
import { Fold } from './runParts.tsx';
import { State, stateWord } from './runRow.tsx';

interface VersionProps extends DataProps {
  details: DataDetails;
}

/** Versions and moves of aliases that are told at once. */
const TOLD = 50;

/** The whole of it. */
export function DataVersionView(props: VersionProps): React.ReactElement {
  const { model, details, trans } = props;
  const { version } = details;
  return (
    <article aria-label={labelOf(version)}>
      <div className="cb-runhead">
        <h3>
          <bdi>{formatting.shorten(labelOf(version), 200)}</bdi>
          <DataWords labels={version.labels} aliases={version.aliases} trans={trans} />
        </h3>
        <p className="cb-muted">
          {[version.kind, details.extent].filter(Boolean).join(' · ')}
          {(version.kind || details.extent) && ' · '}
          {trans.__('since')} <Ago time={version.created} />
        </p>
      </div>
      <Facts {...props} />
      <Runs {...props} />
      {details.profile && <Profile profile={details.profile} trans={trans} />}
      <LineageFold
        ask={(question, query) => model.ask(question, query)}
        target={`data:${version.dataset_id}`}
        state={details}
        trans={trans}
      />
      <Versions {...props} />
      <Moves {...props} />
    </article>
  );
}

function Facts(props: VersionProps): React.ReactElement {
  const { model, details, trans } = props;
  const { version, cell } = details;
  const open = (data: string) => void model.open(data);
  const names = (all: readonly DataName[]) =>
    all.map((one, place) => (
      <React.Fragment key={one.dataset_id}>
        {place > 0 && ', '}
        {one.label ? (
          <DataLink id={one.dataset_id} label={one.label} open={open} trans={trans} />
        ) : (
          <Gone id={one.dataset_id} trans={trans} />
        )}
      </React.Fragment>
    ));
  const rows: [string, React.ReactNode][] = [
    [trans.__('digest'), <code className="cb-digest">{version.digest}</code>],
    [trans.__('size'), sizeOf(version)],
    [trans.__('source'), version.source && <bdi>{formatting.shorten(version.source, 2000)}</bdi>],
    [trans.__('ETag'), version.etag],
    [trans.__('first tracked'), formatting.date(version.created)],
    [trans.__('last tracked'), version.tracked ? formatting.date(version.tracked) : ''],
    [
      trans.__('content'),
      version.content ? trans.__('kept in the book') : version.kind && trans.__('by reference')
    ],
    [
      trans.__('made from'),
      details.parents.length > 0 && (
        <>
          {names(details.parents)}{' '}
          {details.implied && (
            <span className="cb-muted">{trans.__('(implied by the cells)')}</span>
          )}
        </>
      )
    ],
    [trans.__('made into'), details.children.length > 0 && names(details.children)],
    [trans.__('cell'), cell && <Maker {...props} />]
  ];
  return (
    <table className="cb-facts-table cb-mod-data">
      <tbody>
        {rows.map(
          ([name, told]) =>
            told && (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{told}</td>
              </tr>
            )
        )}
      </tbody>
    </table>
  );
}

/** The cell that made it, or tracked it first; a click shows where it is. */
function Maker(props: VersionProps): React.ReactElement {
  const { cell } = props.details;
  const { trans } = props;
  const title = `[${cell!.execution_count ?? ' '}]`;
  const first = formatting.shorten(cell!.source, 80);
  return (
    <>
      {cell!.cell_id ? (
        <button
          type="button"
          className="cb-link cb-datalink"
          title={trans.__('Show the cell')}
          onClick={() => anyPlace.open(`cell:${cell!.cell_id}`)}
        >
          {title}
        </button>
      ) : (
        title
      )}{' '}
      <code title={cell!.source}>{first}</code>{' '}
      <bdi className="cb-muted">{formatting.shorten(cell!.notebook, 80)}</bdi>
    </>
  );
}

/** The runs that used it, and what for. */
function Runs(props: VersionProps): React.ReactElement {
  const { details, trans } = props;
  const { runs, earlier_runs: earlier } = details;
  return (
    <section>
      <h4>
        {trans.__('Used by')}{' '}
        {runs.length > 0 && <span className="cb-muted">{runs.length + earlier}</span>}
      </h4>
      {runs.length === 0 && <p className="cb-muted">{trans.__('No run has used it.')}</p>}
      <ul className="cb-datauses" aria-label={trans.__('Used by')}>
        {runs.map(used => (
          <li key={used.run.run_id}>
            <Use used={used} trans={trans} />
          </li>
        ))}
      </ul>
      {earlier > 0 && (
        <p className="cb-muted">{trans._n('and %1 before', 'and %1 before', earlier)}</p>
      )}
    </section>
  );
}

function Use(props: { used: DataRun; trans: DataProps['trans'] }): React.ReactElement {
  const { used, trans } = props;
  const { run } = used;
  const roles = [...(used.made ? [trans.__('made it')] : []), ...used.roles];
  return (
    <>
      <State state={run.state} trans={trans} />
      <span className="cb-number">#{run.number}</span>
      <button
        type="button"
        className="cb-link cb-datalink"
        title={`${formatting.shorten(run.name, 200)}, ${stateWord(run.state, trans)}`}
        onClick={() => anyPlace.open(`run:${run.run_id}`)}
      >
        <bdi>{formatting.shorten(run.name, 80)}</bdi>
      </button>
      <span className="cb-role">{roles.join(', ')}</span>
      <span className="cb-muted">
        <Ago time={used.start_time} />
      </span>
    </>
  );
}

/** The other versions of the data set. */
function Versions(props: VersionProps): React.ReactElement | null {
  const { model, details, trans } = props;
  const { versions } = details;
  if (versions.length < 2) {
    return null;
  }
  return (
    <Fold title={trans.__('Versions')} count={versions.length} open>
      <ul className="cb-datauses" aria-label={trans.__('Versions')}>
        {versions.slice(0, TOLD).map(({ version, extent, runs }) => {
          const here = version.dataset_id === details.version.dataset_id;
          return (
            <li key={version.dataset_id} aria-current={here || undefined}>
              {here ? (
                <strong>@{version.version}</strong>
              ) : (
                <DataLink
                  id={version.dataset_id}
                  label={`@${version.version}`}
                  open={data => void model.open(data)}
                  trans={trans}
                />
              )}
              <span>{extent}</span>
              <span className="cb-muted">{trans._n('%1 run', '%1 runs', runs)}</span>
              <DataWords labels={version.labels} aliases={version.aliases} trans={trans} />
              <span className="cb-muted">
                <Ago time={version.created} />
              </span>
            </li>
          );
        })}
      </ul>
    </Fold>
  );
}

/** Where the aliases of the data set have led. */
function Moves(props: VersionProps): React.ReactElement | null {
  const { details, trans } = props;
  if (!details.moves.length) {
    return null;
  }
  const labels = new Map(
    details.versions.map(({ version }) => [version.dataset_id, `@${version.version}`])
  );
  return (
    <Fold title={trans.__('Moves of aliases')} count={details.moves.length}>
      <ul className="cb-datauses">
        {details.moves.slice(0, TOLD).map((move, place) => (
          <li key={place}>
            <bdi>@{formatting.shorten(move.alias, 80)}</bdi>
            <span>
              {move.dataset_id
                ? trans.__('to %1', labels.get(move.dataset_id) ?? trans.__('(deleted)'))
                : trans.__('taken away')}
            </span>
            <span className="cb-muted">
              <Ago time={move.time} />
            </span>
          </li>
        ))}
      </ul>
    </Fold>
  );
}
