/** Scales and round numbers for the axes of charts. */

import * as formatting from './format.ts';

/** Maps values to pixels, by their logarithm or not. */
export class Scale {
  readonly low: number;
  readonly high: number;
  readonly start: number;
  readonly end: number;
  readonly log: boolean;

  constructor(low: number, high: number, start: number, end: number, log = false) {
    this.low = low;
    this.high = high;
    this.start = start;
    this.end = end;
    this.log = log;
  }

  /** Return where a value is. */
  at(value: number): number {
    const [low, high, place] = this.log
      ? [Math.log10(this.low), Math.log10(this.high), Math.log10(value)]
      : [this.low, this.high, value];
    // Halved, as the span of two huge numbers of different sign is no finite number.
    return this.start + ((place / 2 - low / 2) / (high / 2 - low / 2)) * (this.end - this.start);
  }

  /** Return the value at a pixel; the scale is not logarithmic. */
  invert(pixel: number): number {
    const share = (pixel - this.start) / (this.end - this.start);
    return this.low + share * (this.high - this.low);
  }

  /** Whether a value has a place here. */
  takes(value: number): boolean {
    return Number.isFinite(value) && (!this.log || value > 0);
  }
}

/** Return the ends of an axis that holds all values; null if there are none. */
export function range(
  values: Iterable<number>,
  options: { log?: boolean; padded?: boolean } = {}
): [number, number] | null {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (Number.isFinite(value) && (!options.log || value > 0)) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (low > high) {
    return null;
  }
  if (low === high) {
    const space = Math.abs(low) * 0.1 || 1;
    return options.log ? within(low / 2, high * 2) : within(low - space, high + space);
  }
  if (options.log || options.padded === false) {
    return [low, high];
  }
  const space = (high / 2 - low / 2) * 0.08;
  return within(low - space, high + space);
}

/** Return ends that are finite numbers: beyond them a scale has no places. */
function within(low: number, high: number): [number, number] {
  return [Math.max(low, -Number.MAX_VALUE), Math.min(high, Number.MAX_VALUE)];
}

/** Return round numbers between two, at most `most` and a few. */
export function ticks(low: number, high: number, most = 6): number[] {
  const rough = high / most - low / most;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  if (!(rough > 0) || !Number.isFinite(rough) || !(magnitude > 0)) {
    return [low];
  }
  const step = [1, 2, 5, 10].map(m => m * magnitude).find(size => size >= rough * 0.999)!;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.min(Math.floor(high / step + 1e-9), first + 2 * most);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, place) => (first + place) * step);
}

/** Return round numbers for an axis of logarithms. */
export function logTicks(low: number, high: number): number[] {
  const first = Math.ceil(Math.log10(low));
  const last = Math.floor(Math.log10(high));
  const found: number[] = [];
  if (last - first >= 2) {
    for (let power = first; power <= last; power += Math.ceil((last - first + 1) / 7)) {
      found.push(10 ** power);
    }
    return found;
  }
  for (let power = first - 1; power <= last; power++) {
    found.push(...[1, 2, 5].map(digit => digit * 10 ** power));
  }
  const inside = found.filter(tick => low <= tick && tick <= high);
  // Within less than a decade there are too few of these to read anything by.
  return inside.length > 2 ? inside : ticks(low, high, 5).filter(tick => tick > 0);
}

/** Return round spans of seconds: a minute is not ten seconds times six. */
export function timeTicks(low: number, high: number): number[] {
  const unit = [86_400, 3600, 60].find(size => high - low >= 2 * size) ?? 1;
  return ticks(low / unit, high / unit).map(tick => tick * unit);
}

/** Return the texts of an axis, all with as many decimals as the finest needs. */
export function tickTexts(marks: readonly number[]): string[] {
  const texts = marks.map(mark => formatting.value(Number(mark.toPrecision(10))));
  if (texts.some(text => text.includes('e'))) {
    return texts;
  }
  const decimals = Math.max(0, ...texts.map(text => (text.split('.')[1] ?? '').length));
  return marks.map(mark => mark.toFixed(decimals));
}

/** Return a step such as `1500` or `20k`. */
export function stepText(step: number): string {
  const whole = Math.round(step);
  const units: [number, string][] = [
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k']
  ];
  for (const [unit, suffix] of units) {
    if (Math.abs(whole) >= 10 * unit || (Math.abs(whole) >= unit && whole % unit === 0)) {
      return `${Number((whole / unit).toPrecision(4))}${suffix}`;
    }
  }
  return String(whole);
}
