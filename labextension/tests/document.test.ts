import assert from 'node:assert/strict';
import { test } from 'node:test';

import { YNotebook } from '@jupyter/ydoc';

import { arrange, carryComments, restoreDocument } from '../src/models/document.ts';

function play(now: string[], then: string[], stays = -1): string[] {
  const cells = [...now];
  for (const step of arrange(now, then, () => true, stays)) {
    if (step.do === 'delete') {
      cells.splice(step.at, 1);
    } else {
      cells.splice(step.at, 0, then[step.cell]);
    }
  }
  return cells;
}

test('lists become one another, whatever they are', () => {
  let seed = 1;
  const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
  for (let round = 0; round < 2000; round++) {
    const pool = Array.from({ length: 1 + random(8) }, (_, place) => `c${place}`);
    const some = () =>
      pool
        .map(cell => [random(100), cell] as const)
        .sort()
        .map(([, cell]) => cell)
        .slice(0, random(pool.length + 1));
    const [now, then] = [some(), some()];
    assert.deepEqual(play(now, then), then);
    const stays = now.length ? random(now.length) : -1;
    if (stays >= 0 && !then.includes(now[stays])) {
      const left = play(now, then, stays);
      assert.deepEqual(left.filter(cell => cell !== now[stays]), then);
      assert.ok(left.includes(now[stays]));
    }
  }
});

test('what has changed is replaced where it stands', () => {
  assert.deepEqual(
    arrange(['a', 'b'], ['a', 'b'], place => place !== 0),
    [
      { do: 'delete', at: 0 },
      { do: 'insert', at: 0, cell: 0 }
    ]
  );
});

test('what stays is not touched', () => {
  assert.deepEqual(arrange(['a', 'b', 'c'], ['a', 'x', 'c']), [
    { do: 'delete', at: 1 },
    { do: 'insert', at: 1, cell: 1 }
  ]);
  assert.deepEqual(arrange(['a', 'b'], ['a', 'b']), []);
});

const code = (id: string, source: string, outputs: object[] = []) => ({
  id,
  cell_type: 'code',
  source,
  metadata: { tags: [id] },
  execution_count: 3,
  outputs
});

function notebook(...cells: object[]): YNotebook {
  const shared = YNotebook.create({ data: { metadata: {}, nbformat: 4, nbformat_minor: 5 } });
  shared.insertCells(0, cells as never);
  shared.undoManager.clear();
  return shared;
}

const shown = { output_type: 'stream', name: 'stdout', text: 'hello\n' };

test('a document comes back with ids, outputs and metadata, and one undo takes it away', () => {
  const shared = notebook(code('a', 'x = 1'), code('new', 'oops'), code('b', 'y = 3'));
  const before = JSON.stringify(shared.toJSON().cells);
  const document = {
    cells: [code('a', 'x = 1'), code('b', ['y = 2\n', 'y'] as never, [shown]), code('gone', 'z')],
    metadata: { kernelspec: { name: 'python3', display_name: 'Python 3' } },
    nbformat: 4,
    nbformat_minor: 5
  };
  const untouched = shared.getCell(0);
  restoreDocument(shared, document as never);
  const after = shared.toJSON().cells as never as ReturnType<typeof code>[];
  assert.deepEqual(after.map(cell => cell.id), ['a', 'b', 'gone']);
  assert.equal(after[1].source, 'y = 2\ny');
  assert.deepEqual(after[1].outputs, [shown]);
  assert.deepEqual(after[2].metadata, { tags: ['gone'] });
  assert.equal(shared.getCell(0), untouched);
  assert.deepEqual(shared.toJSON().metadata.kernelspec, document.metadata.kernelspec);
  shared.undo();
  assert.equal(JSON.stringify(shared.toJSON().cells), before);
});

test('the cell that asks stays where it is, untouched', () => {
  const shared = notebook(code('a', 'x = 2'), code('ask', '%restore 1'), code('b', 'y'));
  const asking = shared.getCell(1);
  restoreDocument(
    shared,
    { cells: [code('a', 'x = 1'), code('b', 'y')], metadata: {}, nbformat: 4, nbformat_minor: 5 } as never,
    'ask'
  );
  assert.deepEqual(shared.cells.map(cell => cell.id), ['a', 'ask', 'b']);
  assert.equal(shared.getCell(1), asking);
  assert.equal(shared.getCell(0).getSource(), 'x = 1');
});

test('what was restored is taken back, unless somebody has changed the notebook since', () => {
  const shared = notebook(code('a', 'x = 2'), code('ask', '%restore 1'));
  const before = JSON.stringify(shared.toJSON().cells);
  const document = { cells: [code('a', 'x = 1')], metadata: {}, nbformat: 4, nbformat_minor: 5 };
  assert.ok(restoreDocument(shared, document as never, 'ask')());
  assert.equal(JSON.stringify(shared.toJSON().cells), before);
  const undo = restoreDocument(shared, document as never, 'ask');
  shared.getCell(0).setSource('edited');
  assert.ok(!undo());
  assert.equal(shared.getCell(0).getSource(), 'edited');
});

test('texts in lines, as files have them, become whole', () => {
  const shared = notebook();
  const lines = [
    { output_type: 'stream', name: 'stdout', text: ['1\n', '2\n'] },
    {
      output_type: 'display_data',
      data: { 'text/plain': ['a\n', 'b'], 'application/vnd.x+json': ['a', 'b'] },
      metadata: {}
    }
  ];
  const cell = code('a', ['x\n', 'y'] as never, lines);
  restoreDocument(
    shared,
    { cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 } as never
  );
  const restored = shared.toJSON().cells[0] as unknown as ReturnType<typeof code>;
  assert.equal(restored.source, 'x\ny');
  assert.deepEqual(restored.outputs, [
    { output_type: 'stream', name: 'stdout', text: '1\n2\n' },
    {
      output_type: 'display_data',
      data: { 'text/plain': 'a\nb', 'application/vnd.x+json': ['a', 'b'] },
      metadata: {}
    }
  ]);
});

test('a file cannot say that its outputs are to be trusted', () => {
  const shared = notebook();
  const hostile = { ...code('a', ''), metadata: { trusted: true } };
  restoreDocument(
    shared,
    { cells: [hostile], metadata: {}, nbformat: 4, nbformat_minor: 5 } as never
  );
  assert.equal(shared.getCell(0).getMetadata('trusted'), undefined);
});

test('comments are carried, and nothing else of the metadata changes', () => {
  const shared = new YNotebook();
  const before = { kernelspec: { name: 'python3', display_name: 'Python' }, cellbook: { origin: { run: 'a' } } };
  shared.fromJSON({ cells: [], metadata: before, nbformat: 4, nbformat_minor: 5 } as never);
  const comments = { version: 1, threads: [{ thread_id: 'a' }], comments: [] };
  carryComments(shared, comments);
  assert.deepEqual(shared.toJSON().metadata, {
    ...before,
    cellbook: { origin: { run: 'a' }, comments }
  });
  let changes = 0;
  shared.metadataChanged.connect(() => changes++);
  carryComments(shared, comments);
  assert.equal(changes, 0);
  carryComments(shared, null);
  assert.deepEqual(shared.toJSON().metadata, before);
  shared.deleteMetadata('cellbook');
  carryComments(shared, comments);
  carryComments(shared, null);
  assert.deepEqual(shared.toJSON().metadata, { kernelspec: before.kernelspec });
});
