import assert from 'node:assert/strict';
import { test } from 'node:test';

import { namesIn, shortName } from '../src/models/people.ts';

test('a name to be mentioned by is made of how somebody is called', () => {
  const made = ['Ada Lovelace', ' Żaneta ', '-o’Brien.', '…', ''].map(shortName);
  assert.deepEqual(made, ['ada', 'żaneta', 'obrien', '', '']);
});

test('names are found however they are written', () => {
  assert.deepEqual(namesIn('@lin, grace; @lin  ada@example.org'), ['lin', 'grace', 'ada@example.org']);
  assert.deepEqual(namesIn(' '), []);
});
