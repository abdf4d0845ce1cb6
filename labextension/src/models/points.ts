/** Points of curves that one chooses: where they are drawn, which is next, what is said of them. */

import type { CurveLines } from '../_generated/types.ts';
import type { IAnchor } from './anchors.ts';
import { real } from './format.ts';

/** The line of one run, point by point: all lists are of one length. */
export interface IPointLine {
  readonly run: string;
  readonly number: number;
  readonly label: string;
  readonly xs: readonly number[];
  readonly ys: readonly number[];
  /** The step that each point was logged at. */
  readonly steps: readonly number[];
  /** What was logged, where `ys` are smoothed. */
  readonly values: readonly number[];
}

/** A point that was logged. */
export interface IPoint {
  readonly run: string;
  readonly metric: string;
  readonly step: number;
}

/** Where a chart draws, in pixels from its upper left corner. */
export interface IFrame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** Return where a place along the axis is. */
  x(place: number): number;
  /** Return where a value is; NaN where it has no place. */
  y(value: number): number;
  /** Whether somebody has hidden the line of that label. */
  hides(label: string): boolean;
}

/** Which point of which line. */
export interface ISpot {
  readonly line: number;
  readonly at: number;
}

interface IPlace {
  readonly x: number;
  readonly y: number;
}

/** Points that are so near to each other that they have one mark. */
export interface IMark extends IPlace {
  readonly said: readonly ISaid[];
}

/** A point of which something is said. */
export interface ISaid {
  readonly point: IPoint;
  readonly count: number;
}

/** Pixels within which points have one mark. */
const NEAR = 22;

/** Pixels that a point may lie beyond the axes: half of its line's width. */
const OVER = 1;

/** How many points a page key passes over, as a part of the line. */
const PAGE = 10;

/** Return the lines that are of one run each: nobody logged the points of a mean. */
export function pointLines(lines: CurveLines): IPointLine[] {
  return lines.lines.flatMap(line => {
    const [run, ...others] = line.run_ids;
    const mean = run === undefined || others.length > 0;
    const xs = line.xs.map(real);
    const ys = line.ys.map(real);
    const { number, label, raw } = line;
    const steps = line.steps.length ? line.steps : xs;
    return mean ? [] : [{ run, number, label, xs, ys, steps, values: raw.length ? raw.map(real) : ys }];
  });
}

/** Return the name that a point has after `metric:`, by which comments on it are counted. */
export function pointName({ run, metric, step }: IPoint): string {
  return `${run}/${metric}@${step}`;
}

/** Return what a thread on a point hangs on. */
export function pointAnchor({ run, metric, step }: IPoint): IAnchor {
  return { kind: 'metric', runs: [run], metric, step };
}

/** Whether two are the same point. */
export function isSame(one: IPoint | null, other: IPoint | null): boolean {
  return !!one && !!other && pointName(one) === pointName(other);
}

/** The points of some lines as a chart draws them. */
export class PointMap {
  readonly lines: readonly IPointLine[];
  private readonly _frame: IFrame;
  private readonly _places: (readonly (IPlace | null)[])[] = [];

  constructor(lines: readonly IPointLine[], frame: IFrame) {
    this.lines = lines;
    this._frame = frame;
  }

  /** Return where a point is drawn; null where it is not. */
  place({ line, at }: ISpot): IPlace | null {
    return this._placesOf(line)[at] ?? null;
  }

  /** Return the drawn point that is nearest to a place; null where there is none. */
  nearest(x: number, y: number): ISpot | null {
    let found: ISpot | null = null;
    let least = Infinity;
    this.lines.forEach((_, line) =>
      this._placesOf(line).forEach((place, at) => {
        const distance = place ? Math.hypot(place.x - x, place.y - y) : Infinity;
        if (distance < least) {
          least = distance;
          found = { line, at };
        }
      })
    );
    return found;
  }

  /** Whether a place lies within the axes. */
  holds(x: number, y: number): boolean {
    const { left, right, top, bottom } = this._frame;
    const [across, up] = [x - left, y - top];
    return across >= -OVER && x <= right + OVER && up >= -OVER && y <= bottom + OVER;
  }

  /** Return the first point that is drawn. */
  first(): ISpot | null {
    const line = this.lines.findIndex((_, one) => this._placesOf(one).some(place => place));
    return line < 0 ? null : { line, at: this._placesOf(line).findIndex(place => place) };
  }

