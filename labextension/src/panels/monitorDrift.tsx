/** What comes in and goes out, column by column, beside the reference. */

import * as React from 'react';

import type { MonitorColumn } from '../_generated/types.ts';
import * as formatting from '../models/format.ts';
import { alarmsOf } from '../models/monitor.ts';
import type { MonitorPartProps } from './monitor.tsx';
import { Bars, percent } from './monitorBars.tsx';

/** Columns that are shown before somebody asks for all. */
const FIRST = 12;

/** Inputs, then outputs, each the worst first. */
export function MonitorDrift(props: MonitorPartProps): React.ReactElement {
  const { page, trans } = props;
  const inputs = page.columns.filter(({ output }) => !output);
  const outputs = page.columns.filter(({ output }) => output);
  const beside = outputs.find(({ against }) => against)?.against ?? page.reference;
  if (!page.columns.length) {
    return (
      <section aria-label={trans.__('Drift')}>
        <h4>{trans.__('Drift')}</h4>
        <p className="cb-note">
          {trans.__('There is nothing to compare with yet: no reference, and no window before.')}
        </p>
      </section>
    );
  }
  return (
    <>
      {inputs.length > 0 && (
        <Columns
          {...props}
          columns={inputs}
          title={trans.__('Drift of what comes in')}
          against={page.reference}
        />
      )}
      {outputs.length > 0 && (
        <Columns
          {...props}
          columns={outputs}
          title={trans.__('Drift of what goes out')}
          against={beside}
        />
      )}
    </>
  );
}

function Columns(
  props: MonitorPartProps & {
    columns: readonly MonitorColumn[];
    title: string;
    against: string;
  }
): React.ReactElement {
  const { columns, title, against, trans } = props;
  const [all, setAll] = React.useState(false);
  // Whatever drifted is seen.
  const least = columns.filter(({ drifted }) => drifted).length;
  const shown = all ? columns : columns.slice(0, Math.max(FIRST, least));
  return (
    <section aria-label={title}>
      <h4>{title}</h4>
      <div className="cb-tablebox" tabIndex={0} role="region" aria-label={title}>
        <table className="cb-table cb-mod-data cb-mod-service">
          <thead>
            <tr>
              <th scope="col">{trans.__('column')}</th>
              <th scope="col">{trans.__('values')}</th>
              <th scope="col">{trans.__('what is other')}</th>
              <th
                scope="col"
                className="cb-num"
                title={trans.__('Population stability index: how far the values have moved')}
              >
                PSI
              </th>
              <th scope="col" className="cb-num">
                {trans.__('missing')}
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map(one => (
              <Column key={one.name} column={one} {...props} />
            ))}
          </tbody>
        </table>
      </div>
      <p className="cb-note">
        {against && trans.__('Line: %1. Filled: the window.', against)}{' '}
        {trans.__('Order: what drifted first, by how far it moved (PSI).')}{' '}
        {columns.length > shown.length && (
          <button type="button" className="cb-link" onClick={() => setAll(true)}>
            {trans.__('all %1 columns', columns.length)}
          </button>
        )}
      </p>
    </section>
  );
}

function Column(props: MonitorPartProps & { column: MonitorColumn }): React.ReactElement {
  const { column, trans } = props;
  const name = column.output ? column.name.replace(/^output\./, '') : column.name;
  const alarms = alarmsOf(column);
  const quiet = column.untested ? trans.__('not tested: %1', column.untested) : trans.__('as before');
  const missing = percent(column.missing_window);
  const before = percent(column.missing_reference);
  const tests = column.findings
    .map(one => `${one.message}${one.p_adjusted === null ? '' : `, p ${formatting.number(one.p_adjusted)}`}`)
    .join('\n');
  return (
    <tr className={column.drifted ? 'cb-mod-drifted' : ''}>
      <th scope="row" title={name}>
        <span className="cb-worse" aria-hidden="true">
          {column.drifted ? '▲ ' : ''}
        </span>
        <bdi>{formatting.shorten(name, 40)}</bdi>
        {column.drifted && <span className="cb-unseen">{trans.__('drifted')}</span>}
      </th>
      <td>
        <Bars bars={column.bars} label={trans.__('values of %1, before and now', name)} />
      </td>
      <td className={column.drifted ? 'cb-why' : 'cb-why cb-muted'} title={tests}>
        {alarms.length ? alarms.join('; ') : quiet}
      </td>
      <td className="cb-num">
        {column.effect === null ? formatting.MISSING : formatting.number(column.effect)}
      </td>
      <td className="cb-num">{before === missing ? missing : `${before} → ${missing}`}</td>
    </tr>
  );
}
