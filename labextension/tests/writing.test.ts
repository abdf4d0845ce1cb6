import assert from 'node:assert/strict';
import { test } from 'node:test';

import { cellAnchor, draftKey, quoteOf } from '../src/models/anchors.ts';
import { Drafts } from '../src/models/drafts.ts';
import { candidates, completed, mentionAt } from '../src/models/mentions.ts';
import { ADA, LIN } from './threadViews.ts';

class Store {
  readonly kept = new Map<string, string>();
  full = false;

  getItem(key: string): string | null {
    return this.kept.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    if (this.full) {
      throw new Error('QuotaExceededError');
    }
    this.kept.set(key, value);
  }

  removeItem(key: string): void {
    this.kept.delete(key);
  }
}

test('a draft is there for who comes back, until it is sent', () => {
  const store = new Store();
  new Drafts(store).set('reply|a', 'Half a sen');
  assert.equal(new Drafts(store).get('reply|a'), 'Half a sen');
  new Drafts(store).set('reply|a', '');
  assert.equal(new Drafts(store).get('reply|a'), '');
});

test('a draft goes with its notebook when that is renamed', () => {
  const drafts = new Drafts(new Store());
  drafts.set('brief|a.ipynb', 'text');
  drafts.move('brief|a.ipynb', 'brief|b.ipynb');
  assert.equal(drafts.get('brief|b.ipynb'), 'text');
  assert.equal(drafts.get('brief|a.ipynb'), '');
  // There is nothing to go, and nothing goes to itself.
  drafts.move('brief|a.ipynb', 'brief|b.ipynb');
  drafts.move('brief|b.ipynb', 'brief|b.ipynb');
  assert.equal(drafts.get('brief|b.ipynb'), 'text');
});

test('the oldest of many drafts are forgotten', () => {
  const drafts = new Drafts(new Store());
  for (let count = 0; count < 50; count++) {
    drafts.set(`reply|${count}`, 'text');
  }
  assert.equal(drafts.get('reply|0'), '');
  assert.equal(drafts.get('reply|49'), 'text');
});

test('drafts live as long as the page where nothing can be kept', () => {
  const store = new Store();
  store.full = true;
  for (const drafts of [new Drafts(store), new Drafts(null)]) {
    drafts.set('a', 'text');
    assert.equal(drafts.get('a'), 'text');
  }
});

test('a name is begun by an @ that stands alone', () => {
  assert.deepEqual(mentionAt('see @li', 7), { from: 5, begun: 'li' });
  assert.deepEqual(mentionAt('@', 1), { from: 1, begun: '' });
  assert.equal(mentionAt('ada@example.org', 15), null);
  assert.equal(mentionAt('@lin and', 8), null);
});

test('people are found by any of their names', () => {
  const names = (begun: string) => candidates([ADA, LIN], begun).map(({ name }) => name);
  assert.deepEqual(names(''), ['ada', 'lin']);
  assert.deepEqual(names('WE'), ['lin']);
  assert.deepEqual(names('x'), []);
});

test('a chosen name takes the place of what was begun', () => {
  assert.deepEqual(completed('see @li, ok', 7, 5, 'lin'), { text: 'see @lin , ok', caret: 9 });
  assert.deepEqual(completed('see @li now', 7, 5, 'lin'), { text: 'see @lin now', caret: 9 });
});

test('a quote knows what stands around it', () => {
  const text = 'frame = frame.drop_duplicates()';
  assert.deepEqual(quoteOf(text, 14, 31), {
    exact: 'drop_duplicates()',
    prefix: 'frame = frame.',
    suffix: ''
  });
  assert.equal(quoteOf('a   b', 1, 4), null);
});

test('there is one draft for each thing', () => {
  const cell = { id: 'a', type: 'code', source: 'x = 1', hash: 'h' };
  const whole = cellAnchor(cell);
  const output = cellAnchor(cell, quoteOf('x = 1', 0, 1), 0);
  assert.equal(output.kind, 'output');
  const runs = ['a', 'b'];
  const others = [whole, { kind: 'run', runs: ['a'] }, { kind: 'comparison', runs }];
  assert.equal(new Set([output, ...others].map(draftKey)).size, 3);
});
