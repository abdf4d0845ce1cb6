import assert from 'node:assert/strict';
import { test } from 'node:test';

import { diffLines, folded, plainLines } from '../src/models/codeLines.ts';

function text(lines: ReturnType<typeof plainLines>): string {
  return lines.map(line => line.map(piece => piece.text).join('')).join('');
}

test('lines hold the words that differ', () => {
  const lines = diffLines('a = 1\nb = 2\n', 'a = 1\nb = 3\n');
  assert.equal(lines.length, 2);
  assert.deepEqual(
    lines[1].map(({ kind, text }) => [kind, text]),
    [
      ['same', 'b = '],
      ['removed', '2'],
      ['added', '3'],
      ['same', '\n']
    ]
  );
  assert.equal(text(plainLines('a\n\nb', 'added')), 'a\n\nb');
  assert.deepEqual(plainLines('', 'same'), []);
});

test('what is far from a change is folded', () => {
  const source = Array.from({ length: 30 }, (_, place) => `x${place} = ${place}`);
  const changed = source.map((line, place) => (place === 10 ? 'x10 = 0' : line));
  const stretches = folded(diffLines(source.join('\n'), changed.join('\n')));
  assert.deepEqual(
    stretches.map(one => (one.kind === 'folded' ? one.count : one.lines.length)),
    [7, 7, 16]
  );
});

test('a few lines are not worth a fold', () => {
  const stretches = folded(diffLines('a\nb\nc\nd\ne\nf', 'a\nb\nc\nd\ne\ng'));
  assert.ok(stretches.every(one => one.kind === 'lines'));
});
