/** Small pictures of curves, as SVG paths. */

import type { Real } from '../_generated/types.ts';
import { real } from './format.ts';

/**
 * Return the path of a spark line; a gap where a value is no finite number.
 *
 * @param points - The values, from left to right.
 * @param width - Of the picture, in pixels.
 * @param height - Of the picture; a pixel above and below stays free for the stroke.
 */
export function sparkPath(points: readonly Real[], width: number, height: number): string {
  const values = points.map(real);
  const finite = values.filter(Number.isFinite);
  const low = Math.min(...finite);
  const span = Math.max(...finite) - low;
  let path = '';
  let down = false;
  values.forEach((value, place) => {
    if (!Number.isFinite(value)) {
      down = false;
      return;
    }
    const x = (place / Math.max(values.length - 1, 1)) * width;
    const part = span > 0 && Number.isFinite(span) ? (value - low) / span : 0.5;
    const y = height - 1 - part * (height - 2);
    path += `${down ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`;
    down = true;
  });
  return path;
}
