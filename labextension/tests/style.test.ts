import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const FOLDER = new URL('../style/', import.meta.url);

/** Sheets that only panels in outputs have (assets.mjs). */
const INLINE = ['inline.css'];

const namesIn = (file: string) =>
  [...readFileSync(new URL(file, FOLDER), 'utf8').matchAll(/'(?:\.\/)?([\w-]+\.css)'/g)].map(
    ([, name]) => name
  );

test('each style sheet reaches the page', () => {
  const here = readdirSync(FOLDER).filter(name => name.endsWith('.css') && name !== 'index.css');
  const wanted = here.filter(name => !INLINE.includes(name)).sort();
  assert.deepEqual(namesIn('index.css').sort(), wanted);
  // In the same order, as the later rule has its way.
  assert.deepEqual(namesIn('index.js'), namesIn('index.css'));
});