  /**
   * Return where a key leads to: along the line, or to the next line above or below; null for a
   * key that leads nowhere.
   */
  moved(from: ISpot, key: string): ISpot | null {
    const { steps } = this.lines[from.line];
    const last = new Map(steps.map((step, at) => [step, at]));
    // Several points at one step are one.
    const drawn = this._placesOf(from.line).flatMap((place, at) =>
      place && last.get(steps[at]) === at ? [at] : []
    );
    const here = drawn.findIndex(at => at >= from.at);
    const page = Math.max(1, Math.round(drawn.length / PAGE));
    const by = {
      ArrowLeft: -1,
      ArrowRight: 1,
      PageUp: -page,
      PageDown: page,
      Home: -drawn.length,
      End: drawn.length
    }[key];
    if (by !== undefined && drawn.length) {
      const to = Math.min(Math.max(here + by, 0), drawn.length - 1);
      return { line: from.line, at: drawn[to] };
    }
    return key === 'ArrowUp' || key === 'ArrowDown' ? this._across(from, key === 'ArrowUp') : null;
  }

  /** Return where the run and step of a point are; of a long line the nearest step stands for it. */
  spotOf({ run, step }: IPoint): ISpot | null {
    const line = this.lines.findIndex(one => one.run === run);
    if (line < 0) {
      return null;
    }
    const { steps } = this.lines[line];
    let at = -1;
    let least = Infinity;
    steps.forEach((one, place) => {
      // Of several points at one step the last one counts.
      if (Math.abs(one - step) <= least) {
        least = Math.abs(one - step);
        at = place;
      }
    });
    return at < 0 ? null : { line, at };
  }

  /** Return the point of a metric that is drawn somewhere. */
  pointAt({ line, at }: ISpot, metric: string): IPoint {
    const { run, steps } = this.lines[line];
    return { run, metric, step: steps[at] };
  }

  /** Return what was logged there; null where that point is not among the drawn ones. */
  valueOf(point: IPoint): number | null {
    const spot = this.spotOf(point);
    const line = spot && this.lines[spot.line];
    return line && line.steps[spot.at] === point.step ? line.values[spot.at] : null;
  }

  /** Return the marks of points of which something is said: one for those that lie together. */
  marks(said: readonly ISaid[]): IMark[] {
    const places = said.flatMap(one => {
      const place = this._markPlace(one.point);
      return place ? [{ one, place }] : [];
    });
    places.sort((a, b) => a.place.x - b.place.x || a.place.y - b.place.y);
    const marks: { x: number; y: number; said: ISaid[] }[] = [];
    for (const { one, place } of places) {
      const near = marks.find(
        ({ x, y }) => Math.abs(x - place.x) < NEAR && Math.abs(y - place.y) < NEAR
      );
      if (near) {
        near.said.push(one);
      } else {
        marks.push({ ...place, said: [one] });
      }
    }
    return marks;
  }

  /** Return where a mark stands: below the axis's end for a value that has no place, as NaN. */
  private _markPlace(point: IPoint): IPlace | null {
    const spot = this.spotOf(point);
    if (!spot || this._frame.hides(this.lines[spot.line].label)) {
      return null;
    }
    const { xs, ys } = this.lines[spot.line];
    const x = this._frame.x(xs[spot.at]);
    const y = this._frame.y(ys[spot.at]);
    const at = { x, y: Number.isFinite(y) ? y : this._frame.bottom };
    return this.holds(at.x, at.y) ? at : null;
  }

  /** Return the point of the next line above or below, at the same place along the axis. */
  private _across(from: ISpot, up: boolean): ISpot {
    const here = this.place(from);
    if (!here) {
      return from;
    }
    const spots = this.lines.flatMap((_, line) => {
      const at = line === from.line ? from.at : this._nearestAcross(line, here.x);
      return at < 0 ? [] : [{ line, at }];
    });
    // Lines that are the same have an order, too: each can be reached.
    const order = (a: ISpot, b: ISpot) => this.place(b)!.y - this.place(a)!.y || a.line - b.line;
    const sorted = spots.sort(order);
    const place = sorted.findIndex(spot => spot.line === from.line) + (up ? 1 : -1);
    return sorted[Math.min(Math.max(place, 0), sorted.length - 1)];
  }

  private _nearestAcross(line: number, x: number): number {
    let found = -1;
    let least = Infinity;
    this._placesOf(line).forEach((place, at) => {
      const distance = place ? Math.abs(place.x - x) : Infinity;
      if (distance < least) {
        least = distance;
        found = at;
      }
    });
    return found;
  }

  private _placesOf(line: number): readonly (IPlace | null)[] {
    return (this._places[line] ??= this._placed(this.lines[line]));
  }

  private _placed({ label, xs, ys, steps }: IPointLine): (IPlace | null)[] {
    const hidden = this._frame.hides(label);
    return xs.map((at, place) => {
      const x = this._frame.x(at);
      const y = this._frame.y(ys[place]);
      const drawn = !hidden && Number.isFinite(x) && Number.isFinite(y) && this.holds(x, y);
      // A step that a number cannot hold exactly would name another point.
      return drawn && Number.isSafeInteger(steps[place]) ? { x, y } : null;
    });
  }
}
