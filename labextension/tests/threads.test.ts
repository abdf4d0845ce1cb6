import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { ThreadsPage, ThreadView } from '../src/_generated/types.ts';
import { bubbles, threadsAt } from '../src/models/cellThreads.ts';
import type { ISource } from '../src/models/source.ts';
import { ThreadsModel, threadsOf, type IHeard } from '../src/models/threads.ts';
import { comment, page, thread } from './threadViews.ts';

class Source implements ISource {
  answer: ThreadsPage = page([]);
  reply: ThreadView = thread('x');
  problem: Error | null = null;
  /** Why a change alone is refused. */
  refusal: Error | null = null;
  readonly asked: [string, Record<string, unknown>][] = [];
  readonly done: [string, object][] = [];

  ask<T>(_: string, question: string, query: object): Promise<T> {
    this.asked.push([question, query as Record<string, unknown>]);
    return this.problem ? Promise.reject(this.problem) : Promise.resolve(this.answer as T);
  }

  change<T>(_: string, change: string, body: object): Promise<T> {
    this.done.push([change, body]);
    const problem = this.problem ?? this.refusal;
    return problem ? Promise.reject(problem) : Promise.resolve(this.reply as T);
  }

  artifact(): Promise<BlobPart> {
    return Promise.reject(new Error('There is none.'));
  }
}

async function read(...threads: ThreadView[]): Promise<{ source: Source; model: ThreadsModel }> {
  const source = new Source();
  source.answer = page(threads);
  const model = new ThreadsModel(source, threadsOf('work.ipynb'));
  await model.refresh();
  return { source, model };
}

const ids = (model: ThreadsModel) => model.threads.map(one => one.thread_id);

test('what others write is told once, what was there and what is mine is not', async () => {
  const { source, model } = await read(thread('a'));
  const told: string[] = [];
  model.heard.connect((_, heard: readonly IHeard[]) =>
    told.push(...heard.map(one => one.comment.comment_id))
  );
  const comments = [
    comment('a1'),
    comment('a2'),
    comment('a3', { mine: true }),
    // Nobody's news.
    comment('a4', { event: 'followed', text: '' })
  ];
  source.answer = page([thread('a', { comments }), thread('b', {}, 'b')]);
  await model.refresh();
  await model.refresh();
  assert.deepEqual(told, ['a2', 'b1']);
  // Others of them: these were there all along.
  source.answer = page([thread('c')]);
  await model.change({ filter: 'resolved' });
  assert.deepEqual(told, ['a2', 'b1']);
});

test('no thread leaves its place while somebody writes', async () => {
  const { source, model } = await read(thread('a'), thread('b'));
  model.write('reply|a', true);
  source.answer = page([thread('c'), thread('b', { last_time: 9 }), thread('a')]);
  await model.refresh();
  assert.deepEqual(ids(model), ['a', 'b', 'c']);
  model.write('reply|a', false);
  assert.deepEqual(ids(model), ['c', 'b', 'a']);
});

test('a thread that the filter has lost stays while somebody answers it', async () => {
  const { source, model } = await read(thread('a'), thread('b'));
  model.write('reply|a', true);
  source.answer = page([thread('b')]);
  await model.refresh();
  assert.deepEqual(ids(model), ['a', 'b']);
});

test('what is the same stays the same object', async () => {
  const { source, model } = await read(thread('a'), thread('b'));
  const [first] = model.threads;
  source.answer = page([thread('a'), thread('b', { resolved: true })]);
  await model.refresh();
  assert.equal(model.threads[0], first);
  assert.equal(model.threads[1].resolved, true);
});

test('the answer to a change is seen at once, where the thread is stays known', async () => {
  const { source, model } = await read(thread('a'));
  const lost = thread('a');
  source.reply = {
    ...lost,
    comments: [comment('a1'), comment('a2', { mine: true })],
    anchor: { ...lost.anchor, state: 'orphaned', cell_id: '' }
  };
  source.answer = page([{ ...source.reply, anchor: lost.anchor }]);
  await model.reply('a', 'Yes.');
  assert.deepEqual(source.done, [['reply', { thread: 'a', text: 'Yes.' }]]);
  assert.equal(model.threads[0].comments.length, 2);
  assert.equal(model.threads[0].anchor.state, 'found');
});

test('what cannot be done is told to who did it, and nothing changes', async () => {
  const { source, model } = await read(thread('a'));
  source.problem = new Error('The book cannot be written.');
  await assert.rejects(model.reply('a', 'Yes.'), /cannot be written/);
  assert.equal(model.threads[0].comments.length, 1);
});

