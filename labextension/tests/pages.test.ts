import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Pages } from '../src/models/pages.ts';

interface Row {
  id: string;
  text: string;
}

/** The list at the server. */
class Server {
  rows: Row[] = [];
  read(pages: Pages<Row>, places: number[]): void {
    pages.put(
      new Map(
        places.map(place => {
          const begin = place * pages.size;
          const rows = this.rows.slice(begin, begin + pages.size).map(row => ({ ...row }));
          return [place, { rows, more: begin + pages.size < this.rows.length }];
        })
      )
    );
  }
}

function started(count: number): { server: Server; pages: Pages<Row> } {
  const server = new Server();
  server.rows = Array.from({ length: count }, (_, place) => ({ id: `r${place}`, text: '' }));
  return { server, pages: new Pages<Row>(row => row.id, 10) };
}

const ids = (pages: Pages<Row>) => pages.rows.map(row => row.id);

test('only what is in sight is read, and once', () => {
  const { server, pages } = started(35);
  assert.deepEqual(pages.wanted(0, 5), [0]);
  server.read(pages, [0]);
  assert.deepEqual(pages.wanted(0, 5), []);
  assert.ok(pages.more);
  assert.deepEqual(pages.wanted(5, 15), [1]);
  server.read(pages, [1]);
  server.read(pages, [2]);
  server.read(pages, [3]);
  assert.equal(pages.rows.length, 35);
  assert.ok(!pages.more);
  assert.deepEqual(pages.wanted(0, 1000), []);
});

test('a new row on top pushes the others down, and none is there twice', () => {
  const { server, pages } = started(30);
  [0, 1, 2].forEach(place => server.read(pages, [place]));
  const kept = pages.rows[3];
  server.rows.unshift({ id: 'new', text: '' });
  pages.expire();
  assert.deepEqual(pages.wanted(5, 15), [0, 1]);
  server.read(pages, [0, 1]);
  assert.equal(ids(pages)[0], 'new');
  assert.equal(new Set(ids(pages)).size, pages.rows.length);
  assert.equal(pages.rows[4], kept, 'what has not changed stays the same object');
  assert.deepEqual(pages.wanted(20, 30), [2]);
});

test('what was taken out is gone, and the list ends where it ends', () => {
  const { server, pages } = started(30);
  [0, 1, 2].forEach(place => server.read(pages, [place]));
  server.rows.length = 15;
  pages.expire();
  server.read(pages, [0, 1]);
  assert.equal(pages.rows.length, 15);
  assert.ok(!pages.more);
  pages.replace('r3', null);
  assert.ok(!ids(pages).includes('r3'));
  pages.replace('r4', { id: 'r4', text: 'else' });
  assert.equal(pages.get('r4')?.text, 'else');
});
