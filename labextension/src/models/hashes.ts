/** Hashes of sources, as `source_hash` of `src/cellbook/capture/staleness.py` makes them. */

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

/** What Python's `str.rstrip` takes off an end, which is not quite what `trimEnd` does. */
const WHITE_SPACE =
  /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/;

/** To make one takes longer than to use it. */
const UTF8 = new TextEncoder();

/** Return 16 hex digits that tell sources apart; white space at the end does not count. */
export function sourceHash(source: string): string {
  return bytesToHex(sha256(UTF8.encode(source.replace(WHITE_SPACE, '')))).slice(0, 16);
}

/** A cell as the kernel is told of it: id, type, hash of its source. */
export type CellRow = [id: string, type: string, hash: string];

/** What is asked of a cell to tell the kernel of it. */
export interface IHashable {
  readonly id: string;
  readonly cell_type: string;
  getSource(): string;
}

/** The hashes of a notebook's cells; each is computed once for each source. */
export class CellHashes {
  /** Return a row for each cell, from the top. */
  rows(cells: Iterable<IHashable>): CellRow[] {
    const known = new Map<string, [source: string, hash: string]>();
    const rows: CellRow[] = [];
    for (const cell of cells) {
      const source = cell.getSource();
      const before = this._known.get(cell.id);
      const hash = before?.[0] === source ? before[1] : sourceHash(source);
      known.set(cell.id, [source, hash]);
      rows.push([cell.id, cell.cell_type, hash]);
    }
    this._known = known;
    return rows;
  }

  private _known = new Map<string, [source: string, hash: string]>();
}
