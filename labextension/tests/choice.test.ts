import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Choice } from '../src/models/choice.ts';

const IDS = ['a', 'b', 'c', 'd', 'e'];

test('a row is chosen and let go', () => {
  let choice = new Choice().toggle('b').toggle('d');
  assert.deepEqual([...choice.chosen], ['b', 'd']);
  choice = choice.toggle('b');
  assert.deepEqual([...choice.chosen], ['d']);
  assert.equal(choice.at, 'b');
});

test('a stretch grows and shrinks from where it began', () => {
  let choice = new Choice().go('c').stretch('e', IDS);
  assert.deepEqual([...choice.chosen], ['c', 'd', 'e']);
  choice = choice.stretch('b', IDS);
  assert.deepEqual([...choice.chosen], ['b', 'c']);
  assert.deepEqual([...choice.stretch('gone', IDS).chosen], ['gone']);
});

test('keys stay within the list', () => {
  const choice = new Choice().go('b');
  assert.equal(choice.step(1, IDS), 'c');
  assert.equal(choice.step(-5, IDS), 'a');
  assert.equal(choice.step(Infinity, IDS), 'e');
  assert.equal(new Choice().step(1, IDS), 'a');
  assert.equal(new Choice().step(1, []), null);
});
