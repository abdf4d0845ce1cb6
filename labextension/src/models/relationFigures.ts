/** Pictures of params and metrics against one another. */

import type {
  Correlations,
  Importances,
  RelatedRun,
  RelationColumn,
  Surface
} from '../_generated/types.ts';
import { logTicks, range } from './axes.ts';
import { finite, isNumeric, textOf, thinned } from './columns.ts';
import { axis, layout, plain, type IFigure, type ILook } from './figure.ts';
import { number, real, shorten, value } from './format.ts';
import { eitherWay, plotlyScale, scale } from './shades.ts';
import type { ITint } from './tint.ts';

/** Points that are drawn, at most. */
export const POINTS = 3_000;

/** A column, and what it is called. */
export interface INamed {
  readonly column: RelationColumn;
  readonly title: string;
}

/** Return runs as points over two columns. */
export function scatterFigure(
  runs: readonly RelatedRun[],
  x: INamed,
  y: INamed,
  colour: INamed | null,
  tint: ITint,
  look: ILook
): IFigure {
  const [xs, ys] = [alongOf(x.column), alongOf(y.column)];
  const there = runs.map((_, run) => run).filter(run => xs[run] !== null && ys[run] !== null);
  // The best are drawn last, over the others.
  const drawn = [...thinned(there, POINTS)].sort((a, b) => tint.weights[a] - tint.weights[b]);
  const few = drawn.length <= 200;
  const shown = [x, y, ...(colour ? [colour] : [])];
  const bar = tint.bar
    ? [{ type: 'scatter', mode: 'markers', x: [null], y: [null], marker: tint.bar, showlegend: false, hoverinfo: 'skip' }]
    : [];
  return {
    data: [
      {
        type: 'scatter',
        mode: 'markers',
        x: drawn.map(run => xs[run]),
        y: drawn.map(run => ys[run]),
        marker: {
          color: drawn.map(run => tint.colours[run]),
          size: few ? 10 : 6,
          opacity: few ? 0.9 : 0.6,
          line: { color: look.ground, width: few ? 1 : 0 }
        },
        text: drawn.map(run => hover(runs[run], run, shown)),
        hovertemplate: '%{text}<extra></extra>',
        showlegend: false
      },
      ...bar,
      ...tint.legend.map(([label, color]) => ({
        type: 'scatter',
        mode: 'markers',
        name: plain(shorten(label, 32)),
        x: [null],
        y: [null],
        marker: { color, size: 10 }
      }))
    ],
    layout: layout(look, {
      hovermode: 'closest',
      margin: { l: 56, r: tint.bar ? 96 : 16, t: 16, b: 48 },
      showlegend: tint.legend.length > 0,
      legend: { orientation: 'h', y: -0.2, x: 0 },
      xaxis: axis(look, plain(x.title), kindOf(x.column)),
      yaxis: axis(look, plain(y.title), kindOf(y.column)),
      uirevision: `${x.column.name} ${y.column.name}`
    })
  };
}

function alongOf(column: RelationColumn): (number | string | null)[] {
  return isNumeric(column)
    ? finite(column)
    : column.codes.map(code => (code === null ? null : plain(shorten(column.labels[code], 24))));
}

function kindOf(column: RelationColumn): object {
  if (!isNumeric(column)) {
    return {
      type: 'category',
      categoryorder: 'array',
      categoryarray: column.labels.map(label => plain(shorten(label, 24)))
    };
  }
  if (!column.log) {
    return { type: 'linear' };
  }
  const known = finite(column).filter(value => value !== null);
  const [low, high] = range(known, { log: true }) ?? [1, 10];
  const marks = logTicks(low, high);
  return {
    type: 'log',
    tickmode: 'array',
    tickvals: marks,
    ticktext: marks.map(mark => value(mark))
  };
}

function hover(run: RelatedRun, place: number, shown: readonly INamed[]): string {
  const seen = new Set<string>();
  const lines = shown
    .filter(({ column }) => !seen.has(column.name) && seen.add(column.name))
    .map(({ column, title }) => `${plain(shorten(title, 40))}: ${plain(textOf(column, place))}`);
  return [`<b>#${run.number}</b> ${plain(shorten(run.name, 40))}`, ...lines].join('<br>');
}

