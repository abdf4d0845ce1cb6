/** What is to be said below curves, as the picture itself does not show it. */

import type { CurveLines } from '../_generated/types.ts';
import { real } from './format.ts';

/** What a logarithmic axis has no place for. */
export interface IWithoutPlace {
  readonly points: number;
  /** The numbers of the runs whose lines have gaps. */
  readonly runs: readonly number[];
  /** Those of which nothing at all is left to draw. */
  readonly gone: readonly number[];
}

/** Return how many values are 0 or less, and whose they are. */
export function withoutPlace(lines: CurveLines): IWithoutPlace {
  const without = lines.lines.filter(line => line.nonpositive > 0);
  return {
    points: without.reduce((sum, line) => sum + line.nonpositive, 0),
    runs: without.map(line => line.number),
    gone: without.filter(line => !line.ys.some(value => real(value) > 0)).map(line => line.number)
  };
}
