/** Runs as lines over parallel axes: Inselberg's parallel coordinates. */

import type { RelatedRun } from '../_generated/types.ts';
import type { IColumnAxis } from './columns.ts';
import { thinned } from './columns.ts';
import { faint, layout, plain, type IFigure, type ILook } from './figure.ts';
import { shorten } from './format.ts';
import type { ITint } from './tint.ts';

/** Ranges of axes, by the columns' names; from 0 to 1. */
export type Ranges = Readonly<Record<string, readonly [number, number]>>;

/** Where things are, in pixels: the layout is fixed, so that hands can reach into the picture. */
export const MARGIN = { l: 28, t: 52, b: 16 } as const;

/** Room at the right of the axes: for a bar, or none. */
export function rightMargin(withBar: boolean): number {
  return withBar ? 96 : 40;
}

/** Lines that are drawn, at most. */
export const DRAWN = 1_000;

/** Points of a bend between two axes, for so many points in all. */
const BEND = 12;
const POINTS = 60_000;

/** Where runs lie that have no value of an axis. */
const BELOW = -0.1;

/** How far runs of one label lie apart. */
const APART = 0.028;

/** Return the place of each run along each axis, as it is drawn. */
export function drawnPlaces(axes: readonly IColumnAxis[]): number[][] {
  return axes.map(({ column, places }) =>
    places.map((place, run) => {
      if (place === null) {
        return BELOW;
      }
      // Lines of one label would hide one another: each has a place of its own round it.
      const spread = column.labels.length ? ((run * 0.618034) % 1) - 0.5 : 0;
      return place + spread * Math.min(APART, 0.5 / (column.labels.length || 1));
    })
  );
}

/** Whether each run lies within all ranges. */
export function within(axes: readonly IColumnAxis[], ranges: Ranges, count: number): boolean[] {
  const held = axes.filter(({ column }) => column.name in ranges);
  return Array.from({ length: count }, (_, run) =>
    held.every(({ column, places }) => {
      const place = places[run];
      const [low, high] = ranges[column.name];
      return place !== null && place >= low - 1e-9 && place <= high + 1e-9;
    })
  );
}

/** Return the height at a place between axes; `heights` are those of one run. */
export function heightAt(heights: readonly number[], x: number): number {
  const left = Math.min(Math.max(Math.floor(x), 0), heights.length - 1);
  const right = Math.min(left + 1, heights.length - 1);
  const share = Math.min(Math.max(x - left, 0), 1);
  // Level at the axes, so that one can follow a line across them.
  const bent = share * share * (3 - 2 * share);
  return heights[left] + (heights[right] - heights[left]) * bent;
}

/** Return which runs are drawn: all, or some evenly spread, those within the ranges before others. */
export function drawnRuns(inside: readonly boolean[]): readonly number[] {
  const all = inside.map((_, run) => run);
  const chosen = all.filter(run => inside[run]);
  if (all.length <= DRAWN || chosen.length === all.length) {
    return thinned(all, DRAWN);
  }
  const others = all.filter(run => !inside[run]);
  const kept = thinned(chosen, DRAWN);
  return [...kept, ...thinned(others, Math.max(DRAWN - kept.length, DRAWN / 4))];
}

/** Whether some run lacks a value of some axis. */
export function hasGaps(axes: readonly IColumnAxis[]): boolean {
  return axes.some(({ places }) => places.includes(null));
}

/** Return the ends of the height that is shown. */
export function heights(axes: readonly IColumnAxis[]): [number, number] {
  return [hasGaps(axes) ? BELOW - 0.04 : -0.03, 1.03];
}

