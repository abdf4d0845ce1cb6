import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { AnchorView } from '../src/_generated/types.ts';
import { pointOf, targetOf } from '../src/models/place.ts';
import { thread } from './threadViews.ts';

const anchor = (changes: Partial<AnchorView>): AnchorView => ({ ...thread('a').anchor, ...changes });

test('what a thread hangs on is said as a link says it', () => {
  const targets = [
    anchor({ kind: 'cell', cell_id: 'c' }),
    anchor({ kind: 'run', runs: ['R'] }),
    anchor({ kind: 'metric', runs: ['R'], metric: 'val/acc', step: 40 }),
    anchor({ kind: 'metric', runs: ['R'], metric: 'acc', step: null }),
    anchor({ kind: 'comparison', runs: ['R', 'S'] }),
    anchor({ kind: 'checkpoint', checkpoint: 'C' }),
    anchor({ kind: 'dataset', name: 'train', version: 'abc' }),
    anchor({ kind: 'model', name: 'churn', version: '' }),
    anchor({ kind: 'dashboard', name: 'weekly' }),
    anchor({ kind: 'notebook', notebook: 'a/work.ipynb' })
  ].map(targetOf);
  assert.deepEqual(targets, [
    'cell:c',
    'run:R',
    'metric:R/val/acc@40',
    'metric:R/acc',
    'compare:R,S',
    'checkpoint:C',
    'data:train@abc',
    'model:churn',
    'dashboard:weekly',
    'notebook:a/work.ipynb'
  ]);
});

test('a point of a curve is found in what names it', () => {
  assert.deepEqual(pointOf('R/val/acc@40'), { run: 'R', metric: 'val/acc', step: 40 });
  assert.deepEqual(pointOf('R/acc'), { run: 'R', metric: 'acc', step: null });
  assert.deepEqual(pointOf('R/recall@k'), { run: 'R', metric: 'recall@k', step: null });
  assert.equal(pointOf('R'), null);
});
