/** The lines of a metric as a picture. */

import type { CurveLines, DrawnLine, Real } from '../_generated/types.ts';
import { dashOf } from './colours.ts';
import type { Axis, ICurveLook } from './looks.ts';
import { axis, DASHES, faint, layout, plain, runColour, type IFigure, type ILook } from './figure.ts';
import { number, real } from './format.ts';
import { BAND, marksOf, named, placed, places, shownTime, ticks } from './lineMarks.ts';

/** What the axis at the bottom counts. */
const UNITS: Record<Axis, string> = { step: 'step', relative: 'seconds since the start', wall: '' };

/** Lines that a legend names, at most: beyond, the pointer does. */
const NAMED = 20;

/** A picture among others, which has little room. */
export interface ISmall {
  /** The runs of all of them: a run has one dash in each. */
  readonly numbers: readonly number[];
  /** The ends of all of them, so that they can be read off one below another. */
  readonly span: readonly [number, number] | null;
}

/**
 * Return the picture of some lines.
 *
 * @param raised - The run that stands out.
 * @param small - Makes it a small one, without a legend, to be pressed as a whole.
 * @param resets - How often the whole axis was asked for again: what was zoomed before is forgotten.
 */
export function linesFigure(
  lines: CurveLines,
  shown: Pick<ICurveLook, 'log' | 'window' | 'group'>,
  look: ILook,
  raised: number | null = null,
  small: ISmall | null = null,
  resets = 0
): IFigure {
  const numbers = small?.numbers ?? lines.lines.map(line => line.number);
  const kind = lines.axis as Axis;
  // A mean has no milestones, and a small picture no room for them.
  const marks = marksOf(small || shown.group ? [] : lines.marks, raised);
  const window = shown.window ?? small?.span ?? null;
  const fixed = small ? { fixedrange: true, nticks: 5, title: { text: '' } } : {};
  const title = small ? '' : UNITS[kind];
  const uirevision = `${lines.metric} ${lines.axis} ${shown.log}`;
  // What is zoomed in both directions is shown whole in both directions.
  const zoom = { uirevision: `${uirevision} ${resets}` };
  const data = lines.lines.flatMap(line => {
    const dim = raised !== null && raised !== line.number;
    return [
      ...band(shown.log ? clipped(line) : line, kind, look, dim),
      ...unsmoothed(line, kind, look, dim),
      drawn(line, kind, look, numbers, dim),
      ...best(line, kind, look, dim)
    ];
  });
  return {
    data,
    layout: layout(look, {
      showlegend: !small && lines.lines.length <= NAMED,
      // At the picture's own lower edge, whose margin grows with it: whatever its height, it lies
      // below the axis.
      legend: {
        orientation: 'h',
        x: 0,
        y: 0,
        yref: 'container',
        yanchor: 'bottom',
        maxheight: 0.4,
        tracegroupgap: 0,
        font: { color: look.text }
      },
      ...(small
        ? { margin: { l: 40, r: 8, t: 8, b: 24 }, hovermode: 'closest', dragmode: false }
        : {}),
      xaxis: axis(look, title, {
        ...fixed,
        ...zoom,
        automargin: !small,
        type: kind === 'wall' ? 'date' : 'linear',
        ...(window ? { range: ends(kind, window) } : {}),
        ...(kind === 'wall' ? {} : { exponentformat: 'SI' })
      }),
      yaxis: axis(look, '', {
        ...fixed,
        ...zoom,
        type: shown.log ? 'log' : 'linear',
        ...(marks.ticked.length ? { domain: [0, 1 - BAND] } : {}),
        exponentformat: 'power'
      }),
      shapes: [
        ...places(marks.named, kind, look),
        ...goal(lines, shown.log, look)
      ],
      annotations: [...named(marks.named, kind, look), ...ticks(marks.ticked, kind, look)],
      // The eye keeps its place while new points come; another metric or axis begins anew.
      uirevision
    })
  };
}

/** Return the first and the last place of lines along the axis, and of `known` ones; null of none. */
export function spanOf(
  lines: CurveLines,
  known: readonly [number, number] | null
): readonly [number, number] | null {
  const all = lines.lines.flatMap(line => line.xs.map(real)).filter(Number.isFinite);
  const found = [...all, ...(known ?? [])];
  const low = found.reduce((a, b) => Math.min(a, b), Infinity);
  const high = found.reduce((a, b) => Math.max(a, b), -Infinity);
  if (low >= high) {
    return null;
  }
  return known && known[0] === low && known[1] === high ? known : [low, high];
}

