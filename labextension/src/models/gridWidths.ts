/** How wide the columns of a table are: as their texts need it, within bounds. */

import type { GridColumn, GridRow } from '../_generated/types.ts';

/** Pixels of a character and of the space round a text, about. */
const CHARACTER = 8.2;
const SPACE = 18;

/** Pixels of the mark before a difference, with the space round it. */
const MARK = 26;

const LEAST = 64;
const MOST = 240;
const SPARK = 72;

/** Pixels of the mark of a goal. */
const GOAL = 18;

/** Pixels of the column of names, at least and at most, and of what stands beside a name. */
const NAME_LEAST = 250;
const NAME_MOST = 560;
const BESIDE = 130;

/** The part of the view that long names may take where other columns want it, too. */
const NAME_SHARE = 0.35;

/** The width of what a column shows, of the marks of its goal and of the differences in it. */
export interface IWidth {
  readonly all: number;
  readonly goal: number;
  readonly delta: number;
}

/**
 * Return the widths of columns.
 *
 * @param before - What they were: a column never becomes narrower while it is read.
 */
export function widths(
  columns: readonly GridColumn[],
  rows: readonly GridRow[],
  compared: boolean,
  before: ReadonlyMap<string, IWidth>
): Map<string, IWidth> {
  const found = new Map<string, IWidth>();
  columns.forEach((column, place) => {
    const known = before.get(column.key);
    if (column.key === 'spark') {
      found.set(column.key, { all: Math.max(SPARK, head(column)), goal: 0, delta: 0 });
      return;
    }
    const longest = (texts: (row: GridRow) => string | null | undefined) =>
      rows.reduce((most, row) => Math.max(most, texts(row)?.length ?? 1), 0);
    const delta =
      compared && column.numeric
        ? Math.max(known?.delta ?? 0, pixels(longest(row => row.deltas[place])) + MARK)
        : 0;
    const marked = rows.some(row => (row.reached[place] ?? null) !== null);
    const goal = marked ? GOAL : (known?.goal ?? 0);
    const beside = goal + delta;
    const value = Math.max(LEAST, pixels(longest(row => row.texts[place])) + SPACE + beside);
    const all = Math.min(MOST + beside, Math.max(value, head(column) + beside));
    const same = known !== undefined && known.delta === delta && known.goal === goal;
    found.set(column.key, { all: Math.max(all, same ? known.all : 0), goal, delta });
  });
  return found;
}

/**
 * Return the width of the column of names.
 *
 * @param longest - Characters of the longest one.
 * @param others - Pixels of all other columns.
 * @param view - Pixels that are in sight.
 */
export function nameWidth(longest: number, others: number, view: number): number {
  const room = Math.max(view - others, NAME_SHARE * view);
  return Math.round(Math.max(NAME_LEAST, Math.min(pixels(longest) + BESIDE, NAME_MOST, room)));
}

/** Return the width of a column's name, with room for the mark of an order. */
function head(column: GridColumn): number {
  return Math.min(pixels(column.name.length + 2) + SPACE, MOST);
}

function pixels(characters: number): number {
  return Math.round(characters * CHARACTER);
}

/** Return the first and the last column of some widths that lie in a stretch of pixels. */
export function within(all: readonly number[], left: number, right: number): [number, number] {
  let first = 0;
  let edge = 0;
  while (first < all.length - 1 && edge + all[first] < left) {
    edge += all[first++];
  }
  let last = first;
  while (last < all.length - 1 && edge + all[last] < right) {
    edge += all[last++];
  }
  return [first, last];
}
