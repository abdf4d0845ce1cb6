/** How right a model is: measured where labels came, estimated where not, and group by group. */

import * as React from 'react';

import type { MonitorEstimate, MonitorSlice } from '../_generated/types.ts';
import * as formatting from '../models/format.ts';
import { isWorse } from '../models/monitor.ts';
import type { MonitorPartProps } from './monitor.tsx';
import { Trend } from './monitorBars.tsx';
import { Marked } from './parts.tsx';

/** Groups that are shown before somebody asks for all. */
const FIRST = 8;

/** Measures with labels, then estimates without. */
export function MonitorPerformance(props: MonitorPartProps): React.ReactElement {
  const { model, page, trans } = props;
  const { window } = model;
  const title = trans.__('Performance');
  const why = page.unmeasured && (
    <p className="cb-note">
      {trans.__('Not measured:')} <Marked text={page.unmeasured} />
    </p>
  );
  if (!page.metric) {
    return (
      <section aria-label={title}>
        <h4>{title}</h4>
        {why || (
          <p className="cb-note">
            <Marked
              text={trans.__(
                'No label has come yet: `cellbook monitor NAME --labels FILE` takes in what came true.'
              )}
            />
          </p>
        )}
      </section>
    );
  }
  return (
    <section aria-label={title}>
      <h4>{title}</h4>
      <Trend
        windows={page.windows}
        metric={page.metric}
        shown={page.shown}
        show={start => void model.show({ at: start })}
        trans={trans}
      />
      {why}
      {window && window.measured.length > 0 ? (
        <table className="cb-table cb-mod-data cb-mod-service">
          <thead>
            <tr>
              <th scope="col">{trans.__('measured')}</th>
              <th scope="col" className="cb-num">
                {trans.__('in the window')}
              </th>
              <th scope="col" className="cb-num">
                {trans.__('95 % interval')}
              </th>
              <th scope="col" className="cb-num">
                {trans.__('with a label')}
              </th>
            </tr>
          </thead>
          <tbody>
            {window.measured.map(one => (
              <tr key={one.metric}>
                <th scope="row">{one.metric}</th>
                <td className="cb-num">{formatting.number(one.value)}</td>
                <td className="cb-num cb-muted">{interval(one)}</td>
                <td className="cb-num cb-muted">
                  {trans.__(
                    '%1 of %2',
                    one.rows.toLocaleString('en'),
                    window.rows.toLocaleString('en')
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        !window?.labelled && (
          <p className="cb-note">{trans.__('No label of this window has come yet.')}</p>
        )
      )}
      <Estimates {...props} />
    </section>
  );
}

function interval(one: { low: unknown; high: unknown }): string {
  return `${formatting.number(Number(one.low))} … ${formatting.number(Number(one.high))}`;
}

function Estimates(props: MonitorPartProps): React.ReactElement | null {
  const { page, trans } = props;
  if (!page.estimates.length) {
    return page.unestimated ? (
      <p className="cb-note">
        {trans.__('No estimate without labels:')} <Marked text={page.unestimated} />
      </p>
    ) : null;
  }
  return (
    <table className="cb-table cb-mod-data cb-mod-service">
      <thead>
        <tr>
          <th scope="col">{trans.__('estimated without labels')}</th>
          <th scope="col" className="cb-num">
            {trans.__('value')}
          </th>
          <th scope="col" className="cb-num">
            {trans.__('95 of 100')}
          </th>
          <th scope="col">{trans.__('to be believed?')}</th>
        </tr>
      </thead>
      <tbody>
        {page.estimates.map(one => (
          <Estimate key={one.metric} estimate={one} {...props} />
        ))}
      </tbody>
    </table>
  );
}

function Estimate(props: MonitorPartProps & { estimate: MonitorEstimate }): React.ReactElement {
  const { estimate, trans } = props;
  const doubted = estimate.doubts.length > 0;
  const value = formatting.number(estimate.value);
  return (
    <tr className={doubted ? 'cb-mod-doubted' : ''}>
      <th scope="row">{estimate.metric}</th>
      <td className="cb-num">{doubted ? <s>{value}</s> : value}</td>
      <td className="cb-num cb-muted">{interval(estimate)}</td>
      <td className="cb-why">
        {doubted ? (
          <>
            <span className="cb-worse">✗ {trans.__('do not believe it')}</span>:{' '}
            {estimate.doubts.join('; ')}
          </>
        ) : (
          <>✓ {trans.__('nothing speaks against it')}</>
        )}
      </td>
    </tr>
  );
}

/** Groups of rows, the worst first. */
export function MonitorGroups(props: MonitorPartProps): React.ReactElement | null {
  const { page, trans } = props;
  const [all, setAll] = React.useState(false);
  const title = trans.__('Groups, the worst first');
  if (!page.slices.length) {
    return page.unsliced ? (
      <section aria-label={title}>
        <h4>{trans.__('Groups')}</h4>
        <p className="cb-note">
          <Marked text={page.unsliced} />
        </p>
      </section>
    ) : null;
  }
  const shown = all ? page.slices : page.slices.slice(0, FIRST);
  return (
    <section aria-label={title}>
      <h4>{title}</h4>
      <div className="cb-tablebox" tabIndex={0} role="region" aria-label={title}>
        <table className="cb-table cb-mod-data cb-mod-service">
          <thead>
            <tr>
              <th scope="col">{trans.__('group')}</th>
              <th scope="col" className="cb-num">
                {page.metric}
              </th>
              <th scope="col" className="cb-num">
                {trans.__('all others')}
              </th>
              <th scope="col" className="cb-num">
                {trans.__('rows')}
              </th>
              <th scope="col">{trans.__('how sure')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(one => (
              <Group key={one.group} slice={one} {...props} />
            ))}
          </tbody>
        </table>
      </div>
      <p className="cb-note">
        {trans.__('Of all labelled predictions in the windows that are looked at.')}{' '}
        {page.slices.length > shown.length && (
          <button type="button" className="cb-link" onClick={() => setAll(true)}>
            {trans.__('all %1 groups', page.slices.length)}
          </button>
        )}
      </p>
    </section>
  );
}

function Group(props: MonitorPartProps & { slice: MonitorSlice }): React.ReactElement {
  const { slice, trans } = props;
  const worse = isWorse(slice);
  const sure = !slice.enough
    ? trans.__('too few rows')
    : worse
      ? trans.__('worse, surely')
      : trans.__('may be chance');
  return (
    <tr>
      <th scope="row" title={slice.group}>
        <bdi>{formatting.shorten(slice.group, 60)}</bdi>
      </th>
      <td className={worse ? 'cb-num cb-worse' : 'cb-num'} title={interval(slice)}>
        {worse ? '▼ ' : ''}
        {formatting.number(slice.value)}
      </td>
      <td className="cb-num">{formatting.number(slice.others)}</td>
      <td className="cb-num">{slice.rows.toLocaleString('en')}</td>
      <td className={worse ? '' : 'cb-muted'}>{sure}</td>
    </tr>
  );
}
