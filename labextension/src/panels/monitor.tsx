/** A model in service: how it stands first, then drift, performance, groups, alarms. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { MonitorPage } from '../_generated/types.ts';
import * as formatting from '../models/format.ts';
import { LENGTHS, lengthText, SHAPES, type MonitorModel } from '../models/monitor.ts';
import { useSignal } from './hooks.ts';
import { MonitorAlarms } from './monitorAlarms.tsx';
import { MonitorDrift } from './monitorDrift.tsx';
import { MonitorGroups, MonitorPerformance } from './monitorPerformance.tsx';
import { Ago, Empty, Guard, Loading, Marked, Trouble } from './parts.tsx';

export interface MonitorProps {
  model: MonitorModel;
  trans: TranslationBundle;
}

/** What the parts of the page are given. */
export interface MonitorPartProps extends MonitorProps {
  page: MonitorPage;
}

/** The whole panel. */
export function Monitor(props: MonitorProps): React.ReactElement {
  const { model, trans } = props;
  useSignal(model.changed);
  const { page, problem } = model;
  const again = { label: trans.__('Try again'), run: () => void model.refresh() };
  return (
    <div className="cb-compare cb-service" aria-busy={model.busy && !page}>
      <Loading busy={model.busy && !page} label={trans.__('Loading')} />
      {problem && <Trouble message={problem} action={again} />}
      {page && (
        <>
          <Standing {...props} page={page} />
          {page.windows.length > 0 ? (
            <Guard trans={trans}>
              <Looked {...props} page={page} />
              <MonitorAlarms {...props} page={page} />
              <MonitorDrift {...props} page={page} />
              <MonitorPerformance {...props} page={page} />
              <MonitorGroups {...props} page={page} />
            </Guard>
          ) : (
            <>
              <Empty>
                <Marked text={page.summary} />
              </Empty>
              {page.events.length > 0 && <MonitorAlarms {...props} page={page} />}
            </>
          )}
        </>
      )}
    </div>
  );
}

/** How it stands: a shape, a word and a sentence, which a screen reader tells when they change. */
function Standing(props: MonitorPartProps): React.ReactElement {
  const { model, page, trans } = props;
  const word = {
    alarm: trans.__('alarm'),
    drift: trans.__('drift'),
    unsure: trans.__('too little to tell'),
    fine: trans.__('fine')
  }[page.state];
  return (
    <div className={`cb-standing cb-mod-${page.state}`}>
      <h2 role="status">
        <span className="cb-mark" aria-hidden="true">
          {SHAPES[page.state]}
        </span>{' '}
        <bdi>{formatting.shorten(page.endpoint, 80)}</bdi>: {word}
      </h2>
      {page.windows.length > 0 && (
        <p>
          <Marked text={page.summary} />
        </p>
      )}
      <p className="cb-muted cb-livehint">
        {model.gone ? (
          trans.__('This kernel is gone: what is seen is of then.')
        ) : page.last === null ? (
          trans.__('waits for the first prediction')
        ) : (
          <>
            {trans.__('last prediction')} <Ago time={page.last} />
          </>
        )}
      </p>
    </div>
  );
}

/** What is looked at, and how that is changed. */
function Looked(props: MonitorPartProps): React.ReactElement {
  const { model, page, trans } = props;
  const versions = [page.model || page.models.join(', '), page.arm].filter(one => one).join(', ');
  const seconds = formatting.real(page.seconds);
  const lengths = [...new Set([...LENGTHS, seconds])].sort((one, other) => one - other);
  return (
    <div className="cb-line" role="group" aria-label={trans.__('What is looked at')}>
      <span className="cb-muted">
        <bdi>{formatting.shorten(versions, 80)}</bdi> ·{' '}
        {trans.__(
          '%1 predictions, %2 with a label',
          page.rows.toLocaleString('en'),
          page.labelled.toLocaleString('en')
        )}
        {page.dropped > 0 && (
          <> · {trans.__('%1 could not be kept', page.dropped.toLocaleString('en'))}</>
        )}
      </span>
      <label className="cb-choose">
        {trans.__('window')}
        <select
          className="cb-select"
          value={page.shown ?? 0}
          disabled={model.gone}
          onChange={event => {
            const start = Number(event.target.value);
            const newest = start === page.windows[page.windows.length - 1].start;
            void model.show({ at: newest ? 0 : start });
          }}
        >
          {[...page.windows].reverse().map(one => (
            <option key={one.start} value={one.start}>
              {formatting.date(one.start).slice(0, 16)}
              {one.drifted.length ? ` ◆ ${one.drifted.length}` : ''}
            </option>
          ))}
        </select>
      </label>
      <label className="cb-choose">
        {trans.__('of')}
        <select
          className="cb-select"
          value={seconds}
          disabled={model.gone}
          onChange={event => void model.show({ window: Number(event.target.value), at: 0 })}
        >
          {lengths.map(one => (
            <option key={one} value={one}>
              {lengthText(one)}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
