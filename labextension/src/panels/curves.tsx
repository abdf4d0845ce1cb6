/** The curves of a metric: over any axis, smoothed, grouped, zoomed into. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { CurveLines } from '../_generated/types.ts';
import type { ComparisonModel } from '../models/comparison.ts';
import type { Axis, Band, ICurveLook } from '../models/looks.ts';
import type { ILook } from '../models/figure.ts';
import type { IHost } from '../models/host.ts';
import { linesCode } from '../models/linesCode.ts';
import { areTicks, placed } from '../models/lineMarks.ts';
import { withoutPlace } from '../models/lineNotes.ts';
import { linesFigure, windowOf } from '../models/linesFigure.ts';
import { frameOf } from '../models/plotFrame.ts';
import { pointLines, type IFrame, type IPoint } from '../models/points.ts';
import { AllCurves } from './allCurves.tsx';
import { Empty, Marked } from './parts.tsx';
import { PictureMenu, type IDrawn } from './pictureMenu.tsx';
import { Plot } from './plot.tsx';
import { Points } from './points.tsx';

export interface CurvesProps {
  model: ComparisonModel;
  host: IHost;
  /** The number of a run whose line stands out. */
  raised: number | null;
  trans: TranslationBundle;
}

const HEIGHT = 360;

/** Stands for all metrics in their list, as none has this name. */
const EVERY = '';

/** The whole tab. */
export function Curves(props: CurvesProps): React.ReactElement {
  const { model, host, raised, trans } = props;
  const { lines, state, metric } = model;
  const { log, window, group } = state;
  const drawn = React.useRef<IDrawn | null>(null);
  const resets = useResets(window);
  const draw = React.useCallback(
    (look: ILook) => linesFigure(lines!, { log, window, group }, look, raised, null, resets),
    [lines, log, window, group, raised, resets]
  );
  const [frame, setFrame] = React.useState<IFrame | null>(null);
  const [chosen, choose] = React.useState<IPoint | null>(null);
  const points = React.useMemo(() => (lines ? pointLines(lines) : []), [lines]);
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
        {!state.all && (
          <PictureMenu
            name={metric}
            host={host}
            drawn={drawn}
            code={lines ? linesCode(lines, model.numbers, state) : ''}
            trans={trans}
          />
        )}
      </div>
      {state.all && <AllCurves {...props} />}
      {lines && (
        <Points
          lines={points}
          metric={lines.metric}
          frame={frame}
          chosen={chosen}
          choose={choose}
          talk={host.alone ? null : model.talk}
          trans={trans}
        >
          <Plot
            host={host}
            draw={draw}
            height={HEIGHT}
            label={trans._n('%2 of %1 run', '%2 of %1 runs', lines.lines.length, lines.metric)}
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
            onPlaced={node => {
              const kind = lines.axis as Axis;
              setFrame(frameOf(node, x => placed([x], kind)[0]));
            }}
            trans={trans}
          />
        </Points>
      )}
      {lines && <Notes lines={lines} log={log} group={group} heads={!model.asRows} trans={trans} />}
    </section>
  );
}

/** What the picture does not show by itself. */
function Notes(props: {
  lines: CurveLines;
  log: boolean;
  group: string;
  /** Whether the runs have heads to point at. */
  heads: boolean;
  trans: TranslationBundle;
}): React.ReactElement {
  const { lines, log, group, heads, trans } = props;
  const { points, runs, gone } = withoutPlace(lines);
  const hidden = lines.marks.length + lines.unmarked;
  const notes = [
    log &&
      points > 0 &&
      trans._n(
        'A log axis has no place for 0 and below: %1 point of %2 is not drawn.',
        'A log axis has no place for 0 and below: %1 points of %2 are not drawn.',
        points,
        listed(runs)
      ),
    log && gone.length > 0 && trans.__('Nothing is left to draw of %1.', listed(gone)),
    group &&
      hidden > 0 &&
      trans._n(
        '%1 milestone or stage of these runs is not drawn: means have none.',
        '%1 milestones and stages of these runs are not drawn: means have none.',
        hidden
      ),
    !group &&
      areTicks(lines.marks) &&
      trans.__(
        'Milestones ◆ and stages ▸ ◂ of these runs are ticks above the curves, in their colours: the pointer names them.'
      ),
    !group &&
      heads &&
      areTicks(lines.marks) &&
      trans.__('Point at the head of a run to have its own written out.'),
    !group &&
      lines.unmarked > 0 &&
      trans._n(
        '%1 further milestone or stage has no room here.',
        '%1 further milestones and stages have no room here.',
        lines.unmarked
      ),
    lines.missing.length > 0 && trans.__('Without this metric: %1', listed(lines.missing))
  ];
  return (
    <>
      {notes
        .filter((note): note is string => Boolean(note))
        .map(note => (
          <p key={note} className="cb-note">
            {note}
          </p>
        ))}
    </>
  );
}

/** Runs that a note names, at most. */
const TOLD = 20;

function listed(numbers: readonly number[]): string {
  const told = numbers.slice(0, TOLD).map(number => `#${number}`);
  return [...told, ...(numbers.length > TOLD ? ['…'] : [])].join(', ');
}

/** Count how often the whole axis was asked for again after a part of it. */
function useResets(window: unknown): number {
  const seen = React.useRef({ window, resets: 0 });
  if (seen.current.window && !window) {
    seen.current.resets++;
  }
  seen.current.window = window;
  return seen.current.resets;
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
  const { all, axis, log, smoothing, group, band, window } = model.state;
  const { metrics } = model.comparison!;
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
  const every: [string, string][] =
    metrics.length > 1 ? [[EVERY, trans.__('all %1 metrics', metrics.length)]] : [];
  return (
    // What is chosen and what is seen stay the same where nobody can be asked for another picture.
    <fieldset className="cb-controls" disabled={model.gone}>
      <Choice
        label={trans.__('metric')}
        value={all ? EVERY : model.metric}
        options={[...every, ...metrics.map((name): [string, string] => [name, name])]}
        onChange={metric =>
          void model.change(metric === EVERY ? { all: true } : { metric, all: false })
        }
      />
      {every.length > 0 && (
        <button type="button" className="cb-link" onClick={() => void model.change({ all: !all })}>
          {all ? trans.__('one metric') : trans.__('all metrics')}
        </button>
      )}
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
      {!host.alone && group && (
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
      {host.alone && smoothing > 0 && (
        <span className="cb-muted">{trans.__('smoothed by %1', smoothing.toFixed(2))}</span>
      )}
      {host.alone && group && (
        <span className="cb-muted">{trans.__('means of runs by %1', group)}</span>
      )}
    </fieldset>
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
