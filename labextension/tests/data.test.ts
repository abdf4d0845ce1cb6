import assert from 'node:assert/strict';
import { test } from 'node:test';

import type {
  DataComparison,
  DataDetails,
  DatasetVersion,
  RunHead,
  UsedData
} from '../src/_generated/types.ts';
import {
  chosenAfter,
  chosenOf,
  DataModel,
  factsOf,
  labelOf,
  lookingAt,
  onlyRuns,
  sameUse,
  shortDigest,
  usedAs
} from '../src/models/data.ts';
import type { ISource } from '../src/models/source.ts';

function used(name: string, version: number, roles: string[] = [], digest = ''): UsedData {
  return {
    dataset_id: `${name}-${version}`,
    name,
    version,
    roles,
    kind: 'frame',
    extent: '3 rows',
    source: '',
    labels: [],
    aliases: [],
    digest: digest || `sha256:${name}${version}`
  };
}

function head(number: number): RunHead {
  const run_id = String(number);
  const state = 'finished' as const;
  return { run_id, number, name: 'run', state, running: false, trashed: false, notes: '', flags: [] };
}

function version(more: Partial<DatasetVersion> = {}): DatasetVersion {
  return {
    dataset_id: 'a',
    name: 'wine',
    digest: 'cellbook-frame-1:0123456789abcdef',
    created: 0,
    version: 3,
    labels: [],
    source: '',
    labelled: {},
    kind: 'frame',
    size: 1200,
    rows: 3,
    columns: 2,
    manifest: '',
    content: '',
    profile: '',
    etag: '',
    made: {},
    parents: {},
    tracked: 0,
    deleted: 0,
    aliases: [],
    ...more
  };
}

function details(more: Partial<DatasetVersion> = {}, extent = '3 rows'): DataDetails {
  return {
    version: version(more),
    extent,
    runs: [],
    earlier_runs: 0,
    parents: [],
    children: [],
    versions: [],
    moves: [],
    cell: null,
    profile: null,
    now: 0
  };
}

/** Answers when it is told to. */
class Source implements ISource {
  readonly asked: [string, object][] = [];
  readonly waiting: ((problem?: string) => void)[] = [];

  ask<T>(_: string, question: string, query: object): Promise<T> {
    this.asked.push([question, query]);
    const answer = question === 'data' ? { rows: [], total: 0 } : details();
    return new Promise((resolve, reject) => {
      this.waiting.push(problem =>
        problem ? reject(new Error(problem)) : resolve(answer as unknown as T)
      );
    });
  }

  change<T>(): Promise<T> {
    return Promise.reject(new Error('It is not to be changed.'));
  }

  artifact(): Promise<BlobPart> {
    return Promise.reject(new Error('There is none.'));
  }
}

test('what is listed, and one of it, are asked for', async () => {
  const source = new Source();
  const model = new DataModel(source, lookingAt('work.ipynb'));
  let done = model.refresh();
  assert.equal(model.busy, true);
  source.waiting.pop()!();
  await done;
  assert.deepEqual(source.asked, [['data', { text: '', every: false, limit: 100 }]]);
  assert.equal(model.page?.total, 0);
  done = model.open('wine@3');
  source.waiting.pop()!();
  await done;
  assert.deepEqual(source.asked.at(-1), ['data-version', { data: 'wine@3' }]);
  assert.equal(model.details?.version.name, 'wine');
  assert.equal(model.busy, false);
});

test('an answer that is late is none', async () => {
  const source = new Source();
  const model = new DataModel(source, lookingAt('work.ipynb'));
  const first = model.seek({ text: 'w' });
  const second = model.seek({ text: 'wine' });
  const [late, last] = source.waiting;
  last();
  await second;
  late('It is gone.');
  await first;
  assert.equal(model.problem, '');
  assert.equal(model.state.text, 'wine');
});

test('a problem is told until it is mended', async () => {
  const source = new Source();
  const model = new DataModel(source, lookingAt('work.ipynb', 'gone@1'));
  let done = model.refresh();
  source.waiting.pop()!('There is none.');
  await done;
  assert.equal(model.problem, 'There is none.');
  done = model.open('');
  assert.equal(model.problem, '');
  source.waiting.pop()!();
  await done;
  assert.notEqual(model.page, null);
});

