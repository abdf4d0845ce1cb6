import assert from 'node:assert/strict';
import { test } from 'node:test';

import { CommentCounts } from '../src/models/commentCounts.ts';
import type { ISource } from '../src/models/source.ts';

type Counts = { runs: Record<string, number>; checkpoints: Record<string, number> };

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
  const counted = { runs: { a: 2 }, checkpoints: { c: 1 } };
  const from = source([counted, counted, { runs: {}, checkpoints: {} }]);
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
  const from = source([{ runs: { a: 2 }, checkpoints: {} }, new Error('There is no book.')]);
  const counts = new CommentCounts(from, () => '');
  await counts.refresh();
  await counts.refresh();
  assert.equal(counts.ofRun('a'), 0);
});

test('only what is written is looked for again', () => {
  const from = source([{ runs: {}, checkpoints: {} }]);
  const counts = new CommentCounts(from, () => '');
  counts.tell(['runs', 'metrics']);
  assert.deepEqual(from.asked, []);
  counts.tell(['comments']);
  assert.deepEqual(from.asked, [' comment-counts']);
});
