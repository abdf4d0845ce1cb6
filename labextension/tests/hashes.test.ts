import assert from 'node:assert/strict';
import { test } from 'node:test';

import { CellHashes, sourceHash } from '../src/models/hashes.ts';

test('hashes are those of the kernel', () => {
  // As cellbook.capture.source_hash gives them; tests/test_labextension.py compares many more.
  assert.equal(sourceHash('x = 1'), '8ff436def1451285');
});

test('white space at the end does not count, at the beginning it does', () => {
  assert.equal(sourceHash('x = 1 \n\t\u2029\x1f'), sourceHash('x = 1'));
  assert.notEqual(sourceHash(' x = 1'), sourceHash('x = 1'));
  assert.notEqual(sourceHash('x = 1\ufeff'), sourceHash('x = 1'));
});

test('a cell is hashed anew when its source has changed', () => {
  const cell = { id: 'a', cell_type: 'code', source: 'x', getSource: () => cell.source };
  const hashes = new CellHashes();
  const before = hashes.rows([cell]);
  assert.deepEqual(hashes.rows([cell]), before);
  cell.source = 'y';
  assert.deepEqual(hashes.rows([cell]), [['a', 'code', sourceHash('y')]]);
});
