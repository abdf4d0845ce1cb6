import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { GridColumn, GridRow, RunsGrid } from '../src/_generated/types.ts';
import { BLOCK, GridModel, listing, type IGridState } from '../src/models/grid.ts';
import { nameWidth, widths, within } from '../src/models/gridWidths.ts';
import type { ISource } from '../src/models/source.ts';

interface IAsked {
  query: string;
  order_by: string;
  columns: string;
  baseline: string;
  offset: number;
  limit: number;
}

function column(key: string): GridColumn {
  const [part, name] = key.split('.');
  return {
    key,
    field: part === 'tags' ? '' : key,
    group: part === 'metrics' ? 'Metrics' : part === 'params' ? 'Params' : 'Tags',
    name,
    numeric: part === 'metrics',
    direction: null,
    differs: true,
    count: 1
  };
}

function line(number: number, columns: readonly string[], text = 'x'): GridRow {
  return {
    run_id: `r${number}`,
    number,
    name: `run ${number}`,
    state: 'finished',
    stale: 0,
    nested: false,
    archived: false,
    trashed: false,
    reproduces: '',
    spark: [],
    texts: columns.map(() => text),
    full: columns.map(() => ''),
    deltas: columns.map(() => ''),
    verdicts: columns.map(() => ''),
    reached: columns.map(() => null),
    start_time: 0
  };
}

/** A book of runs, the newest of which is the last. */
class Source implements ISource {
  asked: IAsked[] = [];
  runs = Array.from({ length: 1000 }, (_, place) => place + 1);
  text = 'x';
  problem = '';
  waits: Promise<void> = Promise.resolve();

  async ask<T>(_: string, question: string, query: object): Promise<T> {
    assert.equal(question, 'grid');
    const asked = query as IAsked;
    this.asked.push(asked);
    const problem = this.problem;
    await this.waits;
    if (problem) {
      throw new Error(problem);
    }
    const keys = asked.columns
      ? (JSON.parse(asked.columns) as string[])
      : ['metrics.acc', 'params.lr', 'params.seed', 'tags.team'];
    const [key, way] = asked.order_by.split(' ');
    const found = asked.query ? this.runs.filter(run => run < Number(asked.query)) : this.runs;
    const sorted = way === 'ASC' ? found : [...found].reverse();
    const page = sorted.slice(asked.offset, asked.offset + asked.limit);
    const answer: RunsGrid = {
      columns: keys.map(column),
      rows: page.map(number => line(number, keys, this.text)),
      offset: asked.offset,
      total: found.length,
      baseline: asked.baseline ? line(1, keys) : null,
      order: { key: key || 'start_time', descending: way !== 'ASC' },
      known: 4,
      differing: 4,
      empty_book: false,
      hint: '',
      note: '',
      now: 0
    };
    return answer as T;
  }
}

async function open(state: Partial<IGridState> = {}): Promise<[GridModel, Source]> {
  const source = new Source();
  const model = new GridModel(source, listing('a.ipynb', state));
  await model.refresh();
  return [model, source];
}

const settled = () => new Promise(resolve => setTimeout(resolve));

test('only the rows in sight are read, and once', async () => {
  const [model, source] = await open();
  assert.equal(model.total, 1000);
  assert.equal(source.asked.length, 1);
  model.look(400, 440);
  model.look(401, 441);
  await settled();
  assert.deepEqual(
    source.asked.map(({ offset }) => offset),
    [0, 400]
  );
  assert.equal(model.row(440)?.number, 560);
  assert.equal(model.row(500), undefined);
});

test('a column sorts upwards, then downwards, then no more', async () => {
  const [model, source] = await open();
  const [acc, , , team] = model.columns;
  for (const order of ['metrics.acc ASC', 'metrics.acc DESC', '']) {
    await model.sort(acc);
    assert.equal(source.asked[source.asked.length - 1].order_by, order);
  }
  await model.sort(team);
  assert.equal(model.state.order, '', 'there is no order by it');
  assert.equal(model.list, 4, 'each begins at its top');
});

test('columns are shown beside their group, hidden and moved', async () => {
  const [model] = await open();
  const shown = () => model.columns.map(({ name }) => name).join();
  await model.toggle(column('params.deep'));
  assert.equal(shown(), 'acc,lr,seed,deep,team');
  await model.toggle(column('params.lr'));
  assert.equal(shown(), 'acc,seed,deep,team');
  await model.move('tags.team', 0);
  assert.equal(shown(), 'team,acc,seed,deep');
  await model.move('tags.team', 2);
  assert.equal(shown(), 'acc,team,seed,deep');
  await model.move('params.deep', 99);
  assert.equal(shown(), 'acc,team,seed,deep');
  await model.show(['metrics.acc']);
  await model.toggle(column('metrics.acc'));
  assert.equal(shown(), 'acc', 'one stays');
  await model.show([]);
  assert.equal(shown(), 'acc,lr,seed,team');
});

