/** How numbers, times and states are written: as `cellbook.views.formatting` writes them. */

import type { Real, RunState } from '../_generated/types.ts';

/** A state is a shape and a word, never a colour alone. */
export const GLYPHS: Record<RunState, string> = {
  running: '●',
  finished: '✓',
  failed: '✗',
  stopped: '■',
  crashed: '⚡'
};

/** What stands where there is no value. */
export const MISSING = '—';

/** Return a number; JSON's names for those that it has no form for are numbers again. */
export function real(value: Real): number {
  return typeof value === 'number' ? value : Number(value);
}

/** Return a number with 4 significant digits; whole numbers below a million are written out. */
export function number(value: number): string {
  if (!Number.isFinite(value)) {
    return special(value);
  }
  const size = Math.abs(value);
  if (size < 1e6 && Number.isInteger(value)) {
    return String(value);
  }
  if (size >= 1000 && size < 1e6) {
    return value.toFixed(0);
  }
  return size >= 1e-4 && size < 1e6 ? value.toPrecision(4) : exponential(value);
}

/** Return a param, tag or metric as short text of one line. */
export function value(given: unknown, width = 60): string {
  if (typeof given === 'number') {
    if (!Number.isFinite(given)) {
      return special(given);
    }
    if (Number.isInteger(given)) {
      return String(given);
    }
    return Math.abs(given) >= 1000 && Math.abs(given) < 1e6
      ? given.toFixed(0)
      : plain(Number(given.toPrecision(4)));
  }
  return shorten(full(given), width);
}

/** Return a value whole, as the hover text shows it. */
export function full(given: unknown): string {
  if (given === true || given === false) {
    return given ? 'True' : 'False';
  }
  if (given === null || given === undefined) {
    return 'None';
  }
  return typeof given === 'string' ? given : JSON.stringify(given);
}

/** Return text as one line of at most `width` characters, cut with an ellipsis. */
export function shorten(text: string, width: number): string {
  const line = text
    .slice(0, 4 * width)
    .split(/\s+/)
    .filter(Boolean)
    .join(' ');
  const letters = [...line];
  return letters.length <= width && text.length <= 4 * width
    ? line
    : letters.slice(0, width - 1).join('') + '…';
}

/** Return a span of seconds such as `340 ms`, `14.2 s`, `2 m 14 s` or `3 h 05 m`. */
export function duration(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) {
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
  const two = (count: number) => String(count).padStart(2, '0');
  if (whole < 3600) {
    return `${Math.floor(whole / 60)} m ${two(whole % 60)} s`;
  }
  if (whole < 86_400) {
    return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} m`;
  }
  return `${Math.floor(whole / 86_400)} d ${two(Math.floor((whole % 86_400) / 3600))} h`;
}

/** Return how long ago a time was; both in milliseconds since 1970. */
export function age(time: number, now: number): string {
  const seconds = (now - time) / 1000;
  if (seconds < 5) {
    return 'just now';
  }
  if (seconds >= 31 * 86_400) {
    return date(time).slice(0, 10);
  }
  const units: [number, string][] = [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'min'],
    [1, 's']
  ];
  const [unit, name] = units.find(([length]) => seconds >= length)!;
  return `${Math.floor(seconds / unit)} ${name} ago`;
}

/** Return a time, in milliseconds since 1970, as `2026-11-24 14:03:12`, in this machine's zone. */
export function date(time: number): string {
  const moment = new Date(time);
  const two = (count: number) => String(count).padStart(2, '0');
  const day = [moment.getFullYear(), two(moment.getMonth() + 1), two(moment.getDate())];
  const hour = [moment.getHours(), moment.getMinutes(), moment.getSeconds()].map(two);
  return `${day.join('-')} ${hour.join(':')}`;
}

/** Return a number of bytes such as `12.4 MB`. */
export function size(count: number): string {
  if (count < 999.95) {
    return `${count} bytes`;
  }
  const units = ['kB', 'MB', 'GB', 'TB', 'PB'];
  let amount = count / 1000;
  let place = 0;
  while (amount >= 999.95 && place < units.length - 1) {
    amount /= 1000;
    place++;
  }
  return `${amount.toFixed(1)} ${units[place]}`;
}

function special(value: number): string {
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '-∞';
}

function exponential(value: number): string {
  return value.toExponential(3).replace('e+', 'e');
}

/** Write a number as Python's `%g` does: an exponent only where it is much shorter. */
function plain(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-4 || size >= 1e6)
    ? value.toExponential().replace('e+', 'e')
    : String(value);
}
