/** The lines of a metric as a picture. */

import type { CurveLines, DrawnLine, LineMark, Real } from '../_generated/types.ts';
import { dashOf } from './colours.ts';
import type { Axis, ICurveLook } from './comparison.ts';
import { axis, DASHES, faint, layout, plain, runColour, type IFigure, type ILook } from './figure.ts';
import { number, real } from './format.ts';

/** What the axis at the bottom counts. */
const UNITS: Record<Axis, string> = { step: 'step', relative: 'seconds since the start', wall: '' };

/** Lines that a legend names, at most: beyond, the pointer does. */
const NAMED = 20;

/** Runs whose milestones and stages are all drawn: of more, those of one run, or none. */
const MARKED = 2;

/** Return the picture of some lines; of several runs, the marks are those of the one that stands out. */
export function linesFigure(
  lines: CurveLines,
  shown: Pick<ICurveLook, 'log' | 'window'>,
  look: ILook,
  raised: number | null = null
): IFigure {
  const numbers = lines.lines.map(line => line.number);
  const marked = new Set(lines.marks.map(mark => mark.number));
  const few = marked.size <= MARKED;
  const marks = lines.marks.filter(mark => few || mark.number === (raised ?? numbers[0]));
  const kind = lines.axis as Axis;
  const data = lines.lines.flatMap(line => {
    const dim = raised !== null && raised !== line.number;
    return [
      ...band(line, kind, look, dim),
      ...unsmoothed(line, kind, look, dim),
      drawn(line, kind, look, numbers, dim),
      ...best(line, kind, look, dim)
    ];
  });
  return {
    data,
    layout: layout(look, {
      showlegend: lines.lines.length <= NAMED,
      legend: { orientation: 'h', y: -0.18, x: 0, font: { color: look.text } },
      xaxis: axis(look, UNITS[kind], {
        type: kind === 'wall' ? 'date' : 'linear',
        ...(shown.window ? { range: ends(kind, shown.window) } : {}),
        ...(kind === 'wall' ? {} : { exponentformat: 'SI' })
      }),
      yaxis: axis(look, '', { type: shown.log ? 'log' : 'linear', exponentformat: 'power' }),
      shapes: [...places(marks, kind, look), ...goal(lines, shown.log, look)],
      annotations: named(marks, kind, look),
      // The eye keeps its place while new points come; another metric or axis begins anew.
      uirevision: `${lines.metric} ${lines.axis} ${shown.log}`
    })
  };
}

/** Return what a zoom of the picture is of, in the axis's own numbers. */
export function windowOf(kind: Axis, range: readonly [unknown, unknown]): [number, number] | null {
  // Dates are told in the browser's time, without saying so.
  const [low, high] = range.map(end => (kind === 'wall' ? whenShown(String(end)) : Number(end)));
  return Number.isFinite(low) && Number.isFinite(high) ? [low, high] : null;
}

/** Return milestones as lines from bottom to top, stages as bands behind the curves. */
function places(marks: readonly LineMark[], kind: Axis, look: ILook): object[] {
  return marks.map(mark => {
    const [start, end] = placed([mark.start, mark.end ?? mark.start], kind);
    const color = runColour(look, mark.number);
    const common = { xref: 'x', yref: 'paper', x0: start, x1: end, y0: 0, y1: 1 };
    return mark.end === null
      ? { ...common, type: 'line', line: { color, width: 1, dash: 'dot' } }
      : { ...common, type: 'rect', layer: 'below', line: { width: 0 }, fillcolor: faint(color, 0.08) };
  });
}

/** Return the names of milestones and stages, above the curves; those at one place one below another. */
function named(marks: readonly LineMark[], kind: Axis, look: ILook): object[] {
  const rows = new Map<unknown, number>();
  return marks.map(mark => {
    const [x] = placed([mark.start], kind);
    const row = rows.get(x) ?? 0;
    rows.set(x, row + 1);
    return {
      x,
      y: 1,
      xref: 'x',
      yref: 'paper',
      xanchor: 'left',
      yanchor: 'top',
      yshift: -14 * row,
      showarrow: false,
      text: plain(mark.name.length > 24 ? `${mark.name.slice(0, 23)}…` : mark.name),
      hovertext: plain(`#${mark.number} ${mark.name}`),
      font: { color: runColour(look, mark.number), size: look.size - 2 }
    };
  });
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
        font: { color: look.muted, size: look.size - 2 }
      }
    }
  ];
}

function ends(kind: Axis, window: readonly [number, number]): unknown[] {
  return kind === 'wall' ? window.map(shownTime) : [...window];
}

/** Plotly knows no time zones: it is given the time on the reader's wall as if it were UTC. */
function shownTime(time: number): string {
  return new Date(time - new Date(time).getTimezoneOffset() * 60_000).toISOString().slice(0, 23);
}

function whenShown(text: string): number {
  return new Date(text.replace(' ', 'T')).getTime();
}

/** Return the places of points along the axis. */
function placed(xs: readonly Real[], kind: Axis): unknown[] {
  return xs.map(x => (kind === 'wall' ? shownTime(real(x)) : real(x)));
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
  numbers: number[],
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
