/** A scale of colours for numbers, which the colour-blind read as well, on either ground. */

import type { ILook } from './figure.ts';

/** Viridis (Smith and van der Walt 2015), from dark to bright. */
const VIRIDIS = [
  '#440154',
  '#482878',
  '#3e4989',
  '#31688e',
  '#26828e',
  '#1f9e89',
  '#35b779',
  '#6ece58',
  '#b5de2b',
  '#fde725'
];

/** Blue over nothing to orange: for what goes either way. */
const EITHER = { low: '#0072b2', high: '#d55e00' };

/** Whether the page's ground is dark. */
export function isDark(look: ILook): boolean {
  const parts = look.text.match(/[\d.]+/g)?.map(Number) ?? [];
  const [r, g, b] = look.text.startsWith('#') ? hex(look.text) : parts;
  return 0.299 * r + 0.587 * g + 0.114 * b > 140;
}

/**
 * Return the colours of a scale, of which the last stands out most from the ground.
 *
 * Those that would hardly be seen on it are left out.
 */
export function scale(look: ILook, strongestFirst = false): string[] {
  const shades = isDark(look) ? VIRIDIS.slice(2) : VIRIDIS.slice(0, 8).reverse();
  return strongestFirst ? [...shades].reverse() : shades;
}

/** Return a scale as plotly.js has it. */
export function plotlyScale(colours: readonly string[]): [number, string][] {
  return colours.map((colour, place) => [place / (colours.length - 1), colour]);
}

/** Return the colour at a place from 0 to 1 of a scale. */
export function shade(colours: readonly string[], at: number): string {
  const place = Math.min(Math.max(at, 0), 1) * (colours.length - 1);
  const [low, high] = [Math.floor(place), Math.ceil(place)].map(one => hex(colours[one]));
  const mixed = low.map((one, channel) =>
    Math.round(one + (high[channel] - one) * (place - Math.floor(place)))
  );
  return `#${mixed.map(one => one.toString(16).padStart(2, '0')).join('')}`;
}

/** Return a scale from -1 over 0, which is the ground, to 1, as plotly.js has it. */
export function eitherWay(look: ILook): [number, string][] {
  const middle = isDark(look) ? '#2b2b2b' : '#f7f7f7';
  return [
    [0, EITHER.low],
    [0.5, middle],
    [1, EITHER.high]
  ];
}

function hex(colour: string): number[] {
  return [1, 3, 5].map(place => parseInt(colour.slice(place, place + 2), 16));
}
