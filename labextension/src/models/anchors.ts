/** What a new thread hangs on, as the server takes it: fields of `records/thread.py`'s Anchor. */

/** A piece of text, and what stands around it. */
export interface IQuote {
  readonly exact: string;
  readonly prefix: string;
  readonly suffix: string;
}

/** What a thread is to hang on; what is left out is empty, the notebook the one that is asked of. */
export interface IAnchor {
  readonly kind: string;
  readonly cell_id?: string;
  readonly cell_type?: string;
  readonly source_hash?: string;
  readonly source?: string;
  readonly quote?: IQuote;
  readonly output?: number;
  readonly cells?: readonly string[];
  readonly runs?: readonly string[];
  readonly metric?: string;
  readonly step?: number;
  readonly checkpoint?: string;
  readonly name?: string;
  readonly version?: string;
}

/** Characters of a quoted piece, of what is told of its surroundings, and of a cell's source. */
const QUOTED = 1_000;
const AROUND = 32;
const SOURCE = 2_000;

/** Quote a piece of a text; null where there is nothing in it. */
export function quoteOf(text: string, from: number, to: number): IQuote | null {
  const end = Math.min(to, from + QUOTED);
  const exact = text.slice(from, end);
  if (!exact.trim()) {
    return null;
  }
  return {
    exact,
    prefix: text.slice(Math.max(from - AROUND, 0), from),
    suffix: text.slice(end, end + AROUND)
  };
}

/** Quote a piece again where a text has it; as it was where that has it no more. */
export function quoteIn(text: string, exact: string): IQuote | null {
  const at = exact ? text.indexOf(exact) : -1;
  return at < 0 ? quoteOf(exact, 0, exact.length) : quoteOf(text, at, at + exact.length);
}

/** What is known of a cell that is to be discussed. */
export interface ICellFacts {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly hash: string;
}

/** Return the anchor of a cell, or of an output of it. */
export function cellAnchor(
  cell: ICellFacts,
  quote: IQuote | null = null,
  output: number | null = null
): IAnchor {
  return {
    kind: output === null ? 'cell' : 'output',
    cell_id: cell.id,
    cell_type: cell.type,
    source_hash: cell.hash,
    source: cell.source.slice(0, SOURCE),
    ...(quote ? { quote } : {}),
    ...(output === null ? {} : { output })
  };
}

/** Return what tells the drafts of new threads apart: there is one for each thing. */
export function draftKey(anchor: IAnchor): string {
  const { kind, cell_id: cell, runs, checkpoint, name, version, metric, step } = anchor;
  const point = metric === undefined ? [] : [metric, step];
  return cell ? `cell|${cell}` : [kind, runs?.join(), checkpoint, name, version, ...point].join('|');
}
