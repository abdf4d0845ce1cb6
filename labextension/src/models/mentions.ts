/** Completion of names while a comment is written. */

import type { Person } from '../_generated/types.ts';

/** Names that are offered at a time. */
const OFFERED = 6;

/** A name that is being written: after `@`, which stands at the beginning or after no letter. */
const BEGUN = /(?:^|[^\w@./-])@([\w.-]{0,40})$/u;

/** Return where the name begins that is being written before the caret, and what there is of it. */
export function mentionAt(text: string, caret: number): { from: number; begun: string } | null {
  const found = BEGUN.exec(text.slice(0, caret));
  return found && { from: caret - found[1].length, begun: found[1] };
}

/** Return the people who may be meant: those whose name begins so first, then their names' parts. */
export function candidates(people: readonly Person[], begun: string): Person[] {
  const wanted = begun.toLowerCase();
  const rank = ({ name, display_name: shown }: Person) => {
    const parts = [name, ...shown.split(/\s+/)].map(part => part.toLowerCase());
    const place = parts.findIndex(part => part.startsWith(wanted));
    return place < 0 ? (name.toLowerCase().includes(wanted) ? parts.length : -1) : place;
  };
  return people
    .filter(person => rank(person) >= 0)
    .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
    .slice(0, OFFERED);
}

/** Put a name in the place of what is begun; return the text and where the caret is then. */
export function completed(
  text: string,
  caret: number,
  from: number,
  name: string
): { text: string; caret: number } {
  const rest = text.slice(caret);
  const space = /^\s/.test(rest) ? '' : ' ';
  return {
    text: `${text.slice(0, from)}${name}${space}${rest}`,
    caret: from + name.length + 1
  };
}
