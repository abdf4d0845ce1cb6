/** How numbers, times and states are written: as `src/cellbook/views/formatting.py` has it. */

import type { Real, RunState } from '../_generated/types.ts';

/** A state is a shape and a word, never a colour alone. */
export const GLYPHS: Record<RunState, string> = {
  running: '●',
  finished: '✓',
  failed: '✗',
  stopped: '■',
  crashed: '⚡'
};
export const STALE = '◌';
/** What stands beside a score for whether it reaches its goal. */
export const REACHED = '◎';
export const MISSED = '○';
/** Return what stands beside a score for whether it reaches its goal; empty without one. */
export function goalMark(reached: boolean | null): string {
  return reached === null ? '' : reached ? REACHED : MISSED;
}

/** What stands where there is no value. */
export const MISSING = '—';

const SIZES = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'];
const MINUTE = 60;
const HOUR = 3600;
const DAY = 86400;

/** Return a number; those that JSON has no form for come as their names. */
export function real(value: Real): number {
  return Number(value);
}

/** Return a number with 4 significant digits; whole numbers below a million are written out. */
export function number(value: Real): string {
  const given = real(value);
  if (!Number.isFinite(given)) {
    return Number.isNaN(given) ? 'NaN' : given > 0 ? '∞' : '-∞';
  }
  const size = Math.abs(given);
  if (size < 1e6 && Number.isInteger(given)) {
    return String(given);
  }
  if (size >= 1000 && size < 1e6) {
    return given.toFixed(0);
  }
  return size >= 1e-4 && size < 1e6
    ? given.toPrecision(4)
    : given.toExponential(3).replace('e+', 'e');
}

/** Return a param, tag or metric as short text of one line; a float as one writes a param. */
export function value(given: unknown, width = 60): string {
  if (typeof given !== 'number') {
    return shorten(full(given), width);
  }
  if (!Number.isFinite(given)) {
    return number(given);
  }
  const size = Math.abs(given);
  if (Number.isInteger(given)) {
    return String(given);
  }
  if (size >= 1000 && size < 1e6) {
    return given.toFixed(0);
  }
  const rounded = Number(given.toPrecision(4));
  return size >= 1e-4 && size < 1e6
    ? String(rounded)
    : rounded.toExponential().replace('e+', 'e');
}

/** Return a value whole, as the hover text shows it. */
export function full(given: unknown): string {
  if (typeof given === 'boolean') {
    return given ? 'True' : 'False';
  }
  if (given === null || given === undefined) {
    return 'None';
  }
  return typeof given === 'string' ? given : JSON.stringify(given);
}

/** Return a span of seconds such as `340 ms`, `14.2 s`, `2 m 14 s` or `3 h 05 m`. */
export function duration(value: Real | null): string {
  const seconds = value === null ? NaN : real(value);
  if (!Number.isFinite(seconds)) {
    return MISSING;
  }
  if (seconds < 0) {
    return `-${duration(-seconds)}`;
  }
  if (seconds < 0.9995) {
    return `${(seconds * 1000).toFixed(0)} ms`;
  }
  if (seconds < 59.95) {
    return `${seconds.toFixed(1)} s`;
  }
  const whole = Math.round(seconds);
  const two = (part: number) => String(part).padStart(2, '0');
  if (whole < HOUR) {
    return `${Math.floor(whole / MINUTE)} m ${two(whole % MINUTE)} s`;
  }
  if (whole < DAY) {
    return `${Math.floor(whole / HOUR)} h ${two(Math.floor((whole % HOUR) / MINUTE))} m`;
  }
  return `${Math.floor(whole / DAY)} d ${two(Math.floor((whole % DAY) / HOUR))} h`;
}

/** Return how long ago a time was; both in milliseconds since 1970. */
export function age(time: number, now: number = Date.now()): string {
  const seconds = (now - time) / 1000;
  if (seconds < 5) {
    return 'just now';
  }
  if (seconds < MINUTE) {
    return `${Math.floor(seconds)} s ago`;
  }
  if (seconds < HOUR) {
    return `${Math.floor(seconds / MINUTE)} min ago`;
  }
  if (seconds < DAY) {
    return `${Math.floor(seconds / HOUR)} h ago`;
  }
  const days = Math.floor(seconds / DAY);
  return days > 30 ? date(time).slice(0, 10) : `${days} d ago`;
}

/** Return a time, in milliseconds since 1970, as `2026-11-24 14:03:12` where the browser is. */
export function date(time: number): string {
  const here = new Date(time - new Date(time).getTimezoneOffset() * 60_000);
  return here.toISOString().slice(0, 19).replace('T', ' ');
}

/** Return a number of bytes such as `12.4 MB`. */
export function size(count: number): string {
  let amount = count;
  let unit = 0;
  while (amount >= 999.95 && unit < SIZES.length - 1) {
    amount /= 1000;
    unit++;
  }
  return unit === 0 ? `${count} ${SIZES[0]}` : `${amount.toFixed(1)} ${SIZES[unit]}`;
}

/** Return the first of some runs' numbers as a title names them: `#1 #2 #3 #4 …`. */
export function numbered(numbers: readonly number[], most = 4): string {
  const named = numbers.slice(0, most).map(one => `#${one}`);
  return [...named, ...(numbers.length > most ? ['…'] : [])].join(' ');
}

/** Return text as one line of at most `width` characters, cut with an ellipsis. */
export function shorten(text: string, width: number): string {
  const line = text.slice(0, 4 * width).split(/\s+/).join(' ').trim();
  return line.length <= width && text.length <= 4 * width ? line : `${line.slice(0, width - 1)}…`;
}

/** Characters at the end of a name that stay in sight where it is cut: names often begin alike. */
const END = 10;

/** Return the beginning and the end of a name, between which it may be cut. */
export function halves(name: string): [string, string] {
  const characters = [...new Intl.Segmenter().segment(name)].map(({ segment }) => segment);
  const place = characters.length > 2 * END ? characters.length - END : characters.length;
  return [characters.slice(0, place).join(''), characters.slice(place).join('')];
}