/** Return the picture. */
export function parallelFigure(
  runs: readonly RelatedRun[],
  axes: readonly IColumnAxis[],
  titles: readonly string[],
  tint: ITint,
  ranges: Ranges,
  look: ILook
): IFigure {
  const places = drawnPlaces(axes);
  const inside = within(axes, ranges, runs.length);
  const drawn = drawnRuns(inside);
  const steps = drawn.length * axes.length * BEND <= POINTS ? BEND : 1;
  const dim = drawn.filter(run => !inside[run]);
  const bright = drawn
    .filter(run => inside[run])
    .sort((a, b) => tint.weights[a] - tint.weights[b]);
  const width = bright.length > 200 ? 1 : bright.length > 40 ? 1.5 : 2;
  const few = bright.length <= 200;
  return {
    data: [
      ...(dim.length ? [lines(dim, places, steps, faintOf(look), 1, 1)] : []),
      ...grouped(bright, tint.colours).map(([colour, members]) =>
        lines(members, places, steps, colour, width, few ? 0.9 : 0.65)
      ),
      ...(tint.bar ? [barOf(tint)] : []),
      ...tint.legend.map(([label, colour]) => entry(label, colour))
    ],
    layout: layout(look, {
      margin: { ...MARGIN, r: rightMargin(tint.bar !== null), autoexpand: false },
      hovermode: false,
      dragmode: false,
      showlegend: tint.legend.length > 0,
      legend: { orientation: 'h', x: 0, y: 0, yanchor: 'top', yref: 'container' },
      xaxis: { visible: false, range: [0, Math.max(axes.length - 1, 1)], fixedrange: true },
      yaxis: { visible: false, range: heights(axes), fixedrange: true },
      shapes: axes.map((_, place) => ({
        type: 'line',
        x0: place,
        x1: place,
        y0: 0,
        y1: 1,
        line: { color: look.muted, width: 1 }
      })),
      annotations: axes.flatMap((axis, place) => written(axis, titles[place], place, axes.length, look))
    })
  };
}

function grouped(
  runs: readonly number[],
  colours: readonly string[]
): [string, number[]][] {
  const groups = new Map<string, number[]>();
  for (const run of runs) {
    const group = groups.get(colours[run]);
    if (group) {
      group.push(run);
    } else {
      groups.set(colours[run], [run]);
    }
  }
  return [...groups];
}

function lines(
  runs: readonly number[],
  places: readonly (readonly number[])[],
  steps: number,
  color: string,
  width: number,
  opacity: number
): object {
  const x: (number | null)[] = [];
  const y: (number | null)[] = [];
  const last = places.length - 1;
  for (const run of runs) {
    const own = places.map(along => along[run]);
    for (let point = 0; point <= last * steps; point++) {
      x.push(point / steps);
      y.push(heightAt(own, point / steps));
    }
    x.push(null);
    y.push(null);
  }
  return {
    type: 'scatter',
    mode: 'lines',
    x,
    y,
    opacity,
    line: { color, width, simplify: false },
    hoverinfo: 'skip',
    showlegend: false
  };
}

function faintOf(look: ILook): string {
  const parts = look.text.match(/[\d.]+/g)?.slice(0, 3) ?? ['128', '128', '128'];
  return look.text.startsWith('#') ? faint(look.text, 0.1) : `rgba(${parts.join(', ')}, 0.1)`;
}

/** A point that is not seen and has a bar for its colour. */
function barOf(tint: ITint): object {
  return {
    type: 'scatter',
    mode: 'markers',
    x: [null],
    y: [null],
    marker: tint.bar,
    hoverinfo: 'skip',
    showlegend: false
  };
}

function entry(label: string, color: string): object {
  return {
    type: 'scatter',
    mode: 'lines',
    name: plain(shorten(label, 32)),
    x: [null],
    y: [null],
    line: { color, width: 2 }
  };
}

function written(
  axis: IColumnAxis,
  title: string,
  place: number,
  count: number,
  look: ILook
): object[] {
  const last = place === count - 1 && count > 1;
  const gap = axis.places.includes(null) ? [{ at: BELOW, text: '—' }] : [];
  const width = Math.max(8, Math.floor(150 / count));
  return [
    {
      x: place,
      y: 1,
      yshift: 26,
      text: `<b>${plain(shorten(title, width))}</b>`,
      xanchor: place === 0 ? 'left' : last ? 'right' : 'center',
      xshift: place === 0 ? -20 : last ? 20 : 0,
      showarrow: false,
      font: { color: look.text }
    },
    ...[...axis.marks, ...gap].map(mark => ({
      x: place,
      y: mark.at,
      text: plain(mark.text),
      xanchor: last ? 'right' : 'left',
      xshift: last ? -4 : 4,
      showarrow: false,
      borderpad: 1,
      bgcolor: see(look.ground),
      font: { color: look.text, size: look.size - 2 }
    }))
  ];
}

/** Return the ground with a little of what is behind it. */
function see(ground: string): string {
  return /^#[0-9a-f]{6}$/i.test(ground) ? faint(ground, 0.75) : ground;
}
