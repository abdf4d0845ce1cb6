import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Scale, logTicks, range, stepText, tickTexts, ticks } from '../src/models/axes.ts';
import { colourOf, dashOf } from '../src/models/colours.ts';
import { apart, curvePath, nearest, smooth } from '../src/models/curves.ts';
import { equals, narrowed, queryProblem } from '../src/models/query.ts';
import { sparkPath } from '../src/models/spark.ts';

test('axes have round numbers', () => {
  assert.deepEqual(tickTexts(ticks(0, 1, 5)), ['0.0', '0.2', '0.4', '0.6', '0.8', '1.0']);
  assert.deepEqual(logTicks(0.001, 10), [0.001, 0.01, 0.1, 1, 10]);
  assert.ok(logTicks(0.5, 0.97).length > 3);
  assert.deepEqual(ticks(3, 3), [3]);
  assert.equal(stepText(20_000), '20k');
  assert.equal(stepText(1500), '1500');
});

test('an axis holds all that has a place on it', () => {
  assert.deepEqual(range([1, NaN, 3, Infinity], { padded: false }), [1, 3]);
  assert.deepEqual(range([-1, 0.1, 10], { log: true }), [0.1, 10]);
  assert.equal(range([NaN]), null);
  assert.deepEqual(range([1.7e308])!.map(Number.isFinite), [true, true]);
  assert.deepEqual(range([1.7e308], { log: true })!.map(Number.isFinite), [true, true]);
  const [low, high] = range([5])!;
  assert.ok(low < 5 && high > 5);
  const scale = new Scale(-1.7e308, 1.7e308, 0, 100);
  assert.equal(scale.at(0), 50);
});

test('curves have gaps where there is no number', () => {
  const x = new Scale(0, 3, 0, 3);
  const y = new Scale(0, 1, 0, 1);
  assert.equal(curvePath([0, 1, 2, 3], [0, NaN, 1, 1], x, y), 'M0.0 0.0M2.0 1.0L3.0 1.0');
  assert.equal(sparkPath([0, 'NaN', 1], 10, 10), 'M0.0 9.0M10.0 1.0');
  assert.equal(sparkPath(['NaN', 'NaN'], 10, 10), '');
});

test('smoothing leaves a constant as it is', () => {
  assert.deepEqual(
    smooth([2, 2, NaN, 2], 0.9).map(value => Number(value.toFixed(9))),
    [2, 2, NaN, 2]
  );
});

test('the nearest point is found, labels are moved apart', () => {
  assert.equal(nearest([0, 10, 20], 14), 1);
  assert.equal(nearest([0, 10, 20], 99), 2);
  assert.deepEqual(apart([5, 6, 40], 10, 0, 50), [5, 15, 40]);
  assert.deepEqual(apart([48, 49], 10, 0, 50), [40, 50]);
});

test('a run keeps its colour; a dash tells apart those of one picture that share it', () => {
  assert.equal(colourOf(8), colourOf(1));
  assert.equal(dashOf(8, [8, 10, 11]), '');
  assert.equal(dashOf(1, [1, 8]), '');
  assert.notEqual(dashOf(8, [1, 8]), '');
  assert.notEqual(dashOf(15, [1, 8, 15]), dashOf(8, [1, 8, 15]));
});

test('conditions are joined', () => {
  const one = equals('experiment', "it's");
  assert.equal(one, "experiment = 'it''s'");
  assert.equal(narrowed('', one), one);
  assert.equal(narrowed('a = 1 or b = 2', one), `(a = 1 or b = 2) and ${one}`);
  assert.equal(narrowed('wide net', one), `name ILIKE '%wide net%' and ${one}`);
  assert.equal(narrowed('#12', one), one);
  assert.equal(narrowed(`a = 1 and ${one}`, one), `a = 1 and ${one}`);
});

test('what is wrong with a query is shown at its place', () => {
  const message = "Expected a value, not '>'.\n  metrics.acc >>\n               ^";
  assert.deepEqual(queryProblem(message), {
    message: "Expected a value, not '>'.",
    right: 'metrics.acc >',
    wrong: '>'
  });
  assert.equal(queryProblem('Something else.').wrong, null);
});
