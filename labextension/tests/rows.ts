/** Runs as a server sends them. */

import type { RunRow, RunsPage } from '../src/_generated/types.ts';

export function row(number: number, given: Partial<RunRow> = {}): RunRow {
  return {
    run_id: `id${number}`,
    number,
    name: `run ${number}`,
    state: 'finished',
    experiment: 'digits',
    start_time: 0,
    duration: 1,
    params: {},
    metrics: { acc: 0.9 },
    goals: {},
    spark: [],
    notes: '',
    flags: [],
    error: null,
    stale: 0,
    nested: false,
    archived: false,
    trashed: false,
    reproduces: '',
    ...given
  };
}

export function page(rows: readonly RunRow[], given: Partial<RunsPage> = {}): RunsPage {
  return {
    rows: [...rows],
    params: [],
    metrics: ['acc'],
    spark_metric: null,
    query: '',
    more: false,
    empty_book: rows.length === 0,
    hint: '',
    now: 0,
    note: '',
    ...given
  };
}