test('more is listed at once, and again from the beginning for other words', async () => {
  const source = new Source();
  const model = new DataModel(source, lookingAt('work.ipynb'));
  const limits = () => source.asked.map(([, query]) => (query as { limit: number }).limit);
  void model.more();
  void model.seek({ every: true });
  assert.deepEqual(limits(), [200, 100]);
});

test('changes of data are read, others are not', () => {
  const source = new Source();
  const model = new DataModel(source, lookingAt('work.ipynb'));
  model.tell(['comments']);
  assert.equal(source.asked.length, 0);
  model.tell(['dataset_aliases']);
  assert.equal(source.asked.length, 1);
});

test('a version is named', () => {
  assert.equal(labelOf(used('wine', 3)), 'wine@3');
  assert.equal(labelOf(used('', 0)), '-0');
  assert.equal(usedAs(used('wine', 3, ['train', 'test'])), '@3 train, test');
  assert.equal(usedAs(used('wine', 3)), '@3');
  assert.equal(shortDigest('cellbook-frame-1:0123456789abcdef'), '0123456789ab');
  assert.equal(shortDigest('abc'), 'abc');
});

test('the same content for the same role is the same use', () => {
  assert.ok(sameUse([used('a', 1, ['test'], 'x')], [used('b', 2, ['test'], 'x')]));
  assert.ok(!sameUse([used('a', 1, ['test'])], [used('a', 1, ['train'])]));
  assert.ok(!sameUse([used('a', 1)], [used('a', 2)]));
  assert.ok(!sameUse([used('a', 1)], []));
  assert.ok(sameUse([used('a', 1), used('b', 1)], [used('b', 1), used('a', 1)]));
});

test('facts of two versions stand beside one another', () => {
  const facts = factsOf(details(), details({ digest: 'x', source: 'wine.csv' }, '4 rows'));
  const told = new Map(facts.map(fact => [fact.name, fact]));
  assert.equal(told.get('kind')?.differs, false);
  assert.deepEqual(told.get('extent'), {
    name: 'extent',
    first: '3 rows',
    second: '4 rows',
    differs: true
  });
  assert.equal(told.get('source')?.first, '');
  assert.equal(told.has('labels'), false);
});

test('what is left when runs are hidden differs anew', () => {
  const found: DataComparison = {
    runs: [head(1), head(2), head(3)],
    baseline: 0,
    rows: [
      { name: 'wine', cells: [[used('wine', 1)], [used('wine', 2)], [used('wine', 2)]], differs: true },
      { name: 'only', cells: [[used('only', 1)], [], []], differs: true }
    ],
    warnings: [],
    missing: []
  };
  assert.equal(onlyRuns(found, ['1', '2', '3']), found);
  const left = onlyRuns(found, ['2', '3']);
  assert.deepEqual(left.runs.map(run => run.number), [2, 3]);
  assert.deepEqual(left.rows.map(row => [row.name, row.differs]), [['wine', false]]);
  assert.equal(left.baseline, 0);
  assert.equal(onlyRuns(found, ['1', '3']).rows[0].differs, true);
});

test('of the versions that are clicked the last two are chosen, and one again is not', () => {
  assert.deepEqual(chosenAfter([], 'a'), ['a']);
  assert.deepEqual(chosenAfter(['a'], 'b'), ['a', 'b']);
  assert.deepEqual(chosenAfter(['a', 'b'], 'c'), ['b', 'c']);
  assert.deepEqual(chosenAfter(['a', 'b'], 'a'), ['b']);
});

test('versions that no run used any more are not chosen', () => {
  const [one, two] = [used('wine', 1), used('wine', 2)];
  const rows = [{ name: 'wine', cells: [[one], [two]], differs: true }];
  const found: DataComparison = { runs: [head(1), head(2)], baseline: 0, rows, warnings: [], missing: [] };
  assert.deepEqual(chosenOf(found, ['wine-2', 'gone', 'wine-1']), [two, one]);
});
