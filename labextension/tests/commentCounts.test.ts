import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { CommentCounts as Counts } from '../src/_generated/types.ts';
import { CommentCounts } from '../src/models/commentCounts.ts';
import type { ISource } from '../src/models/source.ts';

function source(answers: (Counts | Error)[]): ISource & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    ask<T>(notebook: string, question: string): Promise<T> {
      asked.push(`${notebook} ${question}`);
      const answer = answers.shift()!;
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer as T);
    },
    change: () => Promise.reject(new Error('Nothing is changed.')),
    artifact: () => Promise.reject(new Error('There is none.'))
  };
}

test('counts are asked once for all rows, and told when they change', async () => {
  const counted = { runs: { a: 2 }, checkpoints: { c: 1 }, points: {} };
  const from = source([counted, counted, { runs: {}, checkpoints: {}, points: {} }]);
  const counts = new CommentCounts(from, () => 'work.ipynb');
  let told = 0;
  counts.changed.connect(() => told++);
  await counts.refresh();
  assert.deepEqual([counts.ofRun('a'), counts.ofRun('b'), counts.ofCheckpoint('c')], [2, 0, 1]);
  await counts.refresh();
  assert.equal(told, 1);
  await counts.refresh();
  assert.deepEqual([counts.ofRun('a'), told], [0, 2]);
  assert.deepEqual(from.asked, Array(3).fill('work.ipynb comment-counts'));
});

test('a list without an answer shows no counts', async () => {
  const from = source([{ runs: { a: 2 }, checkpoints: {}, points: {} }, new Error('There is no book.')]);
  const counts = new CommentCounts(from, () => '');
  await counts.refresh();
  await counts.refresh();
  assert.equal(counts.ofRun('a'), 0);
});

test('only what is written is looked for again', () => {
  const from = source([{ runs: {}, checkpoints: {}, points: {} }]);
  const counts = new CommentCounts(from, () => '');
  counts.tell(['runs', 'metrics']);
  assert.deepEqual(from.asked, []);
  counts.tell(['comments']);
  assert.deepEqual(from.asked, [' comment-counts']);
});

test('points are told by their run, metric and step', async () => {
  const points = { 'a/hits@5': 1, 'a/hits@5@40': 2, 'a/hits@5@-1': 3, 'b/hits@5': 4 };
  const from = source([{ runs: {}, checkpoints: {}, points }]);
  const counts = new CommentCounts(from, () => '');
  await counts.refresh();
  assert.deepEqual(counts.ofPoints('a', 'hits'), [[5, 1]]);
  assert.deepEqual(counts.ofPoints('a', 'hits@5'), [
    [40, 2],
    [-1, 3]
  ]);
  assert.deepEqual(counts.ofPoints('c', 'hits'), []);
});
