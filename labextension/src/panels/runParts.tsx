/** What else is on record of a run: files, cells, and what it ran on. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Artifact, CellState, Environment, RunDetails } from '../_generated/types.ts';
import * as formatting from '../models/format.ts';
import type { IBook } from '../tokens.ts';

/** Pictures that the server lets a browser show. */
const PICTURES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

const CELL_GLYPHS: Record<CellState, string> = {
  running: '●',
  ok: '✓',
  error: '✗',
  interrupted: '■',
  killed: '⚡'
};

interface PartProps {
  details: RunDetails;
  trans: TranslationBundle;
}

/** A part of the details that is opened by who wants to see it. */
export function Fold(props: {
  title: string;
  count?: number;
  /** What of it is new. */
  news?: string;
  open?: boolean;
  /** Hears of it when it is opened and closed. */
  onToggle?: (open: boolean) => void;
  children: React.ReactNode;
}): React.ReactElement {
  return (
    <details
      className="cb-fold"
      open={props.open}
      onToggle={event => props.onToggle?.(event.currentTarget.open)}
    >
      <summary>
        {props.title} {props.count !== undefined && <span className="cb-muted">{props.count}</span>}{' '}
        {props.news && <span className="cb-new">{props.news}</span>}
      </summary>
      {props.children}
    </details>
  );
}

/** The files of a run, to be looked at or downloaded. */
export function Artifacts(props: PartProps & { book: IBook }): React.ReactElement | null {
  const { details, book, trans } = props;
  if (!details.artifacts.length) {
    return null;
  }
  const url = (artifact: Artifact) =>
    book.api.artifactUrl(book.notebook, details.record.run_id, artifact.path);
  return (
    <Fold title={trans.__('Artifacts')} count={details.artifacts.length} open>
      <ul className="cb-artifacts">
        {details.artifacts.map(artifact => (
          <li key={artifact.artifact_id}>
            <a
              href={url(artifact)}
              target="_blank"
              rel="noopener noreferrer"
              title={formatting.shorten(artifact.path, 400)}
            >
              <bdi>{formatting.shorten(artifact.path, 120)}</bdi>
            </a>
            <span className="cb-muted">{formatting.size(artifact.size)}</span>
            {PICTURES.includes(artifact.media_type) && (
              <img src={url(artifact)} alt={formatting.shorten(artifact.path, 120)} loading="lazy" />
            )}
          </li>
        ))}
      </ul>
    </Fold>
  );
}

/** The cells that ran as part of a run. */
export function Cells(props: PartProps): React.ReactElement | null {
  const { details, trans } = props;
  const count = details.cells.length + details.earlier_cells;
  if (!count) {
    return null;
  }
  return (
    <Fold title={trans.__('Cells')} count={count}>
      <ol className="cb-cells">
        {details.cells.map(cell => (
          <li key={cell.execution_id}>
            <span className="cb-muted">
              {CELL_GLYPHS[cell.state]} [{cell.execution_count ?? ' '}]{' '}
              {formatting.duration(cell.duration === null ? null : formatting.real(cell.duration))}
              {cell.stale.length > 0 && (
                <span className="cb-stale" title={cell.stale.join('\n')}>
                  {' '}
                  ◌ {trans.__('stale')}
                </span>
              )}
            </span>
            <pre dir="auto">{cell.source.slice(0, 2000)}</pre>
            {cell.error && <p className="cb-error">{formatting.shorten(cell.error, 300)}</p>}
          </li>
        ))}
      </ol>
    </Fold>
  );
}

/** What a run ran on, and where it is on record. */
export function Facts(props: PartProps): React.ReactElement {
  const { details, trans } = props;
  const { record, environment } = details;
  const rows: [string, string | null][] = [
    [trans.__('run id'), record.run_id],
    [trans.__('started'), formatting.date(record.start_time)],
    [trans.__('ended'), record.end_time === null ? null : formatting.date(record.end_time)],
    [trans.__('notebook'), record.notebook],
    ...(environment ? environmentRows(environment, trans) : [])
  ];
  const packages = Object.entries(environment?.packages ?? {});
  return (
    <>
      <Fold title={trans.__('Environment')}>
        <FactsTable
          rows={rows.flatMap(([name, value]) =>
            value ? [[name, formatting.shorten(value, 300), value] as const] : []
          )}
        />
      </Fold>
      {packages.length > 0 && (
        <Fold title={trans.__('Packages')} count={packages.length}>
          <FoundTable
            rows={packages.map(([name, version]) => [name, version, version])}
            most={PACKAGES}
            find={trans.__('Find a package')}
            trans={trans}
          />
        </Fold>
      )}
    </>
  );
}

