/** The difference of two sources as lines, of which long stretches without a change are folded. */

import { wordDiff, type Piece } from './wordDiff.ts';

/** One line: what stayed, came and went in it. */
export type Line = readonly Piece[];

/** Lines that are shown, or so many that are folded. */
export type Stretch =
  | { readonly kind: 'lines'; readonly lines: readonly Line[] }
  | { readonly kind: 'folded'; readonly count: number };

/** Lines that stay in sight round a change. */
const AROUND = 3;

/** Fewer lines than these are not worth a fold. */
const LEAST = 4;

/** Lines of one cell that are shown until more are wanted. */
export const LONGEST = 120;

/** Return the lines of what makes one source another. */
export function diffLines(before: string, after: string): Line[] {
  return linesOf(wordDiff(before, after));
}

/** Return the lines of a source that came, went or stayed altogether. */
export function plainLines(source: string, kind: Piece['kind']): Line[] {
  return linesOf([{ kind, text: source }]);
}

function linesOf(pieces: readonly Piece[]): Line[] {
  const lines: Piece[][] = [[]];
  for (const { kind, text } of pieces) {
    text.split('\n').forEach((part, place) => {
      if (place > 0) {
        lines.at(-1)!.push({ kind, text: '\n' });
        lines.push([]);
      }
      if (part) {
        lines.at(-1)!.push({ kind, text: part });
      }
    });
  }
  return lines.filter((line, place) => line.length > 0 || place < lines.length - 1);
}

/** Return lines with what is far from any change folded. */
export function folded(lines: readonly Line[]): Stretch[] {
  const near = lines.map(() => false);
  lines.forEach((line, place) => {
    if (line.some(piece => piece.kind !== 'same')) {
      near.fill(true, Math.max(0, place - AROUND), Math.min(lines.length, place + AROUND + 1));
    }
  });
  const stretches: Stretch[] = [];
  for (let place = 0; place < lines.length; ) {
    let end = place;
    while (end < lines.length && near[end] === near[place]) {
      end++;
    }
    const shown = near[place] || end - place < LEAST;
    stretches.push(
      shown
        ? { kind: 'lines', lines: lines.slice(place, end) }
        : { kind: 'folded', count: end - place }
    );
    place = end;
  }
  return stretches;
}