test('a change of the book keeps rows that did not change, choice and place', async () => {
  const [model, source] = await open();
  model.tick(3);
  const before = model.row(3);
  source.runs.push(1001);
  await model.refresh();
  assert.equal(model.row(4), before, 'the very same row, one further down');
  assert.equal(model.at, 4);
  assert.deepEqual([...model.chosen.keys()], ['r997']);
  source.text = 'y';
  await model.refresh();
  assert.equal(model.chosen.get('r997')?.texts[0], 'y');
  assert.equal(model.list, 0);
});

test('many changes of a book are few questions', async () => {
  const [model, source] = await open();
  for (let round = 0; round < 20; round++) {
    model.tell(['metrics']);
  }
  model.tell(['checkpoints']);
  await settled();
  assert.equal(source.asked.length, 2);
});

test('a stretch of rows is chosen, read or not', async () => {
  const [model] = await open();
  model.go(10);
  model.go(BLOCK + 4, true);
  await settled();
  assert.equal(model.chosen.size, BLOCK - 5);
  model.clear();
  assert.equal(model.chosen.size, 0);
});

test('a query that is wrong leaves the table and says why', async () => {
  const [model, source] = await open();
  source.problem = 'Wrong.\n  a ?\n    ^';
  await model.change({ query: 'a ?' });
  assert.match(model.problem, /Wrong/);
  assert.equal(model.row(0)?.number, 1000);
  source.problem = '';
  await model.change({ query: '5' });
  assert.equal(model.problem, '');
  assert.equal(model.total, 4);
});

test('an answer that comes too late is none', async () => {
  const [model, source] = await open();
  let go = () => undefined as void;
  source.waits = new Promise(resolve => (go = resolve));
  const late = model.change({ query: '5' });
  source.waits = Promise.resolve();
  await model.change({ query: '9' });
  go();
  await late;
  assert.equal(model.total, 8);
  assert.equal(model.busy, false);
});

test('columns are as wide as their texts, and grow only', () => {
  const columns = [column('metrics.acc'), column('params.lr')];
  const rows = [line(1, ['a', 'b'], '12345678901234567890')];
  const found = widths(columns, rows, false, new Map());
  const narrow = widths(columns, [line(1, ['a', 'b'], '1')], false, found);
  assert.deepEqual(narrow, found);
  const compared = widths(columns, [{ ...rows[0], deltas: ['+0.1', ''] }], true, new Map());
  assert.ok(compared.get('metrics.acc')!.delta > 0);
  assert.equal(compared.get('params.lr')!.delta, 0);
  const goals = widths(columns, [{ ...rows[0], reached: [false, null] }], false, new Map());
  assert.ok(goals.get('metrics.acc')!.all > found.get('metrics.acc')!.all);
  assert.equal(goals.get('params.lr')!.goal, 0);
  const huge = widths(columns, [line(1, ['a', 'b'], 'x'.repeat(5000))], false, new Map());
  assert.ok(huge.get('params.lr')!.all < 300);
});

test('names take the room that is free, and a part of it where it is not', () => {
  assert.equal(nameWidth(12, 300, 1200), 250);
  assert.equal(nameWidth(40, 300, 1200), 458);
  assert.equal(nameWidth(40, 3000, 1000), 350);
  assert.equal(nameWidth(400, 300, 2000), 560);
});

test('of many columns those in sight are drawn', () => {
  const all = Array.from({ length: 5000 }, () => 100);
  assert.deepEqual(within(all, 0, 950), [0, 9]);
  assert.deepEqual(within(all, 1000, 1950), [9, 19]);
  assert.deepEqual(within(all, -200, 10), [0, 0]);
  assert.deepEqual(within([], 0, 100), [0, 0]);
  assert.deepEqual(within([100], 500, 900), [0, 0]);
});

test('the baseline is chosen from above the table as it is at its place', async () => {
  const [model] = await open({ baseline: 'r1' });
  model.tickBaseline();
  assert.deepEqual([...model.chosen.keys()], ['r1']);
  model.tickBaseline();
  assert.equal(model.chosen.size, 0);
});

test('what goes on a dashboard has a title of its own', async () => {
  const [model] = await open({ query: '9', most: 20 });
  assert.deepEqual(model.pinned, {
    title: '9',
    runs: [],
    query: '9',
    limit: 20,
    look: { rows: true, baseline: '', everything: false }
  });
  model.tick(0);
  model.tick(2);
  assert.equal(model.pinned.title, '#6 #8');
  assert.deepEqual(model.pinned.runs, ['r6', 'r8']);
  assert.equal(model.pinned.query, '');
  const [all] = await open();
  assert.deepEqual([all.pinned.title, all.pinned.limit], ['Newest runs', 100]);
});
