import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Succession } from '../src/models/succession.ts';

const X = { id: 'x', source: 'x = 1' };
const Y = { id: 'y', source: 'y = 2' };
const Z = { id: 'z', source: 'z = 3' };
const BOTH = { id: 'both', source: 'x = 1\n\ny = 2' };

function seen(...looks: { id: string; source: string }[][]): Succession {
  const made = new Succession();
  looks.forEach(cells => made.look(cells));
  return made;
}

test('cells that are merged go into the one that holds them', () => {
  assert.deepEqual(seen([X, Y, Z], [BOTH, Z]).of('both'), ['x', 'y']);
});

test('one that was merged before brings those that went into it', () => {
  const all = { id: 'all', source: 'x = 1\n\ny = 2\n\nz = 3' };
  assert.deepEqual(seen([X, Y, Z], [BOTH, Z], [all]).of('all').toSorted(), ['both', 'x', 'y', 'z']);
});

test('what was there before is nothing that another one went into', () => {
  const had = { id: 'had', source: 'x = 1\ny = 2' };
  assert.deepEqual(seen([X, had], [had]).of('had'), []);
  assert.deepEqual(seen([BOTH]).of('both'), []);
});

test('neither is what has only a part of it, or one of two that have it', () => {
  assert.deepEqual(seen([X, Y], [{ id: 'a', source: 'max = 1' }]).of('a'), []);
  const [a, b] = ['a', 'b'].map(id => ({ ...BOTH, id }));
  assert.deepEqual(seen([X], [a, b]).of('a'), []);
});

test('an empty cell went nowhere', () => {
  assert.deepEqual(seen([{ id: 'e', source: ' ' }], [BOTH]).of('both'), []);
});
