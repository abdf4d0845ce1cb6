import assert from 'node:assert/strict';
import { mock, test } from 'node:test';

import type { RunRow, RunsPage } from '../src/_generated/types.ts';
import { RunsModel, type IRunChanges, type IRunsSource } from '../src/models/runs.ts';
import { page, row } from './rows.ts';

/** A book in memory. */
class Source implements IRunsSource {
  rows: RunRow[];
  asked: string[] = [];
  refuse: (Error & { status?: number }) | null = null;

  constructor(count: number) {
    this.rows = Array.from({ length: count }, (_, place) => row(count - place));
  }

  async runs(
    _: string,
    options: { query: string; order_by: string; limit: number; offset: number }
  ): Promise<RunsPage> {
    this.asked.push(`${options.query}@${options.offset}`);
    await Promise.resolve();
    if (this.refuse) {
      throw this.refuse;
    }
    const found = this.rows.filter(one => !one.trashed && one.name.includes(options.query));
    const end = options.offset + options.limit;
    return page(found.slice(options.offset, end), { more: end < found.length });
  }

  changeRun(_: string, run: string, changes: IRunChanges): Promise<RunRow> {
    const place = this.rows.findIndex(one => one.run_id === run);
    const old = this.rows[place];
    this.rows[place] = {
      ...old,
      name: changes.run_name ?? old.name,
      trashed: changes.trashed ?? old.trashed
    };
    return Promise.resolve(this.rows[place]);
  }
}

async function started(count: number): Promise<{ source: Source; model: RunsModel }> {
  const source = new Source(count);
  const model = new RunsModel(source, () => 'a.ipynb');
  await model.refresh();
  return { source, model };
}

const numbers = (model: RunsModel) => model.items.map(item => item.row.number);

test('a long list is read as it is scrolled', async () => {
  const { source, model } = await started(250);
  assert.equal(model.items.length, 100);
  assert.ok(model.more);
  model.show(90, 110);
  await model.refresh();
  assert.equal(model.items.length, 200);
  assert.ok(source.asked.includes('@100'));
});

test('a query asks anew; one that is wrong leaves the list and says where', async () => {
  const { source, model } = await started(20);
  await model.ask({ query: 'run 1' });
  assert.equal(model.items.length, 11);
  assert.deepEqual(model.queries, ['run 1']);
  source.refuse = Object.assign(new Error('Expected a value.'), { status: 400 });
  await model.ask({ query: 'run >' });
  assert.deepEqual(model.problem, { message: 'Expected a value.', query: true });
  assert.equal(model.items.length, 11);
  source.refuse = null;
  await model.ask({ query: '' });
  assert.equal(model.problem, null);
  assert.equal(model.items.length, 20);
});

test('where nothing was recorded yet nothing is wrong', async () => {
  const source = new Source(0);
  source.refuse = Object.assign(new Error('There is no book.'), { status: 404 });
  const model = new RunsModel(source, () => '');
  await model.refresh();
  assert.ok(model.page?.empty_book);
  assert.equal(model.problem, null);
  source.rows = [row(1)];
  source.refuse = null;
  await model.refresh();
  assert.deepEqual(numbers(model), [1]);
});

test('an answer that comes too late is none', async () => {
  const { source, model } = await started(5);
  let answer: (page: RunsPage) => void = () => undefined;
  source.runs = (_, options) =>
    options.query === 'slow'
      ? new Promise(resolve => (answer = resolve))
      : Promise.resolve(page([row(7)]));
  const slow = model.ask({ query: 'slow' });
  await model.ask({ query: 'quick' });
  answer(page([row(1)]));
  await slow;
  assert.deepEqual(numbers(model), [7]);
});

test('many changes of a book are few questions', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const { source, model } = await started(3);
    source.asked = [];
    for (let count = 0; count < 20; count++) {
      model.tell(['metrics']);
    }
    model.tell(['checkpoints']);
    assert.equal(source.asked.length, 1);
    mock.timers.tick(500);
    await model.refresh();
    assert.ok(source.asked.length <= 3);
  } finally {
    mock.timers.reset();
  }
});

test('what is chosen stays while the list changes', async () => {
  const { source, model } = await started(3);
  model.choice = model.choice.toggle('id2');
  const kept = model.items[1];
  source.rows.unshift(row(4));
  await model.refresh();
  assert.deepEqual(numbers(model), [4, 3, 2, 1]);
  assert.deepEqual(
    model.chosen.map(one => one.number),
    [2]
  );
  assert.equal(model.items[2], kept);
});

test('what is chosen stays so while something else is asked', async () => {
  const { model } = await started(12);
  model.choice = model.choice.toggle('id2');
  await model.ask({ query: 'run 11' });
  model.choice = model.choice.toggle('id11');
  assert.deepEqual(
    model.chosen.map(one => one.number),
    [11, 2]
  );
  model.choice = model.choice.toggle('id2');
  assert.equal(model.chosen.length, 1);
});

test('a run is renamed at once', async () => {
  const { model } = await started(2);
  await model.change('id2', { run_name: 'better' });
  assert.equal(model.find('id2')?.name, 'better');
});

test('runs go to the trash, and come back by undo', async () => {
  const { model } = await started(3);
  model.choice = model.choice.toggle('id2').toggle('id3');
  model.details = 'id3';
  await model.put('trashed', model.chosen);
  assert.deepEqual(numbers(model), [1]);
  assert.equal(model.details, null);
  assert.equal(model.choice.chosen.size, 0);
  assert.equal(model.done?.runs.length, 2);
  await model.undo();
  assert.deepEqual(numbers(model), [3, 2, 1]);
  assert.equal(model.done, null);
});

test('of another book nothing stays', async () => {
  const { source, model } = await started(3);
  model.choice = model.choice.toggle('id2');
  source.rows = [row(9)];
  await model.reset();
  assert.deepEqual(numbers(model), [9]);
  assert.equal(model.choice.chosen.size, 0);
});
