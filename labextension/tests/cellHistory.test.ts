import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { CellVersion } from '../src/_generated/types.ts';
import { CellHistory, versions } from '../src/models/cellHistory.ts';

const execution = (number: number, source = 'x'): CellVersion => ({
  execution_id: String(number).padStart(4, '0'),
  source,
  source_hash: source,
  outputs: [],
  start_time: number,
  duration: 1,
  state: 'ok',
  error: null,
  run_id: null,
  run_number: 0,
  run_name: '',
  stale: [],
  execution_count: number,
  note: ''
});

/** Answers as the server does: newest first, before an execution. */
function server(recorded: Record<string, CellVersion[]>) {
  return (cell: string, options: { limit: number; before?: string }) => {
    const all = recorded[cell];
    if (!all) {
      return Promise.reject(Object.assign(new Error(`${cell} is not on record`), { status: 404 }));
    }
    const before = options.before ?? '~';
    const found = all.filter(version => version.execution_id < before);
    return Promise.resolve(found.reverse().slice(0, options.limit));
  };
}

const numbers = (from: number, to: number, step = 1) =>
  Array.from({ length: Math.ceil((to - from) / step) }, (_, place) => from + step * place);

test('it comes in pages, the newest first', async () => {
  const load = server({ a: numbers(0, 45).map(number => execution(number, `x${number}`)) });
  const history = new CellHistory(load, ['a']);
  await history.older();
  assert.equal(history.count, 20);
  assert.equal(history.versions[0].source, 'x44');
  assert.ok(history.more);
  await history.older();
  await history.older();
  assert.equal(history.count, 45);
  assert.equal(history.versions.at(-1)?.source, 'x0');
  assert.ok(!history.more);
});

test('a cell with several ids has one history', async () => {
  const load = server({
    a: numbers(0, 60, 2).map(number => execution(number, `x${number}`)),
    b: numbers(1, 60, 2).map(number => execution(number, `x${number}`))
  });
  const history = new CellHistory(load, ['new', 'a', 'b']);
  for (let page = 0; page < 4; page++) {
    await history.older();
  }
  assert.deepEqual(
    history.versions.map(version => version.source),
    numbers(0, 60)
      .reverse()
      .map(number => `x${number}`)
  );
  assert.equal(history.error, '');
});

test('a cell that is not on record says so', async () => {
  const history = new CellHistory(server({}), ['a']);
  await history.older();
  assert.equal(history.error, 'a is not on record');
  assert.equal(history.count, 0);
});

test('a server that does not answer for one of the ids is trouble', async () => {
  const load = server({ a: [execution(1)] });
  const history = new CellHistory(
    (cell, options) =>
      cell === 'b' ? Promise.reject(new Error('It does not answer.')) : load(cell, options),
    ['a', 'b']
  );
  await history.older();
  assert.equal(history.error, 'It does not answer.');
});

test('executions of the same source are one version, as long as they follow one another', () => {
  const found = versions([
    execution(5, 'b'),
    execution(4, 'a'),
    execution(3, 'a'),
    execution(2, 'b')
  ]);
  assert.deepEqual(
    found.map(version => [version.source, version.executions.length]),
    [
      ['b', 1],
      ['a', 2],
      ['b', 1]
    ]
  );
});
