import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { CurveLines } from '../src/_generated/types.ts';
import { linesCode } from '../src/models/linesCode.ts';

const LINES: CurveLines = { metric: 'loss', axis: 'step', lines: [], missing: [], marks: [], goal: null };
const LOOK = { axis: 'step', log: false, smoothing: 0, group: '', window: null } as const;

test('a line a run needs no means', () => {
  const code = linesCode(LINES, [1, 2], LOOK);
  assert.match(code, /color="run"/);
  assert.doesNotMatch(code, /numpy|pandas|interpolate/);
});

test('a group is the mean of its runs at all their places', () => {
  const code = linesCode(LINES, [1, 2], { ...LOOK, group: 'params.lr' });
  assert.match(code, /import pandas as pd/);
  assert.match(code, /pivot\(index="step", columns="run_number"/);
  assert.match(code, /interpolate\(method="index", limit_area="inside"\)/);
  assert.match(code, /band round it is left out/);
  assert.match(code, /color="params.lr"/);
});

test('the runs are read once', () => {
  const code = linesCode(LINES, [1], { ...LOOK, axis: 'relative', group: 'params.lr' });
  assert.equal(code.match(/cb\.search_runs/g)?.length, 1);
  assert.match(code, /pivot\(index="seconds"/);
});
