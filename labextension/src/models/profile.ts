/** Profiles of data: what is drawn of them, and how the columns of two differ. */

import type { DataProfile } from '../_generated/types.ts';

/** One bar of a small histogram, in pixels. */
export interface IBar {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Return the bars of counts; what is there at all can be seen. */
export function barsOf(counts: readonly number[], width: number, height: number): IBar[] {
  const most = Math.max(1, ...counts);
  const step = width / Math.max(1, counts.length);
  return counts.map((count, place) => {
    const tall = count ? Math.max(1, (count / most) * height) : 0;
    return { x: place * step, y: height - tall, width: Math.max(0.5, step - 0.5), height: tall };
  });
}

/** Return the most frequent values as text: `red 12, blue 3`. */
export function frequent(top: Readonly<Record<string, number>>): string {
  return Object.entries(top)
    .map(([value, count]) => `${value || '""'} ${count}`)
    .join(', ');
}

/** How the columns of two versions differ. */
export interface ISchemaChange {
  readonly column: string;
  /** The type before; empty where the column is new. */
  readonly before: string;
  /** The type after; empty where it is gone. */
  readonly after: string;
}

/** Return the columns that are new, gone, or of another type; null where one has no profile. */
export function schemaChanges(
  first: DataProfile | null,
  second: DataProfile | null
): ISchemaChange[] | null {
  if (!first || !second) {
    return null;
  }
  const before = typesOf(first);
  const after = typesOf(second);
  return [...new Set([...before.keys(), ...after.keys()])]
    .map(column => ({
      column,
      before: before.get(column) ?? '',
      after: after.get(column) ?? ''
    }))
    .filter(change => change.before !== change.after);
}

function typesOf(profile: DataProfile): Map<string, string> {
  return new Map(profile.columns.map(({ name, dtype }) => [name, dtype]));
}
