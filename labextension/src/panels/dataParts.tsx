/** Versions of data sets, as they are named in details and tables. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ListedRows, RunDetails, UsedData } from '../_generated/types.ts';
import { labelOf } from '../models/data.ts';
import * as formatting from '../models/format.ts';
import { anyPlace } from '../models/place.ts';

/** Characters of a source or a name that are looked at. */
const LONGEST = 80;

/** A version by its name, which opens it. */
export function DataLink(props: {
  id: string;
  label: string;
  /** What opens it; else the page that this is in. */
  open?: (id: string) => void;
  trans: TranslationBundle;
}): React.ReactElement {
  const { id, label, trans } = props;
  const open = props.open ?? (data => anyPlace.open(`data:${data}`));
  return (
    <button
      type="button"
      className="cb-link cb-datalink"
      title={trans.__('Show %1', label)}
      onClick={() => open(id)}
    >
      <bdi>{formatting.shorten(label, LONGEST)}</bdi>
    </button>
  );
}

/** Labels, and the aliases that lead to a version. */
export function DataWords(props: {
  labels: readonly string[];
  aliases: readonly string[];
  trans: TranslationBundle;
}): React.ReactElement | null {
  const { labels, aliases, trans } = props;
  if (!labels.length && !aliases.length) {
    return null;
  }
  return (
    <span className="cb-datawords">
      {aliases.map(alias => (
        <bdi key={`@${alias}`} className="cb-tag cb-mod-alias" title={trans.__('alias %1', alias)}>
          @{formatting.shorten(alias, 40)}
        </bdi>
      ))}
      {labels.map(label => (
        <bdi key={label} className="cb-tag" title={trans.__('label %1', label)}>
          {formatting.shorten(label, 40)}
        </bdi>
      ))}
    </span>
  );
}

/** What is known of a version that is no longer in the book: that it was there. */
export function Gone(props: { id: string; trans: TranslationBundle }): React.ReactElement {
  return (
    <span className="cb-muted" title={props.id}>
      {props.trans.__('(deleted)')}
    </span>
  );
}

/** The data that a run used, as a part of its details. */
export function DataUsed(props: {
  details: RunDetails;
  trans: TranslationBundle;
}): React.ReactElement | null {
  const { details, trans } = props;
  if (!details.data.length) {
    return null;
  }
  return (
    <section>
      <h4>{trans.__('Data')}</h4>
      <ul className="cb-dataused" aria-label={trans.__('Data')}>
        {details.data.map(used => (
          <li key={used.dataset_id}>
            <Used used={used} trans={trans} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Which rows of them went into what. */
export function RowsUsed(props: {
  details: RunDetails;
  trans: TranslationBundle;
}): React.ReactElement | null {
  const { details, trans } = props;
  if (!details.rows.length) {
    return null;
  }
  return (
    <section>
      <h4>{trans.__('Rows')}</h4>
      <ul className="cb-dataused" aria-label={trans.__('Rows')}>
        {details.rows.map(rows => (
          <li key={rows.subset_id}>
            <Rows rows={rows} trans={trans} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Rows(props: { rows: ListedRows; trans: TranslationBundle }): React.ReactElement {
  const { rows, trans } = props;
  const counts = trans.__('%1 of %2 rows of', thousands(rows.rows), thousands(rows.of));
  const facts = [
    rows.estimator,
    rows.times > 1 ? trans.__('%1 times', rows.times) : '',
    ...rows.doubts
  ].filter(Boolean);
  return (
    <>
      <span className="cb-dataname">
        {counts}{' '}
        {rows.data ? (
          <DataLink id={rows.dataset_id} label={rows.data} trans={trans} />
        ) : (
          <Gone id={rows.dataset_id} trans={trans} />
        )}
        <span className="cb-role">{rows.role}</span>
      </span>
      {facts.length > 0 && (
        <span className="cb-muted">
          <bdi>{facts.join(' · ')}</bdi>
        </span>
      )}
      {rows.selector && (
        <code className="cb-selector" title={formatting.shorten(rows.selector, 2000)}>
          {formatting.shorten(rows.selector.split('\n').join(' ⏎ '), LONGEST)}
        </code>
      )}
    </>
  );
}

function Used(props: { used: UsedData; trans: TranslationBundle }): React.ReactElement {
  const { used, trans } = props;
  const facts = [used.extent, sourceOf(used)].filter(Boolean);
  return (
    <>
      <span className="cb-dataname">
        {used.name ? (
          <DataLink id={used.dataset_id} label={labelOf(used)} trans={trans} />
        ) : (
          <Gone id={used.dataset_id} trans={trans} />
        )}
        <span className="cb-role">{used.roles.join(', ')}</span>
      </span>
      {facts.length > 0 && (
        <span className="cb-muted" title={formatting.shorten(used.source, 400) || undefined}>
          <bdi>{facts.join(' · ')}</bdi>
        </span>
      )}
      <DataWords labels={used.labels} aliases={used.aliases} trans={trans} />
    </>
  );
}

function thousands(count: number): string {
  return count.toLocaleString('en');
}

function sourceOf(used: UsedData): string {
  return formatting.shorten(used.source, LONGEST);
}
