/** The curves of a metric: over any axis, smoothed, grouped, zoomed into. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Axis, Band, ComparisonModel, ICurveLook } from '../models/comparison.ts';
import type { ILook } from '../models/figure.ts';
import type { IHost } from '../models/host.ts';
import { linesCode } from '../models/linesCode.ts';
import { linesFigure, windowOf } from '../models/linesFigure.ts';
import { Empty, Marked } from './parts.tsx';
import { PictureMenu, type IDrawn } from './pictureMenu.tsx';
import { Plot } from './plot.tsx';

export interface CurvesProps {
  model: ComparisonModel;
  host: IHost;
  /** The number of a run whose line stands out. */
  raised: number | null;
  trans: TranslationBundle;
}

const HEIGHT = 360;

/** The whole tab. */
export function Curves(props: CurvesProps): React.ReactElement {
  const { model, host, raised, trans } = props;
  const { lines, state, metric } = model;
  const { log, window } = state;
  const drawn = React.useRef<IDrawn | null>(null);
  const draw = React.useCallback(
    (look: ILook) => linesFigure(lines!, { log, window }, look, raised),
    [lines, log, window, raised]
  );
  if (!metric) {
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
        <Controls {...props} />
        <PictureMenu
          name={metric}
          host={host}
          drawn={drawn}
          code={lines ? linesCode(lines, model.numbers, state) : ''}
          trans={trans}
        />
      </div>
      {lines && (
        <Plot
          host={host}
          draw={draw}
          height={HEIGHT}
          label={trans._n('%2 of %1 run', '%2 of %1 runs', lines.lines.length, metric)}
          onRelayout={change => {
            const zoomed = zoomOf(change, lines.axis as Axis);
            // Where nobody can be asked for what lies between, the picture itself zooms.
            if (zoomed !== undefined && !host.alone) {
              void model.change({ window: zoomed });
            }
          }}
          onDrawn={picture => {
            drawn.current = picture;
          }}
          trans={trans}
        />
      )}
      {lines && lines.missing.length > 0 && (
        <p className="cb-note">
          {trans.__('Without this metric: %1', lines.missing.map(number => `#${number}`).join(', '))}
        </p>
      )}
    </section>
  );
}

/** Return the part of the axis that was zoomed to, null for all; undefined if it did not change. */
function zoomOf(
  change: Record<string, unknown>,
  axis: Axis
): readonly [number, number] | null | undefined {
  if (change['xaxis.autorange']) {
    return null;
  }
  if ('xaxis.range[0]' in change) {
    return windowOf(axis, [change['xaxis.range[0]'], change['xaxis.range[1]']]);
  }
  return undefined;
}

/** What is drawn, and how. */
function Controls(props: CurvesProps): React.ReactElement {
  const { model, host, trans } = props;
  const { axis, log, smoothing, group, band, window } = model.state;
  const change = (look: Partial<ICurveLook>) => void model.change(look);
  const axes: [Axis, string][] = [
    ['step', trans.__('step')],
    ['relative', trans.__('relative time')],
    ['wall', trans.__('wall time')]
  ];
  const bands: [Band, string][] = [
    ['std', trans.__('± std')],
    ['range', trans.__('min – max')],
    ['ci', trans.__('95 % CI')],
    ['none', trans.__('no band')]
  ];
  return (
    <>
      <Choice
        label={trans.__('metric')}
        value={model.metric}
        options={model.comparison!.metrics.map(name => [name, name])}
        onChange={metric => void model.change({ metric })}
      />
      {!host.alone && (
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
      )}
      <Choice
        label={trans.__('over')}
        value={axis}
        options={axes}
        onChange={chosen => change({ axis: chosen as Axis })}
      />
      {!host.alone && model.groups.length > 0 && (
        <Choice
          label={trans.__('group by')}
          value={group}
          options={[['', '—'], ...model.groups.map((name): [string, string] => [name, name])]}
          onChange={chosen => change({ group: chosen })}
        />
      )}
      {group && (
        <Choice
          label={trans.__('band')}
          value={band}
          options={bands}
          onChange={chosen => change({ band: chosen as Band })}
        />
      )}
      <label className="cb-choose">
        <input
          type="checkbox"
          checked={log}
          onChange={event => change({ log: event.target.checked })}
        />
        {trans.__('log')}
      </label>
      {window && (
        <button type="button" className="cb-link" onClick={() => change({ window: null })}>
          {trans.__('whole axis')}
        </button>
      )}
    </>
  );
}

/** One choice of several. */
export function Choice(props: {
  label: string;
  /** What it is called where no label stands before it. */
  name?: string;
  value: string;
  options: readonly (readonly [string, string])[];
  onChange: (value: string) => void;
}): React.ReactElement {
  return (
    <label className="cb-choose">
      {props.label && <span>{props.label}</span>}
      <select
        className="cb-select"
        aria-label={props.name}
        value={props.value}
        onChange={event => props.onChange(event.target.value)}
      >
        {props.options.map(([value, text]) => (
          <option key={value} value={value}>
            {text.length > 60 ? `${text.slice(0, 59)}…` : text}
          </option>
        ))}
      </select>
    </label>
  );
}
