/** Milestones and stages of runs, as they are drawn over curves. */

import type { LineMark, Real } from '../_generated/types.ts';
import type { Axis } from './looks.ts';
import { faint, plain, runColour, type ILook } from './figure.ts';
import { real } from './format.ts';

/** Runs whose milestones and stages are written out: those of more are ticks. */
const WRITTEN = 2;

/** Rows of ticks: runs share them out among them. */
const ROWS = 3;

/** The part of the picture's height above the curves that ticks have for themselves. */
export const BAND = 0.06;

interface IMarks {
  /** Lines and bands over the whole height, with their names. */
  readonly named: readonly LineMark[];
  /** Small ones in a band above the curves, which the pointer names. */
  readonly ticked: readonly LineMark[];
}

/**
 * Return which marks are written out and which are ticks: none is left out.
 *
 * @param raised - A run that stands out: its marks are written out.
 */
export function marksOf(marks: readonly LineMark[], raised: number | null): IMarks {
  const few = new Set(marks.map(mark => mark.number)).size <= WRITTEN;
  const isNamed = (mark: LineMark) => few || mark.number === raised;
  return { named: marks.filter(isNamed), ticked: marks.filter(mark => !isNamed(mark)) };
}

/** Whether some marks are ticks, which want a word. */
export function areTicks(marks: readonly LineMark[]): boolean {
  return marksOf(marks, null).ticked.length > 0;
}

/** Return marks that are ticks: where a milestone was, and where a stage began and ended. */
export function ticks(marks: readonly LineMark[], kind: Axis, look: ILook): object[] {
  const rows = rowsOf(marks);
  return marks.flatMap(mark => {
    const tick = (at: Real, text: string, xanchor: string, told: string) => ({
      x: placed([at], kind)[0],
      y: 1 - (BAND / ROWS) * (rows.get(mark.number)! + 0.5),
      xref: 'x',
      yref: 'paper',
      xanchor,
      yanchor: 'middle',
      borderpad: 0,
      showarrow: false,
      text,
      hovertext: plain(`#${mark.number} ${told}`),
      font: { color: runColour(look, mark.number), size: 8 }
    });
    return mark.end === null
      ? [tick(mark.start, '◆', 'center', mark.name)]
      : [
          tick(mark.start, '▸', 'left', `${mark.name} begins`),
          tick(mark.end, '◂', 'right', `${mark.name} ends`)
        ];
  });
}

function rowsOf(marks: readonly LineMark[]): Map<number, number> {
  const numbers = [...new Set(marks.map(mark => mark.number))].sort((a, b) => a - b);
  return new Map(numbers.map((number, place) => [number, place % ROWS]));
}

/** Return milestones as lines from bottom to top, stages as bands behind the curves. */
export function places(marks: readonly LineMark[], kind: Axis, look: ILook): object[] {
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
export function named(marks: readonly LineMark[], kind: Axis, look: ILook): object[] {
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

/** Plotly knows no time zones: it is given the time on the reader's wall as if it were UTC. */
export function shownTime(time: number): string {
  return new Date(time - new Date(time).getTimezoneOffset() * 60_000).toISOString().slice(0, 23);
}

/** Return the places of points along the axis. */
export function placed(xs: readonly Real[], kind: Axis): unknown[] {
  return xs.map(x => (kind === 'wall' ? shownTime(real(x)) : real(x)));
}
