/** Rules that somebody set, how they stand, and what became of them. */

import * as React from 'react';

import type { MonitorAlarm, MonitorEvent } from '../_generated/types.ts';
import * as formatting from '../models/format.ts';
import type { MonitorPartProps } from './monitor.tsx';
import { Ago, Marked } from './parts.tsx';
import { Fold } from './runParts.tsx';

/** Rules, those with an alarm first; their history is folded. */
export function MonitorAlarms(props: MonitorPartProps): React.ReactElement {
  const { page, trans } = props;
  const title = trans.__('Alarms');
  return (
    <section aria-label={title}>
      <h4>{title}</h4>
      {page.alarms.length > 0 ? (
        <table className="cb-table cb-mod-data cb-mod-service">
          <thead>
            <tr>
              <th scope="col">{trans.__('rule')}</th>
              <th scope="col">{trans.__('state')}</th>
              <th scope="col" className="cb-num">
                {trans.__('now')}
              </th>
              <th scope="col" className="cb-num">
                {trans.__('broken in')}
              </th>
            </tr>
          </thead>
          <tbody>
            {page.alarms.map(one => (
              <Rule key={one.name} alarm={one} {...props} />
            ))}
          </tbody>
        </table>
      ) : (
        <p className="cb-note">
          <Marked
            text={trans.__(
              'No rule is kept: `cellbook alarms NAME --add "accuracy below 0.9 on 3 of 5 windows"` keeps one, and `cellbook monitor NAME --watch` looks at rules.'
            )}
          />
        </p>
      )}
      {page.alarms.some(({ seen }) => seen === null) && (
        <p className="cb-note">
          <Marked
            text={trans.__(
              'Rules do nothing until somebody looks: `cellbook monitor NAME --watch`, or `--check` once.'
            )}
          />
        </p>
      )}
      {page.events.length > 0 && (
        <Fold title={trans.__('History of alarms')} count={page.events.length}>
          <ul className="cb-deeds" aria-label={trans.__('History of alarms')}>
            {page.events.map(one => (
              <Event key={one.event_id} event={one} {...props} />
            ))}
          </ul>
        </Fold>
      )}
    </section>
  );
}

function Rule(props: MonitorPartProps & { alarm: MonitorAlarm }): React.ReactElement {
  const { alarm, trans } = props;
  return (
    <tr>
      <th scope="row" title={alarm.rule}>
        <bdi>{formatting.shorten(alarm.name, 80)}</bdi>
      </th>
      <td className={alarm.raised === null ? '' : 'cb-worse'}>
        {alarm.raised === null ? (
          <>
            {alarm.looked > 0
              ? `✓ ${trans.__('kept')}`
              : alarm.seen === null
                ? `○ ${trans.__('not looked at yet')}`
                : `○ ${trans.__('no window counted yet')}`}
          </>
        ) : (
          <>
            ▲ {trans.__('alarm since')} <Ago time={alarm.raised} />
          </>
        )}
      </td>
      <td className="cb-num">
        {alarm.value === null ? formatting.MISSING : formatting.number(alarm.value)}
      </td>
      <td className="cb-num">
        {alarm.looked > 0 ? trans.__('%1 of %2', alarm.broken, alarm.looked) : formatting.MISSING}
      </td>
    </tr>
  );
}

function Event(props: MonitorPartProps & { event: MonitorEvent }): React.ReactElement {
  const { event, trans } = props;
  const word = {
    raised: trans.__('raised'),
    still: trans.__('still there'),
    cleared: trans.__('cleared')
  }[event.step as 'raised' | 'still' | 'cleared'];
  return (
    <li>
      <span className={event.step === 'cleared' ? '' : 'cb-worse'}>
        {event.step === 'cleared' ? '✓' : '▲'} {word ?? event.step}
      </span>{' '}
      <Ago time={event.time} /> · <bdi>{event.message}</bdi>
      {event.details.length > 0 && <> ({event.details.join('; ')})</>}
      {event.delivery && <span className="cb-muted"> · {event.delivery}</span>}
    </li>
  );
}
