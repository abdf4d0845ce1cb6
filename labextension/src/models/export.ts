/** A comparison as text, for other programs. */

import type {
  CompareCell,
  CompareRow,
  GridFile,
  RunComparison,
  RunHead
} from '../_generated/types.ts';
import { goalMark } from './format.ts';

/** What a table can become; as `cellbook.views.grid_files` has it. */
export type GridFormat = 'csv' | 'markdown' | 'parquet' | 'code';

/** A table as a file. */
export interface ITableFile {
  readonly name: string;
  readonly type: string;
  readonly content: Uint8Array<ArrayBuffer>;
}

/** Return a file that the kernel or the server made. */
export function fileOf({ name, media_type: type, content }: GridFile): ITableFile {
  const bytes = Uint8Array.from(atob(content), character => character.charCodeAt(0));
  return { name, type, content: bytes };
}

/** Return a file of text. */
export function textFile(name: string, type: string, text: string): ITableFile {
  return { name, type, content: new TextEncoder().encode(text) };
}

/** Return a comparison with these runs alone, and its rows likewise. */
export function only(
  comparison: RunComparison,
  rows: readonly CompareRow[],
  places: readonly number[]
): [RunComparison, CompareRow[]] {
  const runs = places.map(place => comparison.runs[place]);
  return [
    { ...comparison, runs, baseline: places.indexOf(comparison.baseline) },
    rows.map(row => ({ ...row, cells: places.map(place => row.cells[place]) }))
  ];
}

/** A spreadsheet takes a text that begins so for a formula, and runs it. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
const NUMBER = /^[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|inf|infinity)$/i;

/** Return a comparison as CSV, with whole values. */
export function csv(comparison: RunComparison, rows: readonly CompareRow[]): string {
  const head = ['', '', ...comparison.runs.map(named)];
  const body = rows.map(row => [row.group, row.name, ...row.cells.map(whole)]);
  return [head, ...body].map(line => line.map(csvCell).join(',')).join('\r\n') + '\r\n';
}

/** Return a comparison as a table in Markdown, as it is shown. */
export function markdown(comparison: RunComparison, rows: readonly CompareRow[]): string {
  const star = (place: number) => (place === comparison.baseline ? ' ★' : '');
  const head = comparison.runs.map((run, place) => `${named(run)}${star(place)}`);
  const lines = [
    ['', ...head],
    ['---', ...comparison.runs.map(() => '---:')],
    ...rows.map(row => [row.name, ...row.cells.map(shown)])
  ];
  return lines.map((line, place) => `| ${line.map(place === 1 ? String : markdownCell).join(' | ')} |`).join('\n') + '\n';
}

function named(run: RunHead): string {
  return `#${run.number} ${run.name}${run.trashed ? ' (in the trash)' : ''}`;
}

/** Return a value as it is shown, with its goal's mark and its difference to the baseline's. */
export function shown(cell: CompareCell): string {
  return [cell.text, goalMark(cell.reached), mark(cell), cell.delta].filter(Boolean).join(' ');
}

/** Return the mark of a value that is better or worse than the baseline's. */
export function mark(cell: CompareCell): string {
  return { better: '▲', worse: '▼', '': '' }[cell.verdict];
}

function whole(cell: CompareCell): string {
  if (cell.missing) {
    return '';
  }
  return typeof cell.value === 'number' ? String(cell.value) : cell.full || cell.text;
}

function csvCell(text: string): string {
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function markdownCell(text: string): string {
  return text
    .replace(/[\\|<>`*_[\]]/g, '\\$&')
    .replace(/\s+/g, ' ')
    .trim();
}

/**
 * Return a comparison as a file; as code or Parquet, which the kernel or the server makes, a row
 * is a run.
 */
export async function comparisonFile(
  comparison: RunComparison,
  rows: readonly CompareRow[],
  format: GridFormat,
  make: (query: object) => Promise<GridFile>
): Promise<ITableFile> {
  if (format === 'csv') {
    // The mark at its beginning tells spreadsheets that it is UTF-8.
    return textFile('comparison.csv', 'text/csv', `\ufeff${csv(comparison, rows)}`);
  }
  if (format === 'markdown') {
    return textFile('comparison.md', 'text/markdown', markdown(comparison, rows));
  }
  const made = await make({
    format,
    runs: comparison.runs.map(run => run.run_id),
    columns: JSON.stringify(rows.map(row => row.key).filter(Boolean)),
    baseline: comparison.runs[comparison.baseline]?.run_id ?? ''
  });
  return fileOf({ ...made, name: made.name.replace(/^runs/, 'comparison') });
}
