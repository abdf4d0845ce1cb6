import assert from 'node:assert/strict';
import { test } from 'node:test';

import { groupsOf, isSmall } from '../src/models/entries.ts';
import { comment } from './threadViews.ts';

const label = (id: string) => comment(id, { event: 'labelled', about: 'todo', text: '' });

const ids = (entries: ReturnType<typeof label>[]) =>
  groupsOf(entries).map(group => group.map(({ comment_id: id }) => id).join('+'));

test('many small entries in a row are one line', () => {
  const entries = [comment('a'), label('b'), label('c'), label('d'), comment('e'), label('f')];
  assert.deepEqual(ids(entries), ['a', 'b+c+d', 'e', 'f']);
});

test('a few of them have lines of their own', () => {
  assert.deepEqual(ids([comment('a'), label('b'), label('c')]), ['a', 'b', 'c']);
  assert.deepEqual(ids([]), []);
});

test('whatever has a text, or decides something, is not small', () => {
  assert.equal(isSmall(label('a')), true);
  assert.equal(isSmall(comment('a', { event: 'assigned', text: 'please' })), false);
  assert.equal(isSmall(comment('a', { event: 'resolved', text: '' })), false);
});