test('a book that is not there yet has no threads, and no trouble', async () => {
  const source = new Source();
  source.problem = Object.assign(new Error('There is no book.'), { status: 404 });
  const model = new ThreadsModel(source, threadsOf('work.ipynb'));
  await model.refresh();
  assert.equal(model.problem, '');
  source.problem = new Error('The server does not answer.');
  await model.refresh();
  assert.match(model.problem, /does not answer/);
});

test('sources are sent only where a thread has lost its cell', async () => {
  const lost = thread('a');
  const source = new Source();
  source.answer = page([{ ...lost, anchor: { ...lost.anchor, state: 'orphaned' } }]);
  const model = new ThreadsModel(source, threadsOf('work.ipynb'), suggest => ({
    cells: '[]',
    ...(suggest ? { sources: '{}' } : {})
  }));
  await model.refresh();
  await new Promise(resolve => setTimeout(resolve));
  assert.deepEqual(
    source.asked.map(([, query]) => 'sources' in query),
    [false, true]
  );
});

test('a thread that was read is read at once, without waiting for the server', async () => {
  const comments = [comment('a1', { unread: true })];
  const { source, model } = await read(thread('a', { unread: 1, comments }));
  model.markRead(model.threads[0]);
  assert.equal(model.threads[0].unread, 0);
  assert.deepEqual(source.done, [['mark-read', { thread: 'a', comment: 'a1' }]]);
});

test('bubbles count what is open, else what was resolved', () => {
  const lost = thread('d');
  const all = [
    thread('a', { count: 2, unread: 1 }),
    thread('b', { count: 3, resolved: true }),
    thread('c', { count: 4, resolved: true }, 'other'),
    { ...lost, anchor: { ...lost.anchor, state: 'orphaned' as const } }
  ];
  assert.deepEqual(Object.fromEntries(bubbles(all)), {
    a: { count: 2, unread: 1, resolved: false },
    other: { count: 4, unread: 0, resolved: true }
  });
  assert.deepEqual(
    threadsAt(all, 'a').map(one => one.thread_id),
    ['a', 'b']
  );
});

test('what somebody resolves keeps its place in the list, and can be undone', async () => {
  const { source, model } = await read(thread('a'), thread('b'), thread('c'));
  await model.change({ filter: 'open' });
  source.reply = thread('b', { resolved: true });
  source.answer = page([thread('a'), thread('c')]);
  await model.resolve('b', true);
  await model.refresh();
  assert.deepEqual(ids(model), ['a', 'b', 'c']);
  assert.deepEqual(
    model.threads.map(one => model.hasLeft(one.thread_id)),
    [false, true, false]
  );
  source.reply = thread('b');
  source.answer = page([thread('a'), thread('b'), thread('c')]);
  await model.resolve('b', false);
  await model.refresh();
  assert.deepEqual(ids(model), ['a', 'b', 'c']);
  assert.equal(model.hasLeft('b'), false);
  assert.deepEqual(source.done.at(-1), ['reopen', { thread: 'b', text: '' }]);
});

test('what was resolved is gone when others are looked at', async () => {
  const { source, model } = await read(thread('a'), thread('b'));
  await model.change({ filter: 'open' });
  source.reply = thread('b', { resolved: true });
  source.answer = page([thread('a')]);
  await model.resolve('b', true);
  // A tab that is drawn anew looks at the same.
  await model.change({ notebook: 'work.ipynb' });
  assert.deepEqual(ids(model), ['a', 'b']);
  await model.change({ filter: 'mine' });
  await model.change({ filter: 'open' });
  assert.deepEqual(ids(model), ['a']);
});

test('an end of writing does not bring back what was resolved', async () => {
  const { source, model } = await read(thread('a'), thread('b'));
  await model.change({ filter: 'open' });
  model.write('reply|b', true);
  source.reply = thread('b', { resolved: true });
  source.answer = page([thread('a')]);
  await model.resolve('b', true);
  model.write('reply|b', false);
  assert.equal(model.hasLeft('b'), true);
  assert.equal(model.threads[1].resolved, true);
});

test('where the list has room for it, a thread that is resolved just stays', async () => {
  const { source, model } = await read(thread('a'));
  source.reply = thread('a', { resolved: true });
  await model.resolve('a', true);
  assert.equal(model.hasLeft('a'), false);
});

test('a refusal is of no account when something else is done, or when it is mended', async () => {
  const { source, model } = await read(thread('a'));
  let passed = 0;
  model.passed.connect(() => passed++);
  source.refusal = new Error('You may only read here.');
  await assert.rejects(model.react('a1', '👍', true));
  assert.equal(passed, 1);
  source.refusal = null;
  source.answer = page([thread('a')], { read_only: 'You may only read here.' });
  await model.refresh();
  await model.refresh();
  assert.equal(passed, 1);
  source.answer = page([thread('a')]);
  await model.refresh();
  assert.equal(passed, 2);
  await model.reply('a', 'Yes.');
  assert.equal(passed, 3);
});