/** Return a metric over two params: what lies between runs, and these as points. */
export function contourFigure(
  runs: readonly RelatedRun[],
  x: INamed,
  y: INamed,
  z: INamed,
  surface: Surface,
  look: ILook
): IFigure {
  const [xs, ys, zs] = [x, y, z].map(({ column }) => finite(column));
  const there = runs
    .map((_, run) => run)
    .filter(run => xs[run] !== null && ys[run] !== null && zs[run] !== null);
  const drawn = thinned(there, POINTS);
  const known = there.map(run => zs[run]!);
  const low = known.reduce((a, b) => Math.min(a, b), Infinity);
  const high = known.reduce((a, b) => Math.max(a, b), -Infinity);
  const colours = plotlyScale(scale(look, z.column.direction === 'less is better'));
  const bar = {
    title: { text: plain(shorten(z.title, 32)), side: 'right', font: { color: look.muted } },
    thickness: 10,
    outlinewidth: 0,
    tickfont: { color: look.muted }
  };
  const between = surface.rows.length
    ? [
        {
          type: 'contour',
          x: surface.xs.map(real),
          y: surface.ys.map(real),
          z: surface.rows.map(row => row.map(one => (one === null ? null : real(one)))),
          zmin: low,
          zmax: high,
          colorscale: colours,
          colorbar: bar,
          connectgaps: false,
          contours: { coloring: 'fill', showlines: true },
          line: { width: 0.5, color: look.ground, smoothing: 0.6 },
          ncontours: 14,
          opacity: 0.85,
          hoverinfo: 'skip'
        }
      ]
    : [];
  return {
    data: [
      ...between,
      {
        type: 'scatter',
        mode: 'markers',
        x: drawn.map(run => xs[run]),
        y: drawn.map(run => ys[run]),
        marker: {
          color: drawn.map(run => zs[run]),
          cmin: low,
          cmax: high > low ? high : low + 1,
          colorscale: colours,
          colorbar: bar,
          showscale: between.length === 0 && drawn.length > 0,
          size: drawn.length <= 200 ? 10 : 6,
          line: { color: look.text, width: 1 }
        },
        text: drawn.map(run => hover(runs[run], run, [x, y, z])),
        hovertemplate: '%{text}<extra></extra>',
        showlegend: false
      }
    ],
    layout: layout(look, {
      hovermode: 'closest',
      margin: { l: 56, r: 96, t: 16, b: 48 },
      xaxis: axis(look, plain(x.title), { ...kindOf(x.column), showgrid: false }),
      yaxis: axis(look, plain(y.title), { ...kindOf(y.column), showgrid: false }),
      uirevision: `${x.column.name} ${y.column.name}`
    })
  };
}

/** Return the importance of params as bars, the greatest on top. */
export function importanceFigure(
  found: Importances,
  titleOf: (name: string) => string,
  look: ILook
): IFigure {
  const rows = [...found.params].reverse();
  return {
    data: [
      {
        type: 'bar',
        orientation: 'h',
        x: rows.map(row => real(row.value)),
        y: rows.map((_, place) => place),
        marker: { color: look.runs[0] },
        width: 0.6,
        ...(rows.some(row => row.spread !== null)
          ? {
              error_x: {
                type: 'data',
                array: rows.map(row => real(row.spread ?? 0)),
                color: look.muted,
                thickness: 1,
                width: 3
              }
            }
          : {}),
        text: rows.map(row => number(row.value)),
        textposition: 'none',
        customdata: rows.map(row => plain(titleOf(row.name))),
        hovertemplate: '%{customdata}: %{text}<extra></extra>'
      }
    ],
    layout: layout(look, {
      hovermode: 'closest',
      margin: { l: 16, r: 16, t: 8, b: 40 },
      xaxis: axis(look, 'importance', { rangemode: 'tozero', fixedrange: true }),
      yaxis: axis(look, '', {
        tickmode: 'array',
        tickvals: rows.map((_, place) => place),
        ticktext: rows.map(row => plain(shorten(titleOf(row.name), 32))),
        tickfont: { color: look.text },
        range: [-0.6, rows.length - 0.4],
        showgrid: false,
        fixedrange: true
      })
    })
  };
}

/** Return rank correlations as a table of colours and numbers. */
export function correlationFigure(
  found: Correlations,
  titleOf: (name: string) => string,
  look: ILook
): IFigure {
  const titles = found.names.map(name => plain(shorten(titleOf(name), 24)));
  const values = found.rows.map(row => row.map(one => (one === null ? null : real(one))));
  const places = titles.map((_, place) => place);
  const marks = { tickmode: 'array', tickvals: places, ticktext: titles };
  return {
    data: [
      {
        type: 'heatmap',
        x: places,
        y: places,
        z: values,
        zmin: -1,
        zmax: 1,
        colorscale: eitherWay(look),
        xgap: 2,
        ygap: 2,
        text: values.map(row => row.map(one => (one === null ? '' : one.toFixed(2)))),
        texttemplate: '%{text}',
        textfont: { size: look.size - 1 },
        customdata: values.map((row, y) =>
          row.map((one, x) => {
            const both = `over ${found.counts[y][x]} runs`;
            const told = one === null ? `none ${both}` : `${one.toFixed(3)} ${both}`;
            return `${titles[y]} · ${titles[x]}<br>${told}`;
          })
        ),
        hovertemplate: '%{customdata}<extra></extra>',
        colorbar: {
          thickness: 10,
          outlinewidth: 0,
          tickvals: [-1, -0.5, 0, 0.5, 1],
          tickfont: { color: look.muted }
        }
      }
    ],
    layout: layout(look, {
      hovermode: 'closest',
      margin: { l: 16, r: 16, t: 16, b: 16 },
      xaxis: axis(look, '', { ...marks, showgrid: false, tickfont: { color: look.text }, fixedrange: true }),
      yaxis: axis(look, '', {
        ...marks,
        showgrid: false,
        autorange: 'reversed',
        tickfont: { color: look.text },
        fixedrange: true
      })
    })
  };
}
