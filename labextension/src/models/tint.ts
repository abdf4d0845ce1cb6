/** The colours of runs in a picture: by a metric, by a param's labels, or each its own. */

import type { RelatedRun, RelationColumn } from '../_generated/types.ts';
import { axisOf, finite, isNumeric } from './columns.ts';
import { plain, runColour, type ILook } from './figure.ts';
import { shorten } from './format.ts';
import { plotlyScale, scale, shade } from './shades.ts';

/** How runs are coloured. */
export interface ITint {
  /** The colour of each run; the same text for the same colour. */
  readonly colours: readonly string[];
  /** How much each is to be seen, from 0 to 1: the best are drawn last. */
  readonly weights: readonly number[];
  /** Label and colour of each entry of a legend; empty where there is a bar, or nothing to say. */
  readonly legend: readonly (readonly [string, string])[];
  /** A bar for a scale of numbers, as plotly's markers have it; null without one. */
  readonly bar: object | null;
}

/** Different colours of a scale, at most: lines of one colour are drawn at once. */
const SHADES = 16;

/** Labels with a colour of their own; the rest has one together. */
const LABELS = 6;

/** Runs that have colours of their own where nothing else tells them apart. */
const OWN = 7;

/** Return the colours of runs. */
export function tintOf(
  runs: readonly RelatedRun[],
  column: RelationColumn | null,
  title: string,
  look: ILook
): ITint {
  if (!column) {
    return {
      colours: runs.map(run => (runs.length <= OWN ? runColour(look, run.number) : look.runs[0])),
      weights: runs.map(() => 1),
      legend: [],
      bar: null
    };
  }
  return isNumeric(column) ? byNumber(column, title, look) : byLabel(column, look);
}

function byNumber(column: RelationColumn, title: string, look: ILook): ITint {
  const less = column.direction === 'less is better';
  const colours = scale(look, less);
  const axis = axisOf(column);
  const known = finite(column).filter(value => value !== null);
  const low = known.length ? known.reduce((a, b) => Math.min(a, b)) : 0;
  const high = known.length ? known.reduce((a, b) => Math.max(a, b)) : 1;
  const at = (value: number) => (column.log ? Math.log10(value) : value);
  return {
    colours: axis.places.map(place =>
      place === null ? look.muted : shade(colours, Math.round(place * (SHADES - 1)) / (SHADES - 1))
    ),
    weights: axis.places.map(place => (place === null ? -1 : less ? 1 - place : place)),
    legend: [],
    bar: {
      color: [at(low)],
      cmin: at(low),
      cmax: at(high) > at(low) ? at(high) : at(low) + 1,
      colorscale: plotlyScale(colours),
      showscale: known.length > 0,
      colorbar: {
        title: {
          // Beside the marks: above them it would lie on the topmost one.
          text: plain(shorten(title, 32)),
          font: { color: look.muted, size: look.size },
          side: 'right'
        },
        thickness: 10,
        outlinewidth: 0,
        len: 1,
        x: 1.02,
        xpad: 4,
        ypad: 0,
        tickmode: 'array',
        tickvals: axis.marks.map(mark => at(low) + mark.at * (at(high) - at(low))),
        ticktext: axis.marks.map(mark => mark.text),
        tickfont: { color: look.muted, size: look.size - 1 }
      }
    }
  };
}

function byLabel(column: RelationColumn, look: ILook): ITint {
  const counts = column.labels.map((_, code) => column.codes.filter(one => one === code).length);
  const order = column.labels.map((_, code) => code).sort((a, b) => counts[b] - counts[a]);
  const rest = column.labels.length > LABELS + 1 ? LABELS : column.labels.length;
  const colourOf = (code: number) => {
    const place = order.indexOf(code);
    return place < rest ? look.runs[place] : look.muted;
  };
  const legend = order.slice(0, rest).map(code => [column.labels[code], look.runs[order.indexOf(code)]] as const);
  const more = column.labels.length - rest;
  return {
    colours: column.codes.map(code => (code === null ? look.muted : colourOf(code))),
    weights: column.codes.map(code => (code === null ? -1 : counts.length - order.indexOf(code))),
    legend: more > 0 ? [...legend, [`${more} other values`, look.muted] as const] : legend,
    bar: null
  };
}
