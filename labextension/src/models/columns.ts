/** Params and metrics across runs, as axes and colours of pictures. */

import type { RelationColumn, Relations } from '../_generated/types.ts';
import { logTicks, range, Scale, ticks, tickTexts } from './axes.ts';
import * as formatting from './format.ts';

/** One mark of an axis. */
export interface IMark {
  /** From 0 to 1. */
  readonly at: number;
  readonly text: string;
}

/** A column along an axis: every value from 0 to 1. */
export interface IColumnAxis {
  readonly column: RelationColumn;
  /** The place of each run; null where it has none that can be shown. */
  readonly places: readonly (number | null)[];
  readonly marks: readonly IMark[];
}

/** Values that are marked themselves, at most; more get round numbers between them. */
const MARKED = 7;

/** Labels that are written on an axis, at most. */
const WRITTEN = 16;

export function isNumeric(column: RelationColumn): boolean {
  return column.labels.length === 0;
}

/** Return the column of that name; null where there is none. */
export function columnOf(relations: Relations, name: string): RelationColumn | null {
  return relations.columns.find(column => column.name === name) ?? null;
}

/** Return a column's name as it is shown: without what it is of, unless another has the same. */
export function titleOf(relations: Relations, column: RelationColumn): string {
  const same = relations.columns.filter(other => other.key === column.key).length > 1;
  return same ? column.name : column.key;
}

/** Return the values of a column of numbers; null where there is none, or no finite one. */
export function finite(column: RelationColumn): (number | null)[] {
  return column.numbers.map(value => {
    const number = value === null ? NaN : formatting.real(value);
    return Number.isFinite(number) && (!column.log || number > 0) ? number : null;
  });
}

/** Return a run's value of a column as text. */
export function textOf(column: RelationColumn, run: number): string {
  if (!isNumeric(column)) {
    const code = column.codes[run];
    return code === null ? formatting.MISSING : column.labels[code];
  }
  const value = column.numbers[run];
  return value === null ? formatting.MISSING : formatting.value(formatting.real(value));
}

/** Return a column as an axis. */
export function axisOf(column: RelationColumn): IColumnAxis {
  if (!isNumeric(column)) {
    return labelled(column);
  }
  const values = finite(column);
  const known = values.filter(value => value !== null);
  const [low, high] = range(known, { log: column.log, padded: false }) ?? [0, 1];
  const scale = new Scale(low, high, 0, 1, column.log);
  return {
    column,
    places: values.map(value => (value === null ? null : scale.at(value))),
    marks: marksOf(known, low, high, column.log, scale)
  };
}

function labelled(column: RelationColumn): IColumnAxis {
  const last = column.labels.length - 1;
  const at = (code: number) => (last ? code / last : 0.5);
  const every = Math.ceil(column.labels.length / WRITTEN);
  return {
    column,
    places: column.codes.map(code => (code === null ? null : at(code))),
    marks: column.labels
      .map((label, code) => ({ at: at(code), text: formatting.shorten(label, 18) }))
      .filter((_, code) => code % every === 0)
  };
}

function marksOf(
  known: readonly number[],
  low: number,
  high: number,
  log: boolean,
  scale: Scale
): IMark[] {
  const distinct = [...new Set(known)].sort((a, b) => a - b);
  // The ends are marked, too, so that one sees what was tried.
  const chosen =
    distinct.length <= MARKED
      ? distinct
      : [low, ...(log ? logTicks(low, high) : ticks(low, high, 5)), high];
  const texts = distinct.length <= MARKED ? chosen.map(one => formatting.value(one)) : written(chosen);
  const marks = chosen.map((value, place) => ({ at: scale.at(value), text: texts[place] }));
  return spaced(marks);
}

function written(chosen: readonly number[]): string[] {
  const inner = tickTexts(chosen.slice(1, -1));
  return [formatting.value(chosen[0]), ...inner, formatting.value(chosen.at(-1)!)];
}

/** Leave out marks that would stand on one another; the ends stay. */
function spaced(marks: readonly IMark[]): IMark[] {
  const least = 0.06;
  const last = marks.at(-1);
  const kept: IMark[] = [];
  for (const mark of marks) {
    const free = !kept.length || mark.at - kept.at(-1)!.at >= least;
    if (mark === last || (free && (!last || last.at - mark.at >= least))) {
      kept.push(mark);
    }
  }
  return kept.length > 1 && kept.at(-1)!.at - kept.at(-2)!.at < least && kept.length > 2
    ? [...kept.slice(0, -2), kept.at(-1)!]
    : kept;
}

/** Return places, evenly spread, of at most `most` of some things. */
export function thinned<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) {
    return items;
  }
  return Array.from({ length: most }, (_, place) => items[Math.floor((place * items.length) / most)]);
}
