/** Small pictures of a model in service: how values lie, and how a measure went. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { MonitorBar, MonitorWindow } from '../_generated/types.ts';
import * as formatting from '../models/format.ts';

const WIDTH = 112;
const HEIGHT = 26;

/** The bars of a column: the window filled, the reference outlined. */
export const Bars = React.memo(function Bars(props: {
  bars: readonly MonitorBar[];
  label: string;
}): React.ReactElement | null {
  const { bars, label } = props;
  if (!bars.length) {
    return null;
  }
  const top = Math.max(...bars.map(one => Math.max(Number(one.reference), Number(one.window)))) || 1;
  const step = WIDTH / bars.length;
  const wide = Math.max(1, step - 1);
  const tall = (share: unknown) => (Number(share) / top) * (HEIGHT - 2);
  return (
    <svg
      className="cb-bars"
      role="img"
      aria-label={label}
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
    >
      {bars.map((one, place) => {
        const x = place * step;
        return (
          <g key={place}>
            <title>{`${one.label}: ${percent(one.reference)} → ${percent(one.window)}`}</title>
            <rect x={x} y={0} width={step} height={HEIGHT} fill="transparent" />
            <rect
              className="cb-now"
              x={x}
              y={HEIGHT - tall(one.window)}
              width={wide}
              height={tall(one.window)}
            />
            <path className="cb-then" d={`M${x} ${HEIGHT - tall(one.reference)}h${wide}`} />
          </g>
        );
      })}
    </svg>
  );
}, same);

function same(
  before: { bars: readonly MonitorBar[]; label: string },
  after: { bars: readonly MonitorBar[]; label: string }
): boolean {
  return before.label === after.label && JSON.stringify(before.bars) === JSON.stringify(after.bars);
}

/** Return a share as `12.3 %` is written elsewhere. */
export function percent(share: unknown): string {
  return `${(100 * Number(share)).toFixed(1)}%`;
}

const TREND_WIDTH = 560;
const TREND_HEIGHT = 112;
const LEFT = 52;
const BOTTOM = TREND_HEIGHT - 18;

/** A measure over the windows, with its interval; a click on a point shows that window. */
export function Trend(props: {
  windows: readonly MonitorWindow[];
  metric: string;
  shown: number | null;
  show: (start: number) => void;
  trans: TranslationBundle;
}): React.ReactElement | null {
  const { windows, metric, shown, show, trans } = props;
  const points = windows.flatMap((window, place) =>
    window.measured
      .filter(one => one.metric === metric && Number.isFinite(Number(one.value)))
      .map(one => ({
        place,
        start: window.start,
        value: Number(one.value),
        low: finite(one.low, one.value),
        high: finite(one.high, one.value),
        rows: one.rows
      }))
  );
  if (points.length < 2) {
    return null;
  }
  const low = Math.min(...points.map(one => one.low));
  const high = Math.max(...points.map(one => one.high));
  const span = high - low || 1;
  const x = (place: number) =>
    LEFT + (place / Math.max(1, windows.length - 1)) * (TREND_WIDTH - LEFT - 8);
  const y = (value: number) => BOTTOM - ((value - low) / span) * (BOTTOM - 10);
  const upper = points.map(one => `${x(one.place)},${y(one.high)}`);
  const lower = points.map(one => `${x(one.place)},${y(one.low)}`).reverse();
  const at = (time: number) => formatting.date(time).slice(0, 16);
  return (
    <svg
      className="cb-trend"
      role="group"
      aria-label={trans.__('%1 window by window', metric)}
      viewBox={`0 0 ${TREND_WIDTH} ${TREND_HEIGHT}`}
    >
      <text className="cb-title" x={LEFT} y={9}>
        {metric}
      </text>
      <text x={LEFT - 6} y={BOTTOM} textAnchor="end">
        {formatting.number(low)}
      </text>
      <text x={LEFT - 6} y={18} textAnchor="end">
        {formatting.number(high)}
      </text>
      <text x={LEFT} y={TREND_HEIGHT - 3}>
        {at(windows[0].start)}
      </text>
      <text x={TREND_WIDTH - 8} y={TREND_HEIGHT - 3} textAnchor="end">
        {at(windows[windows.length - 1].start)}
      </text>
      <polygon className="cb-band" points={[...upper, ...lower].join(' ')} />
      <polyline
        className="cb-course"
        points={points.map(one => `${x(one.place)},${y(one.value)}`).join(' ')}
      />
      {points.map(one => {
        const told = trans.__(
          '%1: %2 of %3',
          at(one.start),
          formatting.number(one.value),
          one.rows.toLocaleString('en')
        );
        return (
          <circle
            key={one.start}
            className={one.start === shown ? 'cb-point cb-mod-shown' : 'cb-point'}
            cx={x(one.place)}
            cy={y(one.value)}
            r={one.start === shown ? 5 : 3.5}
            role="button"
            tabIndex={0}
            aria-label={told}
            aria-pressed={one.start === shown}
            onClick={() => show(one.start)}
            onKeyDown={event => {
              if (event.key === 'Enter' || event.key === ' ') {
                event.preventDefault();
                show(one.start);
              }
            }}
          >
            <title>{told}</title>
          </circle>
        );
      })}
    </svg>
  );
}

function finite(value: unknown, instead: unknown): number {
  return Number.isFinite(Number(value)) ? Number(value) : Number(instead);
}
