import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Folding } from '../src/models/folding.ts';

const open = (folding: Folding, ...ids: string[]) => ids.filter(id => folding.of(ids).has(id));

test('a few threads are open unasked, and stay so when more arrive', () => {
  const folding = new Folding(3);
  assert.deepEqual(open(folding, 'a', 'b', 'c'), ['a', 'b', 'c']);
  assert.deepEqual(open(folding, 'd', 'a', 'b', 'c'), ['a', 'b', 'c']);
});

test('one that somebody folds stays folded, and opens when they say so', () => {
  const folding = new Folding(3);
  folding.of(['a', 'b']);
  folding.turn('a', false);
  assert.deepEqual(open(folding, 'a', 'b'), ['b']);
  assert.deepEqual(open(folding, 'a', 'b', 'c', 'd'), ['b']);
  folding.turn('a', true);
  folding.turn('d', true);
  assert.deepEqual(open(folding, 'a', 'b', 'c', 'd'), ['a', 'b', 'd']);
});

test('many threads are folded', () => {
  assert.deepEqual(open(new Folding(0), 'a'), []);
  assert.deepEqual(open(new Folding(3), 'a', 'b', 'c', 'd'), []);
});
