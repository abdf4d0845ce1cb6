/** Runs beside one another: the table, and the curves of a metric. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ComparisonModel } from '../models/comparison.ts';
import type { ICurveLook } from '../models/curves.ts';
import { Chart } from './chart.tsx';
import { CompareTable } from './compareTable.tsx';
import { ExportMenu } from './exportMenu.tsx';
import { useSignal } from './hooks.ts';
import { Empty, Loading, Marked, Trouble } from './parts.tsx';

export interface CompareProps {
  model: ComparisonModel;
  trans: TranslationBundle;
}

/** The whole panel. */
export function Compare(props: CompareProps): React.ReactElement {
  const { model, trans } = props;
  const [raised, setRaised] = React.useState<number | null>(null);
  useSignal(model.changed);
  const { comparison, problem } = model;
  const again = { label: trans.__('Try again'), run: () => void model.refresh() };
  return (
    <div className="cb-compare">
      <Loading busy={model.busy} label={trans.__('Loading the comparison')} />
      {problem && <Trouble message={problem} action={again} />}
      {comparison && (
        <>
          <div className="cb-line">
            <h2>{trans._n('%1 run compared', '%1 runs compared', comparison.runs.length)}</h2>
            <label className="cb-choose">
              <input
                type="checkbox"
                checked={!model.state.everything}
                onChange={event => void model.change({ everything: !event.target.checked })}
              />
              {trans.__('only what differs')}
            </label>
            <ExportMenu model={model} trans={trans} />
          </div>
          <CompareTable model={model} raise={setRaised} trans={trans} />
          <Curves {...props} raised={raised} />
        </>
      )}
    </div>
  );
}

function Curves(props: CompareProps & { raised: number | null }): React.ReactElement {
  const { model, trans } = props;
  const { state, metric } = model;
  const metrics = model.comparison!.metrics;
  if (!metrics.length) {
    return (
      <Empty>
        <Marked
          text={trans.__(
            'These runs have no curves: `run.log_metric(key, value, step)` in a loop makes them.'
          )}
        />
      </Empty>
    );
  }
  return (
    <section aria-label={trans.__('Curves')}>
      <div className="cb-line">
        <label className="cb-choose">
          <span>{trans.__('metric')}</span>
          <select
            className="cb-select"
            value={metric}
            onChange={event => void model.change({ metric: event.target.value })}
          >
            {metrics.map(name => (
              <option key={name} value={name}>
                {name.length > 60 ? `${name.slice(0, 59)}…` : name}
              </option>
            ))}
          </select>
        </label>
        <Look {...props} />
      </div>
      <Chart
        lines={model.lines}
        title={metric}
        axis={state.axis}
        log={state.log}
        height={340}
        raised={props.raised}
        trans={trans}
      />
    </section>
  );
}

/** How the curves are drawn. */
function Look(props: CompareProps): React.ReactElement {
  const { model, trans } = props;
  const { axis, log, smoothing } = model.state;
  const change = (look: Partial<ICurveLook>) => void model.change(look);
  return (
    <>
      <label className="cb-choose">
        <span>{trans.__('smoothing')}</span>
        <input
          type="range"
          min="0"
          max="0.99"
          step="0.01"
          value={smoothing}
          aria-valuetext={smoothing.toFixed(2)}
          onChange={event => change({ smoothing: Number(event.target.value) })}
        />
        <output>{smoothing ? smoothing.toFixed(2) : trans.__('off')}</output>
      </label>
      <label className="cb-choose">
        <span>{trans.__('over')}</span>
        <select
          className="cb-select"
          value={axis}
          onChange={event => change({ axis: event.target.value as ICurveLook['axis'] })}
        >
          <option value="step">{trans.__('step')}</option>
          <option value="time">{trans.__('time')}</option>
        </select>
      </label>
      <label className="cb-choose">
        <input type="checkbox" checked={log} onChange={event => change({ log: event.target.checked })} />
        {trans.__('log')}
      </label>
    </>
  );
}
