/** What is said of each cell of a notebook, in short. */

import type { ThreadView } from '../_generated/types.ts';

/** What the bubble at a cell says. */
export interface IBubble {
  /** Comments in threads that are open; in those resolved where there are no others. */
  readonly count: number;
  readonly unread: number;
  /** Whether all was resolved. */
  readonly resolved: boolean;
}

/** Return the threads of a cell. */
export function threadsAt(threads: readonly ThreadView[], cell: string): ThreadView[] {
  return threads.filter(({ anchor }) => cellOf(anchor) === cell);
}

/** Return what the bubbles say, by the ids of cells. */
export function bubbles(threads: readonly ThreadView[]): Map<string, IBubble> {
  const found = new Map<string, IBubble>();
  const at = (cell: string) => found.get(cell) ?? { count: 0, unread: 0, resolved: true };
  for (const open of [true, false]) {
    for (const thread of threads) {
      const cell = cellOf(thread.anchor);
      if (!cell || thread.resolved === open) {
        continue;
      }
      const known = at(cell);
      const counts = open || known.resolved;
      found.set(cell, {
        count: known.count + (counts ? thread.count : 0),
        unread: known.unread + thread.unread,
        resolved: known.resolved && !open
      });
    }
  }
  return found;
}

/** Return the cell that a thread hangs on now; empty where that is none, or nobody knows. */
export function cellOf(anchor: ThreadView['anchor']): string {
  const onCell = anchor.kind === 'cell' || anchor.kind === 'output';
  return onCell && (anchor.state === 'found' || anchor.state === 'moved') ? anchor.cell_id : '';
}

/** Whether the text that a thread quotes from its cell is in that no more, as after a split. */
export function hasLostQuote(anchor: ThreadView['anchor'], source: string | undefined): boolean {
  const quoted = anchor.kind === 'cell' && anchor.state === 'found' && !!anchor.quote.trim();
  return quoted && source !== undefined && !source.includes(anchor.quote.trim());
}

/** Whether what a thread hangs on can be shown: it is neither gone nor of another book. */
export function isHere(anchor: ThreadView['anchor']): boolean {
  return !isLost(anchor) && anchor.state !== 'elsewhere';
}

/** Whether what a thread hangs on is gone, as far as anybody knows. */
export function isLost({ state }: ThreadView['anchor']): boolean {
  return state === 'orphaned' || state === 'suggested';
}
