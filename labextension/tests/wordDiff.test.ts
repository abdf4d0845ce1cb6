import assert from 'node:assert/strict';
import { test } from 'node:test';

import { wordDiff, type Piece } from '../src/models/wordDiff.ts';

const without = (pieces: Piece[], kind: string) =>
  pieces
    .filter(piece => piece.kind !== kind)
    .map(piece => piece.text)
    .join('');

test('the pieces make up both texts, whatever they are', () => {
  let seed = 7;
  const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
  const words = ['x', ' ', '=', '1', '\n', 'lr', '(', 'é', '🚀', '  ', '\t', '\r\n', '\u2028'];
  const text = () => Array.from({ length: random(30) }, () => words[random(words.length)]).join('');
  for (let round = 0; round < 3000; round++) {
    const [before, after] = [text(), text()];
    const pieces = wordDiff(before, after);
    assert.equal(without(pieces, 'added'), before);
    assert.equal(without(pieces, 'removed'), after);
    assert.ok(pieces.every(piece => piece.text !== ''));
  }
});

test('words are compared, not letters', () => {
  assert.deepEqual(wordDiff('lr = 0.01', 'lr = 0.03'), [
    { kind: 'same', text: 'lr = ' },
    { kind: 'removed', text: '0.01' },
    { kind: 'added', text: '0.03' }
  ]);
  assert.deepEqual(wordDiff('fit(model)', 'fit(model, 7)'), [
    { kind: 'same', text: 'fit(model' },
    { kind: 'added', text: ', 7' },
    { kind: 'same', text: ')' }
  ]);
});

test('a blank between changed words changes with them', () => {
  assert.deepEqual(wordDiff('a b', 'c d'), [
    { kind: 'removed', text: 'a b' },
    { kind: 'added', text: 'c d' }
  ]);
});

test('equal texts are one piece, no texts are none', () => {
  assert.deepEqual(wordDiff('a\n', 'a\n'), [{ kind: 'same', text: 'a\n' }]);
  assert.deepEqual(wordDiff('', ''), []);
});

test('huge texts with nothing in common take no time', () => {
  const many = (word: string) => Array.from({ length: 50_000 }, (_, i) => word + i).join(' ');
  const began = performance.now();
  const pieces = wordDiff(many('a'), many('b'));
  assert.ok(performance.now() - began < 3_000);
  assert.deepEqual(
    pieces.map(piece => piece.kind),
    ['removed', 'added']
  );
});
