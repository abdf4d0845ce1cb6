import assert from 'node:assert/strict';
import { test } from 'node:test';

import { CommentCounts } from '../src/models/commentCounts.ts';
import { PointTalk } from '../src/models/pointTalk.ts';
import type { ISource } from '../src/models/source.ts';
import { page, thread } from './threadViews.ts';

/** Answers with a thread, and keeps what was asked. */
class Source implements ISource {
  targets: unknown[] = [];
  points: Record<string, number> = {};

  ask<T>(_: string, question: string, query: object): Promise<T> {
    if (question === 'comment-counts') {
      return Promise.resolve({ runs: {}, checkpoints: {}, points: this.points } as T);
    }
    this.targets.push((query as { target: string }).target);
    return Promise.resolve(page([thread('t')]) as T);
  }

  change<T>(): Promise<T> {
    return Promise.reject(new Error('Nothing is changed.'));
  }

  artifact(): Promise<BlobPart> {
    return Promise.reject(new Error('There is none.'));
  }
}

function started(): { source: Source; talk: PointTalk } {
  const source = new Source();
  return { source, talk: new PointTalk(source, '', new CommentCounts(source, () => '')) };
}

const POINT = { run: 'r1', metric: 'loss', step: 40 };

test('threads are those of the chosen point, and follow the book', async () => {
  const { source, talk } = started();
  const threads = talk.about(POINT);
  assert.equal(talk.about({ ...POINT }), threads);
  await threads.refresh();
  talk.tell(['comments']);
  assert.deepEqual(source.targets, Array(2).fill('metric:r1/loss@40'));
  const others = talk.about({ ...POINT, step: 41 });
  assert.notEqual(others, threads);
  talk.tell(['runs']);
  assert.equal(source.targets.length, 2);
  talk.dispose();
});

test('marked are the points of the lines that are seen', async () => {
  const { source, talk } = started();
  source.points = { 'r1/loss@40': 2, 'r1/acc@40': 1, 'r2/loss@7': 3 };
  await talk.counts.refresh();
  const xs = [0];
  const line = { run: 'r1', number: 1, label: '#1', xs, ys: xs, steps: xs, values: xs };
  assert.deepEqual(talk.said([line], 'loss'), [{ point: POINT, count: 2 }]);
  assert.equal(talk.said([line, { ...line, run: 'r2' }], 'loss').length, 2);
});