/** A line each: what it is, its value as it is shown, and the whole of it. */
export function FactsTable(props: {
  rows: readonly (readonly [string, string, string])[];
}): React.ReactElement {
  return (
    <table className="cb-facts-table">
      <tbody>
        {props.rows.map(([name, text, full]) => (
          <tr key={name}>
            <th scope="row" title={formatting.shorten(name, 400)}>
              <bdi>{formatting.shorten(name, 80)}</bdi>
            </th>
            <td title={formatting.shorten(full, 2000)}>
              <bdi>{text}</bdi>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A line each, of which there may be thousands: the first few, and a box that finds others. */
export function FoundTable(props: {
  rows: readonly (readonly [string, string, string])[];
  /** Lines that are listed without anybody having looked for one. */
  most: number;
  /** What the box says. */
  find: string;
  trans: TranslationBundle;
}): React.ReactElement {
  const { rows, most, find, trans } = props;
  const [sought, setSought] = React.useState('');
  const [all, setAll] = React.useState(false);
  const text = sought.trim().toLowerCase();
  const found = rows.filter(([name]) => name.toLowerCase().includes(text));
  const shown = all ? found : found.slice(0, most);
  return (
    <>
      {rows.length > most && (
        <input
          type="search"
          className="cb-seek"
          placeholder={find}
          aria-label={find}
          value={sought}
          onChange={event => setSought(event.target.value)}
          onKeyDown={event => event.stopPropagation()}
        />
      )}
      <FactsTable rows={shown} />
      {found.length === 0 && <p className="cb-muted">{trans.__('There is none of that name.')}</p>}
      {found.length > shown.length && (
        <button type="button" className="cb-link" onClick={() => setAll(true)}>
          {trans._n('Show %1 more', 'Show %1 more', found.length - shown.length)}
        </button>
      )}
    </>
  );
}

/** Params or metrics that are listed at once. */
export const LISTED = 50;

/** What a run was started with. */
export function Params(props: PartProps): React.ReactElement | null {
  const { details, trans } = props;
  const params = Object.entries(details.record.params);
  if (!params.length) {
    return null;
  }
  return (
    <section>
      <h4>
        {trans.__('Params')} {params.length > LISTED && <span className="cb-muted">{params.length}</span>}
      </h4>
      <FoundTable
        rows={params.map(([key, value]) => [
          key,
          formatting.value(value, 200),
          formatting.full(value)
        ])}
        most={LISTED}
        find={trans.__('Find a param')}
        trans={trans}
      />
    </section>
  );
}

/** Packages that are listed at once: of some hundred one wants to know one. */
const PACKAGES = 20;

function environmentRows(
  environment: Environment,
  trans: TranslationBundle
): [string, string | null][] {
  const { git } = environment;
  const dirty = git?.dirty ? ` + ${trans.__('uncommitted changes')}` : '';
  return [
    [trans.__('python'), `${environment.implementation} ${environment.python}`],
    [trans.__('commit'), git ? git.commit.slice(0, 12) + dirty : null],
    [trans.__('branch'), git?.branch ?? null],
    [trans.__('host'), environment.hostname],
    [trans.__('system'), environment.os || environment.platform],
    [trans.__('CPU'), `${environment.cpu} × ${environment.cpu_count}`],
    [trans.__('GPU'), environment.gpus.join(', ')],
    [trans.__('memory'), environment.memory ? formatting.size(environment.memory) : null],
    [trans.__('folder'), environment.cwd],
    [trans.__('command'), environment.command.join(' ')]
  ];
}
