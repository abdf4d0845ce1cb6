/** What the values of a version look like: a line a column, with its spread as a small picture. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ColumnProfile, DataProfile } from '../_generated/types.ts';
import { barsOf, frequent } from '../models/profile.ts';
import * as formatting from '../models/format.ts';

/** Columns that are told at once. */
const TOLD = 40;

/** Pixels of a small histogram. */
const [WIDTH, HEIGHT] = [96, 20];

/** The whole of it. */
export function Profile(props: {
  profile: DataProfile;
  trans: TranslationBundle;
}): React.ReactElement {
  const { profile, trans } = props;
  const [all, setAll] = React.useState(false);
  const columns = all ? profile.columns : profile.columns.slice(0, TOLD);
  const left = profile.columns.length - columns.length;
  return (
    <section>
      <h4>
        {trans.__('Columns')} <span className="cb-muted">{profile.columns.length}</span>
      </h4>
      <div className="cb-tablebox" tabIndex={0} role="region" aria-label={trans.__('Columns')}>
        <table className="cb-table">
          <thead>
            <tr>
              <th scope="col">{trans.__('column')}</th>
              <th scope="col">{trans.__('type')}</th>
              <th scope="col">{trans.__('missing')}</th>
              <th scope="col">{trans.__('distinct')}</th>
              <th scope="col">{trans.__('spread')}</th>
              <th scope="col">{trans.__('least')}</th>
              <th scope="col">{trans.__('mean')}</th>
              <th scope="col">{trans.__('greatest')}</th>
            </tr>
          </thead>
          <tbody>
            {columns.map((column, place) => (
              <Column key={place} column={column} rows={profile.rows} trans={trans} />
            ))}
          </tbody>
        </table>
      </div>
      {left > 0 && (
        <button type="button" className="cb-link" onClick={() => setAll(true)}>
          {trans._n('Show %1 more', 'Show %1 more', left)}
        </button>
      )}
      {profile.left_out > 0 && (
        <p className="cb-note">
          {trans._n('%1 more column is not told.', '%1 more columns are not told.', profile.left_out)}
        </p>
      )}
      {profile.looked_at < profile.rows && (
        <p className="cb-note">
          {trans.__('Spread and distinct values are of %1 rows, evenly spaced.', profile.looked_at)}
        </p>
      )}
    </section>
  );
}

function Column(props: {
  column: ColumnProfile;
  rows: number;
  trans: TranslationBundle;
}): React.ReactElement {
  const { column, rows, trans } = props;
  const share = rows ? column.missing / rows : 0;
  return (
    <tr>
      <th scope="row" title={formatting.shorten(column.name, 400)}>
        <bdi>{formatting.shorten(column.name, 60)}</bdi>
      </th>
      <td>{column.dtype}</td>
      <td className={column.missing ? 'cb-num' : 'cb-num cb-muted'} title={String(column.missing)}>
        <span className="cb-value">{column.missing ? `${(100 * share).toPrecision(2)} %` : '0'}</span>
      </td>
      <Value value={column.distinct} />
      <td>
        <Spread column={column} trans={trans} />
      </td>
      <Value value={column.least === null ? null : formatting.real(column.least)} />
      <Value value={column.mean === null ? null : formatting.real(column.mean)} />
      <Value value={column.greatest === null ? null : formatting.real(column.greatest)} />
    </tr>
  );
}

function Value(props: { value: number | null }): React.ReactElement {
  const { value } = props;
  return (
    <td className="cb-num" title={value === null ? undefined : String(value)}>
      <span className="cb-value">
        {value === null ? formatting.MISSING : formatting.number(value)}
      </span>
    </td>
  );
}

/** A small histogram of numbers; of what is no number the most frequent values. */
function Spread(props: {
  column: ColumnProfile;
  trans: TranslationBundle;
}): React.ReactElement | null {
  const { column, trans } = props;
  if (column.counts.length) {
    const label = trans.__('How the values of %1 are spread', column.name);
    return (
      <svg
        className="cb-histogram"
        width={WIDTH}
        height={HEIGHT}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={label}
      >
        {barsOf(column.counts, WIDTH, HEIGHT).map(({ x, y, width, height }, place) => (
          <rect key={place} x={x} y={y} width={width} height={height}>
            <title>{column.counts[place]}</title>
          </rect>
        ))}
      </svg>
    );
  }
  const told = frequent(column.top);
  return told ? (
    <bdi title={formatting.shorten(told, 1000)}>{formatting.shorten(told, 40)}</bdi>
  ) : null;
}
