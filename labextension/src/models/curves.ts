/** Curves as they are drawn. */

import type { Curve } from '../_generated/types.ts';
import type { Scale } from './axes.ts';
import { real } from './format.ts';

/** One curve to draw: `xs` grow, `ys` may hold NaN and infinities, which make gaps. */
export interface ILine {
  /** The run's number, from which its colour follows. */
  readonly number: number;
  readonly name: string;
  readonly xs: readonly number[];
  readonly ys: readonly number[];
  /** What was smoothed into `ys`; empty where nothing was. */
  readonly raw: readonly number[];
}

/** How curves are drawn. */
export interface ICurveLook {
  readonly axis: 'step' | 'time';
  readonly log: boolean;
  /** Of what came before, from 0 to below 1. */
  readonly smoothing: number;
}

/** Return a curve as a line. */
export function lineOf(
  curve: Curve,
  run: { number: number; name: string },
  look: ICurveLook
): ILine {
  const values = curve.values.map(real);
  let xs: number[] = curve.steps;
  let ys = values;
  if (look.axis === 'time') {
    // Steps may come in another order than they were logged in.
    const times = curve.times.map(real);
    const order = times.map((_, place) => place).sort((a, b) => times[a] - times[b]);
    xs = order.map(place => times[place]);
    ys = order.map(place => values[place]);
  }
  const smoothed = look.smoothing > 0;
  return {
    number: run.number,
    name: run.name,
    xs,
    ys: smoothed ? smooth(ys, look.smoothing) : ys,
    raw: smoothed ? ys : []
  };
}

/** Return the moving average in which the start weighs no more; as `views.series.smooth` does. */
export function smooth(values: readonly number[], weight: number): number[] {
  let average = 0;
  let mass = 0;
  return values.map(value => {
    if (!Number.isFinite(value)) {
      return value;
    }
    average = weight * average + (1 - weight) * value;
    mass = weight * mass + (1 - weight);
    return average / mass;
  });
}

/** Return the path of a curve, with gaps where a value has no place. */
export function curvePath(
  xs: readonly number[],
  ys: readonly number[],
  x: Scale,
  y: Scale
): string {
  let path = '';
  let down = false;
  ys.forEach((value, place) => {
    if (!y.takes(value)) {
      down = false;
      return;
    }
    path += `${down ? 'L' : 'M'}${x.at(xs[place]).toFixed(1)} ${y.at(value).toFixed(1)}`;
    down = true;
  });
  return path;
}

/** Return the place of the value of `xs`, which grow, that is nearest to another. */
export function nearest(xs: readonly number[], wanted: number): number {
  let low = 0;
  let high = xs.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (xs[middle] < wanted) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low > 0 && wanted - xs[low - 1] < xs[low] - wanted ? low - 1 : low;
}

/** Move places apart until each is `gap` from the next, as little as may be; they grow. */
export function apart(places: readonly number[], gap: number, low: number, high: number): number[] {
  const moved = [...places];
  for (let place = 0; place < moved.length; place++) {
    moved[place] = Math.max(moved[place], place ? moved[place - 1] + gap : low);
  }
  for (let place = moved.length - 1; place >= 0; place--) {
    const limit = place === moved.length - 1 ? high : moved[place + 1] - gap;
    moved[place] = Math.min(moved[place], limit);
  }
  return moved;
}
