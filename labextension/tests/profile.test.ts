import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { ColumnProfile, DataProfile } from '../src/_generated/types.ts';
import { barsOf, frequent, schemaChanges } from '../src/models/profile.ts';

function profile(columns: Record<string, string>): DataProfile {
  const told = Object.entries(columns).map(
    ([name, dtype]): ColumnProfile => ({
      name,
      dtype,
      missing: 0,
      distinct: null,
      least: null,
      greatest: null,
      mean: null,
      deviation: null,
      quantiles: [],
      counts: [],
      top: {}
    })
  );
  return { rows: 1, columns: told, looked_at: 1, left_out: 0 };
}

test('bars are as tall as counts, and what is there can be seen', () => {
  const bars = barsOf([0, 1, 1000], 30, 20);
  assert.deepEqual(bars.map(bar => bar.height), [0, 1, 20]);
  assert.deepEqual(bars.map(bar => bar.x), [0, 10, 20]);
  assert.deepEqual(bars.map(bar => bar.y), [20, 19, 0]);
  assert.deepEqual(barsOf([], 30, 20), []);
  assert.deepEqual(barsOf([0, 0], 30, 20).map(bar => bar.height), [0, 0]);
});

test('frequent values are told with their counts', () => {
  assert.equal(frequent({ red: 12, '': 3 }), 'red 12, "" 3');
  assert.equal(frequent({}), '');
});

test('columns that are new, gone or of another type are told', () => {
  const before = profile({ age: 'int64', city: 'str', same: 'bool' });
  const after = profile({ age: 'float64', same: 'bool', town: 'str' });
  assert.deepEqual(schemaChanges(before, after), [
    { column: 'age', before: 'int64', after: 'float64' },
    { column: 'city', before: 'str', after: '' },
    { column: 'town', before: '', after: 'str' }
  ]);
  assert.deepEqual(schemaChanges(before, before), []);
  assert.equal(schemaChanges(null, before), null);
});