/** Return what a zoom of the picture is of, in the axis's own numbers. */
export function windowOf(kind: Axis, range: readonly [unknown, unknown]): [number, number] | null {
  // Dates are told in the browser's time, without saying so.
  const [low, high] = range.map(end => (kind === 'wall' ? whenShown(String(end)) : Number(end)));
  return Number.isFinite(low) && Number.isFinite(high) ? [low, high] : null;
}

/** Return the line of the value that is to be reached. */
function goal(lines: CurveLines, log: boolean, look: ILook): object[] {
  const value = lines.goal === null ? NaN : real(lines.goal);
  if (!Number.isFinite(value) || (log && value <= 0)) {
    return [];
  }
  return [
    {
      type: 'line',
      xref: 'paper',
      x0: 0,
      x1: 1,
      y0: value,
      y1: value,
      line: { color: look.muted, width: 1, dash: 'dash' },
      label: {
        text: `goal ${number(value)}`,
        textposition: 'end',
        yanchor: 'bottom',
        maxheight: 0.4,
        tracegroupgap: 0,
        font: { color: look.muted, size: look.size - 2 }
      }
    }
  ];
}

function ends(kind: Axis, window: readonly [number, number]): unknown[] {
  return kind === 'wall' ? window.map(shownTime) : [...window];
}

function whenShown(text: string): number {
  return new Date(text.replace(' ', 'T')).getTime();
}

function ysOf(values: readonly Real[]): (number | null)[] {
  // Of what is no finite number the picture has a gap.
  return values.map(value => {
    const number = real(value);
    return Number.isFinite(number) ? number : null;
  });
}

function drawn(
  line: DrawnLine,
  kind: Axis,
  look: ILook,
  numbers: readonly number[],
  dim: boolean
): object {
  return {
    type: 'scatter',
    mode: line.xs.length === 1 ? 'markers' : 'lines',
    name: plain(line.label),
    x: placed(line.xs, kind),
    y: ysOf(line.ys),
    opacity: dim ? 0.2 : 1,
    line: {
      color: runColour(look, line.number),
      width: 1.75,
      dash: DASHES[dashOf(line.number, numbers)]
    },
    legendgroup: line.label,
    meta: { number: line.number }
  };
}

function unsmoothed(line: DrawnLine, kind: Axis, look: ILook, dim: boolean): object[] {
  if (!line.raw.length) {
    return [];
  }
  return [
    {
      type: 'scatter',
      mode: 'lines',
      x: placed(line.xs, kind),
      y: ysOf(line.raw),
      opacity: dim ? 0.05 : 0.25,
      line: { color: runColour(look, line.number), width: 1 },
      hoverinfo: 'skip',
      showlegend: false,
      legendgroup: line.label
    }
  ];
}

/** Return a line whose band ends at the least value that a logarithmic axis has a place for. */
function clipped(line: DrawnLine): DrawnLine {
  const above = [...line.lower, ...line.ys].map(real).filter(value => value > 0);
  const least = above.reduce((low, value) => Math.min(low, value), Infinity);
  return Number.isFinite(least)
    ? { ...line, lower: line.lower.map(value => Math.max(real(value), least)) }
    : line;
}

function band(line: DrawnLine, kind: Axis, look: ILook, dim: boolean): object[] {
  if (!line.upper.length) {
    return [];
  }
  const edge = (values: readonly Real[], more: object) => ({
    type: 'scatter',
    mode: 'lines',
    x: placed(line.xs, kind),
    y: ysOf(values),
    line: { width: 0 },
    hoverinfo: 'skip',
    showlegend: false,
    legendgroup: line.label,
    ...more
  });
  const fillcolor = faint(runColour(look, line.number), dim ? 0.05 : 0.18);
  return [edge(line.lower, {}), edge(line.upper, { fill: 'tonexty', fillcolor })];
}

function best(line: DrawnLine, kind: Axis, look: ILook, dim: boolean): object[] {
  if (!line.best) {
    return [];
  }
  return [
    {
      type: 'scatter',
      mode: 'markers',
      name: 'best',
      x: placed([line.best[0]], kind),
      y: [real(line.best[1])],
      opacity: dim ? 0.2 : 1,
      marker: {
        symbol: 'circle-open',
        size: 9,
        color: runColour(look, line.number),
        line: { width: 2 }
      },
      hovertemplate: 'best of %{meta}: %{y}<extra></extra>',
      meta: plain(line.label),
      showlegend: false,
      legendgroup: line.label
    }
  ];
}
