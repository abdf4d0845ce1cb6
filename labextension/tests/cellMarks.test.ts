import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { TranslationBundle } from '@jupyterlab/translation';

import type { CellMark } from '../src/_generated/types.ts';
import { CellMarks, describe } from '../src/models/cellMarks.ts';
import { age } from '../src/models/format.ts';
import type { IKernelState } from '../src/tokens.ts';

const trans = {
  __: (text: string, ...given: unknown[]) =>
    given.reduce<string>((said, part, place) => said.replace(`%${place + 1}`, String(part)), text)
} as TranslationBundle;
const NOW = 1_000_000_000_000;
const ago = (time: number) => age(time, NOW);

const mark = (changes: Partial<CellMark> = {}): CellMark => ({
  cell_id: 'a',
  execution_id: 'e1',
  run_id: null,
  run_number: 0,
  run_name: '',
  run_state: null,
  state: 'ok',
  start_time: NOW - 180_000,
  duration: 0.34,
  error: null,
  stale: [],
  source_hash: 'one',
  executions: 1,
  execution_count: 7,
  ...changes
});

const kernel = (changes: Partial<IKernelState> = {}): IKernelState => ({
  recording: 'on',
  why: '',
  book: '',
  run: null,
  stale: {},
  auto: true,
  head: null,
  ...changes
});

const RUN = { run_id: 'r', run_number: 12, run_name: 'wide', experiment: '', start_time: 0 };

async function marked(marks: CellMark[], stableIds = true): Promise<CellMarks> {
  const found = new CellMarks(
    () => Promise.resolve(marks),
    () => stableIds,
    'edited'
  );
  await found.refresh();
  return found;
}

test('a cell that never ran has nothing to say', async () => {
  const marks = await marked([]);
  assert.equal(marks.of({ id: 'a', hash: 'one' }), null);
});

test('a cell that ran well has a history, and no more', async () => {
  const marks = await marked([mark({ executions: 3 })]);
  const verdict = marks.of({ id: 'a', hash: 'one' })!;
  assert.equal(verdict.kind, 'history');
  assert.deepEqual(describe(verdict, trans, ago), [
    'Ran 3 min ago · took 340 ms · 3 times on record'
  ]);
});

test('how it ended comes before all else, and is told with why it is stale', async () => {
  const marks = await marked([mark({ state: 'error', error: 'ValueError: <b>no</b>' })]);
  const verdict = marks.of({ id: 'a', hash: 'two' })!;
  assert.equal(verdict.kind, 'failed');
  assert.deepEqual(describe(verdict, trans, ago).slice(0, 2), [
    '✗ Failed: ValueError: <b>no</b>',
    '◌ Stale: edited'
  ]);
  const kind = async (state: CellMark['state']) =>
    (await marked([mark({ state })])).of({ id: 'a', hash: 'one' })!.kind;
  assert.equal(await kind('interrupted'), 'interrupted');
  assert.equal(await kind('killed'), 'killed');
});

test('the kernel knows what is stale, before the book knows the cell', async () => {
  const marks = await marked([]);
  marks.setKernel(kernel({ stale: { b: ['uses `x`'] } }));
  const verdict = marks.of({ id: 'b', hash: 'one' })!;
  assert.equal(verdict.kind, 'stale');
  assert.deepEqual(describe(verdict, trans, ago), ['◌ Stale: uses `x`']);
});

test('a part of the run that is open says so, of one that has ended does not', async () => {
  const inRun = mark({ run_id: 'r', run_number: 12, run_name: 'wide', run_state: 'running' });
  const marks = await marked([inRun]);
  const kind = () => marks.of({ id: 'a', hash: 'one' })!.kind;
  assert.equal(kind(), 'open');
  marks.setKernel(kernel({ run: RUN }));
  assert.equal(kind(), 'open');
  assert.equal(
    describe(marks.of({ id: 'a', hash: 'one' })!, trans, ago)[0],
    '● Part of run #12 wide, which is open'
  );
  // The kernel knows of its end first.
  marks.setKernel(kernel());
  assert.equal(kind(), 'history');
});

test('a kernel that records knows best what is stale, as after a restore', async () => {
  const marks = await marked([mark()]);
  const kind = () => marks.of({ id: 'a', hash: 'two' })!.kind;
  assert.equal(kind(), 'stale');
  marks.setKernel(kernel());
  assert.equal(kind(), 'history');
  marks.setKernel(null);
  assert.equal(kind(), 'stale');
});

test('cells without lasting ids are found by their text, and that is said', async () => {
  const list = [mark({ cell_id: 'old', execution_id: 'e0' }), mark({ execution_id: 'e3' })];
  const marks = await marked(list, false);
  const verdict = marks.of({ id: 'new', hash: 'one' })!;
  assert.equal(verdict.mark?.execution_id, 'e3');
  assert.match(describe(verdict, trans, ago).at(-1)!, /Found by its text/);
  assert.deepEqual(marks.idsOf({ id: 'new', hash: 'one' }), ['new', 'a', 'old']);
  const stable = await marked(list);
  assert.equal(stable.of({ id: 'new', hash: 'one' }), null);
  assert.deepEqual(stable.idsOf({ id: 'new', hash: 'one' }), ['new']);
});

test('one question at a time, and one more for all that came meanwhile', async () => {
  let asked = 0;
  let answer = () => {};
  const marks = new CellMarks(
    () =>
      new Promise(resolve => {
        asked++;
        answer = () => resolve([]);
      }),
    () => true,
    'edited'
  );
  const first = marks.refresh();
  void marks.refresh();
  void marks.refresh();
  assert.equal(asked, 1);
  answer();
  await first;
  assert.equal(asked, 2);
  answer();
  await new Promise(setImmediate);
  assert.equal(asked, 2);
});

test('without a server what was known stays', async () => {
  let works = true;
  const marks = new CellMarks(
    () => (works ? Promise.resolve([mark()]) : Promise.reject(new Error('gone'))),
    () => true,
    'edited'
  );
  await marks.refresh();
  works = false;
  await marks.refresh();
  assert.equal(marks.of({ id: 'a', hash: 'one' })?.kind, 'history');
});
