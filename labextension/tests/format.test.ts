import assert from 'node:assert/strict';
import { test } from 'node:test';

import { age, date, duration, halves, number, shorten, size, value as written } from '../src/models/format.ts';

test('numbers have four significant digits', () => {
  const written: [number | 'NaN' | 'Infinity' | '-Infinity', string][] = [
    [0.95301, '0.9530'],
    [12, '12'],
    [123456.7, '123457'],
    [1234567, '1.235e6'],
    [0.00001234, '1.234e-5'],
    [0, '0'],
    ['NaN', 'NaN'],
    ['-Infinity', '-∞']
  ];
  for (const [value, text] of written) {
    assert.equal(number(value), text);
  }
});

test('spans of time', () => {
  assert.equal(duration(0.34), '340 ms');
  assert.equal(duration(14.2), '14.2 s');
  assert.equal(duration(134), '2 m 14 s');
  assert.equal(duration(3 * 3600 + 300), '3 h 05 m');
  assert.equal(duration(null), '—');
});

test('ages, dates, sizes', () => {
  assert.equal(age(0, 3000), 'just now');
  assert.equal(age(0, 65_000), '1 min ago');
  assert.match(age(0, 1e12), /^19(69|70)-/);
  assert.match(date(0), /^19(69|70)-\d\d-\d\d \d\d:\d\d:\d\d$/);
  assert.equal(size(12), '12 bytes');
  assert.equal(size(12_400_000), '12.4 MB');
});

test('text is cut to one line', () => {
  assert.equal(shorten('a\n  b', 10), 'a b');
  assert.equal(shorten('x'.repeat(10_000), 5), 'xxxx…');
});

test('values are written as one writes a param', () => {
  const cases: [unknown, string][] = [
    [0.01, '0.01'],
    [1e-5, '1e-5'],
    [0.1 + 0.2, '0.3'],
    [12345.678, '12346'],
    [12345678, '12345678'],
    [true, 'True'],
    [null, 'None'],
    [Infinity, '∞'],
    ['adam', 'adam'],
    ['two\nlines', 'two lines'],
    [[64, 64], '[64,64]']
  ];
  for (const [value, text] of cases) {
    assert.equal(written(value), text);
  }
});

test('a name is cut before its end, which tells it from others, and never within a character', () => {
  assert.deepEqual(halves('short'), ['short', '']);
  assert.deepEqual(halves('sgd alpha=0.0001 eta=0.01'), ['sgd alpha=0.000', '1 eta=0.01']);
  const [begin, end] = halves('👩‍🔬'.repeat(30));
  assert.equal(end, '👩‍🔬'.repeat(10));
  assert.equal(begin, '👩‍🔬'.repeat(20));
});
