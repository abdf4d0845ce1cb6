/** What is asked for to draw curves. */

import type { Axis, Band, IComparisonState } from './looks.ts';

/** Which lines to draw, and how; as `cellbook.answers.LinesQuery` has it. */
export interface ILinesQuery {
  readonly runs: readonly string[];
  readonly metric: string;
  readonly points: number;
  readonly axis: Axis;
  readonly smoothing: number;
  readonly group: string;
  readonly band: Band;
  readonly low?: number;
  readonly high?: number;
}

/** Return what to ask for the curves of a metric of some runs, as a comparison shows them. */
export function linesQuery(
  state: IComparisonState,
  runs: readonly string[],
  metric: string,
  points: number
): ILinesQuery {
  const { axis, smoothing, group, band, window } = state;
  const ends = window ? { low: window[0], high: window[1] } : {};
  return { runs, metric, points, axis, smoothing, group, band, ...ends };
}
