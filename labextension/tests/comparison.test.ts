import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { CompareRow, Curve, RunComparison } from '../src/_generated/types.ts';
import { ComparisonModel, comparing, type IComparisonSource } from '../src/models/comparison.ts';
import { csv, markdown } from '../src/models/export.ts';

function cells(texts: string[]): CompareRow['cells'] {
  return texts.map(text => ({
    text,
    full: '',
    missing: false,
    delta: text === '0.95' ? '+0.01' : '',
    verdict: text === '0.95' ? ('better' as const) : ('' as const),
    value: text
  }));
}

function line(name: string, texts: string[], group: CompareRow['group'] = 'Params'): CompareRow {
  const differs = new Set(texts).size > 1;
  return { group, name, cells: cells(texts), differs, numeric: false, direction: null };
}

class Source implements IComparisonSource {
  asked: string[] = [];

  compare(_: string, runs: string[], baseline: number): Promise<RunComparison> {
    this.asked.push(`compare ${runs.join()} ${baseline}`);
    return Promise.resolve({
      runs: runs.map(run => ({
        run_id: run,
        number: Number(run),
        name: `=run|${run}`,
        state: 'finished',
        running: false,
        trashed: false,
        notes: ''
      })),
      baseline,
      rows: [
        line(
          'acc',
          runs.map(run => (run === '2' ? '0.95' : '0.94')),
          'Metrics'
        ),
        line(
          'seed',
          runs.map(() => '7')
        )
      ],
      metrics: ['acc', 'loss']
    });
  }

  curves(_: string, runs: string[], metric: string): Promise<Curve[]> {
    this.asked.push(`curves ${metric}`);
    return Promise.resolve(
      runs.map(run => ({
        run_id: run,
        name: metric,
        steps: [0, 1],
        times: [0, 2],
        values: [1, 'NaN'],
        count: 2
      }))
    );
  }
}

async function started(): Promise<{ source: Source; model: ComparisonModel }> {
  const source = new Source();
  const model = new ComparisonModel(source, comparing('a.ipynb', ['1', '2', '3']));
  await model.refresh();
  return { source, model };
}

test('only what differs is shown, until all is asked for', async () => {
  const { model } = await started();
  assert.deepEqual(
    model.rows.map(row => row.name),
    ['acc']
  );
  assert.equal(model.hidden, 1);
  await model.change({ everything: true });
  assert.equal(model.rows.length, 2);
});

test('another baseline is asked for, another look is not', async () => {
  const { source, model } = await started();
  source.asked = [];
  await model.change({ smoothing: 0.5, axis: 'time' });
  assert.deepEqual(source.asked, []);
  assert.deepEqual(model.lines[0].xs, [0, 2]);
  assert.equal(model.lines[0].raw.length, 2);
  await model.change({ metric: 'loss' });
  assert.deepEqual(source.asked, ['curves loss']);
  await model.change({ baseline: '2' });
  assert.ok(source.asked.includes('compare 1,2,3 1'));
});

test('a run is taken out, but never the last but one', async () => {
  const { model } = await started();
  await model.drop('1');
  assert.deepEqual(model.state.runs, ['2', '3']);
  assert.equal(model.state.baseline, '2');
  await model.drop('2');
  assert.deepEqual(model.state.runs, ['2', '3']);
});

test('what went wrong is said, and what was shown stays', async () => {
  const { source, model } = await started();
  source.compare = () => Promise.reject(new Error('The book is locked.'));
  await model.refresh();
  assert.equal(model.problem, 'The book is locked.');
  assert.equal(model.comparison?.runs.length, 3);
});

test('exports hold what is shown, and run nothing', async () => {
  const { model } = await started();
  const comparison = model.comparison!;
  assert.equal(
    csv(comparison, model.rows).split('\r\n')[0],
    ",,#1 =run|1,#2 =run|2,#3 =run|3"
  );
  const lines = markdown(comparison, model.rows).split('\n');
  assert.equal(lines[0], '|  | #1 =run\\|1 ★ | #2 =run\\|2 | #3 =run\\|3 |');
  assert.equal(lines[2], '| acc | 0.94 | 0.95 ▲ +0.01 | 0.94 |');
  const formula = [line('=HYPERLINK("x")', ['a,b', '-1', 'c'])];
  assert.equal(
    csv(comparison, formula).split('\r\n')[1],
    `Params,"'=HYPERLINK(""x"")","a,b",-1,c`
  );
});
