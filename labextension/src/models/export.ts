/** A comparison as text, for other programs. */

import type { CompareCell, CompareRow, RunComparison } from '../_generated/types.ts';

/** A spreadsheet takes a text that begins so for a formula, and runs it. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
const NUMBER = /^[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|inf|infinity)$/i;

/** Return a comparison as CSV, with whole values. */
export function csv(comparison: RunComparison, rows: readonly CompareRow[]): string {
  const head = ['', '', ...comparison.runs.map(run => `#${run.number} ${run.name}`)];
  const body = rows.map(row => [row.group, row.name, ...row.cells.map(whole)]);
  return [head, ...body].map(line => line.map(csvCell).join(',')).join('\r\n') + '\r\n';
}

/** Return a comparison as a table in Markdown, as it is shown. */
export function markdown(comparison: RunComparison, rows: readonly CompareRow[]): string {
  const star = (place: number) => (place === comparison.baseline ? ' ★' : '');
  const head = comparison.runs.map((run, place) => `#${run.number} ${run.name}${star(place)}`);
  const lines = [
    ['', ...head],
    ['---', ...comparison.runs.map(() => '---:')],
    ...rows.map(row => [row.name, ...row.cells.map(shown)])
  ];
  return lines.map((line, place) => `| ${line.map(place === 1 ? String : markdownCell).join(' | ')} |`).join('\n') + '\n';
}

/** Return a value as it is shown, with its difference to the baseline's. */
export function shown(cell: CompareCell): string {
  return [cell.text, mark(cell), cell.delta].filter(Boolean).join(' ');
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
