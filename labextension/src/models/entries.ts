/** The entries of a thread as they are listed: of small ones that follow one another, one line. */

import type { CommentView } from '../_generated/types.ts';

/** What is nobody's news: a label, somebody who is to see to it, a cell that was merged. */
const SMALL = new Set(['labelled', 'unlabelled', 'assigned', 'unassigned', 'followed']);

/** As many small entries in a row have lines of their own. */
const FEW = 2;

/** Whether an entry only tells of what is nobody's news. */
export function isSmall(entry: CommentView): boolean {
  return SMALL.has(entry.event) && !entry.text;
}

/** Return the entries in order, in groups: small ones that are many, and any other one alone. */
export function groupsOf(entries: readonly CommentView[]): (readonly CommentView[])[] {
  const runs: CommentView[][] = [];
  for (const entry of entries) {
    const run = runs.at(-1);
    if (run && isSmall(entry) && isSmall(run[0])) {
      run.push(entry);
    } else {
      runs.push([entry]);
    }
  }
  return runs.flatMap(run => (run.length > FEW ? [run] : run.map(entry => [entry])));
}
