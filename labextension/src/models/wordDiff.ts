/** Compares two texts word by word. */

/** A stretch of text that is in both, or in one only. */
export interface Piece {
  readonly kind: 'same' | 'added' | 'removed';
  readonly text: string;
}

/** Words that differ, at most, until what lies between is told as changed altogether. */
const LIMIT = 1_000;

const WORDS = /\d+(?:\.\d+)+|[\p{L}\p{N}_]+|\n|[^\S\n]+|[^\s]/gu;

/** Return what makes one text another, as pieces from the start to the end. */
export function wordDiff(before: string, after: string): Piece[] {
  const old: string[] = before.match(WORDS) ?? [];
  const now: string[] = after.match(WORDS) ?? [];
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) {
    head++;
  }
  let tail = 0;
  while (
    tail < old.length - head &&
    tail < now.length - head &&
    old[old.length - 1 - tail] === now[now.length - 1 - tail]
  ) {
    tail++;
  }
  const [a, b] = [old.slice(head, old.length - tail), now.slice(head, now.length - tail)];
  return joined([
    { kind: 'same', text: old.slice(0, head).join('') },
    ...calmed(joined(shortest(a, b) ?? replaced(a, b))),
    { kind: 'same', text: old.slice(old.length - tail).join('') }
  ]);
}

function replaced(a: readonly string[], b: readonly string[]): Piece[] {
  return [
    { kind: 'removed', text: a.join('') },
    { kind: 'added', text: b.join('') }
  ];
}

/** Return the fewest insertions and deletions (Myers 1986); null where they are too many. */
function shortest(a: readonly string[], b: readonly string[]): Piece[] | null {
  const furthest = new Map<number, number>([[1, 0]]);
  const trace: Map<number, number>[] = [];
  const most = Math.min(a.length + b.length, LIMIT);
  for (let edits = 0; edits <= most; edits++) {
    trace.push(new Map(furthest));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = goesDown(furthest, diagonal, edits)
        ? furthest.get(diagonal + 1)!
        : furthest.get(diagonal - 1)! + 1;
      while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) {
        x++;
      }
      furthest.set(diagonal, x);
      if (x >= a.length && x - diagonal >= b.length) {
        return walkBack(a, b, trace);
      }
    }
  }
  return null;
}

function goesDown(furthest: Map<number, number>, diagonal: number, edits: number): boolean {
  return (
    diagonal === -edits ||
    (diagonal !== edits && furthest.get(diagonal - 1)! < furthest.get(diagonal + 1)!)
  );
}

function walkBack(
  a: readonly string[],
  b: readonly string[],
  trace: readonly Map<number, number>[]
): Piece[] {
  const pieces: Piece[] = [];
  let [x, y] = [a.length, b.length];
  for (let edits = trace.length - 1; edits >= 0; edits--) {
    const furthest = trace[edits];
    const diagonal = x - y;
    const down = goesDown(furthest, diagonal, edits);
    const former = down ? diagonal + 1 : diagonal - 1;
    const fromX = edits === 0 ? 0 : furthest.get(former)!;
    const fromY = edits === 0 ? 0 : fromX - former;
    while (x > fromX && y > fromY) {
      pieces.push({ kind: 'same', text: a[x - 1] });
      x--;
      y--;
    }
    if (edits > 0) {
      pieces.push(
        down ? { kind: 'added', text: b[fromY] } : { kind: 'removed', text: a[fromX] }
      );
    }
    [x, y] = [fromX, fromY];
  }
  return pieces.reverse();
}

/** Tell a blank between two changed words as changed, too: a row of single words is hard to read. */
function calmed(pieces: readonly Piece[]): Piece[] {
  const last = pieces.length - 1;
  return pieces.flatMap((piece, place): Piece[] =>
    piece.kind === 'same' && place > 0 && place < last && /^[^\S\n]+$/.test(piece.text)
      ? [
          { kind: 'removed', text: piece.text },
          { kind: 'added', text: piece.text }
        ]
      : [piece]
  );
}

/** Join neighbours of a kind; between two pieces that stayed, what went comes before what came. */
function joined(pieces: readonly Piece[]): Piece[] {
  const result: Piece[] = [];
  let removed = '';
  let added = '';
  let same = '';
  const close = () => {
    if (removed) {
      result.push({ kind: 'removed', text: removed });
    }
    if (added) {
      result.push({ kind: 'added', text: added });
    }
    removed = added = '';
  };
  for (const { kind, text } of pieces) {
    if (kind === 'same') {
      if (text) {
        close();
        same += text;
      }
      continue;
    }
    if (text && same) {
      result.push({ kind: 'same', text: same });
      same = '';
    }
    if (kind === 'removed') {
      removed += text;
    } else {
      added += text;
    }
  }
  close();
  if (same) {
    result.push({ kind: 'same', text: same });
  }
  return result;
}
