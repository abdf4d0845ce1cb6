import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { MediaComparison, MediaItem } from '../src/_generated/types.ts';
import { MediaModel, parsed, seriesKey } from '../src/models/media.ts';
import type { ISource } from '../src/models/source.ts';

function item(step: number | null, digest: string, type = 'text/plain'): MediaItem {
  return { path: `a/${digest}.txt`, step, media_type: type, digest, size: 3 };
}

const MEDIA: MediaComparison = {
  runs: [],
  series: [
    {
      name: 'notes',
      kind: 'text',
      steps: [0, 5, 10],
      items: [[item(0, 'a'), item(10, 'b')], [item(5, 'c')], [], [item(null, 'd')]]
    },
    { name: 'page.html', kind: 'html', steps: [], items: [[item(null, 'e')], [], [], []] },
    { name: 'notes', kind: 'table', steps: [], items: [[item(null, 'f')], [], [], []] }
  ]
};

class Source implements ISource {
  asked: string[] = [];
  problem = '';

  ask<T>(): Promise<T> {
    return this.problem
      ? Promise.reject(new Error(this.problem))
      : Promise.resolve(MEDIA as unknown as T);
  }

  change<T>(): Promise<T> {
    return Promise.reject(new Error('It is not to be changed.'));
  }

  artifact(_: string, run: string, path: string): Promise<BlobPart> {
    this.asked.push(`${run} ${path}`);
    return Promise.resolve(`text of ${path}`);
  }
}

test('the last step is looked at; at another one, what a run had by then', async () => {
  const model = new MediaModel(new Source(), '');
  await model.read(['1', '2', '3', '4']);
  const shown = () => [0, 1, 2, 3].map(place => model.itemAt(place)?.digest ?? null);
  assert.equal(model.step, 10);
  assert.deepEqual(shown(), ['b', 'c', null, 'd']);
  model.choose({ step: 0 });
  assert.deepEqual(shown(), ['a', null, null, 'd']);
  model.choose({ series: 'html page.html' });
  assert.equal(model.step, null);
  assert.deepEqual(shown(), ['e', null, null, null]);
});

test('two kinds under one name are both reached', async () => {
  const model = new MediaModel(new Source(), '');
  await model.read(['1']);
  assert.deepEqual(MEDIA.series.map(seriesKey), ['text notes', 'html page.html', 'table notes']);
  for (const series of MEDIA.series) {
    model.choose({ series: seriesKey(series) });
    assert.equal(model.series, series);
  }
});

test('what two runs have alike is read once', async () => {
  const source = new Source();
  const model = new MediaModel(source, '');
  await model.read(['1', '2']);
  const content = await model.content('1', item(0, 'a'));
  await model.content('2', item(7, 'a'));
  assert.deepEqual(content, { kind: 'text', text: 'text of a/a.txt', cut: false });
  assert.deepEqual(source.asked, ['1 a/a.txt']);
});

test('a page of HTML is not shown, and what cannot be read says so', async () => {
  const source = new Source();
  const model = new MediaModel(source, '');
  await model.read(['1']);
  model.choose({ series: 'html page.html' });
  assert.equal((await model.content('1', item(null, 'e'))).kind, 'none');
  source.problem = 'The book is locked.';
  await model.read(['1']);
  assert.equal(model.problem, 'The book is locked.');
});

test('a figure, a histogram and a long text are told apart', () => {
  const json = 'application/json';
  assert.equal(parsed('figure', json, '{"data": [], "layout": {}}').kind, 'figure');
  assert.equal(parsed('figure', json, '{"no": "figure"}').kind, 'text');
  assert.equal(parsed('figure', json, '{"data": [').kind, 'text');
  assert.deepEqual(parsed('histogram', json, '{"counts": [1], "edges": [0, 1]}'), {
    kind: 'histogram',
    counts: [1],
    edges: [0, 1]
  });
  const long = parsed('text', 'text/plain', 'x'.repeat(100_000));
  assert.ok(long.kind === 'text' && long.cut && long.text.length === 20_000);
});

test('a figure asks the network for nothing', () => {
  const inner = 'data:image/png;base64,AAAA';
  const far = 'https://example.com/x.png';
  const images = [{ source: far, x: 1 }, { source: inner }, { source: '/relative.png' }];
  const doc = {
    data: [
      { type: 'image', source: far },
      { type: 'image', source: inner },
      { type: 'sankey', link: { source: [0, 1], target: [1, 2] } },
      { type: 'scatter', x: ['source', 'target'], text: ['a < b', '<b>bold</b>'] },
      { text: '<a href="https://example.com">web</a> <a href="file:///x">file</a>' },
      { text: `<a href='javascript:x()' style="color:red">no</a> <a title="href='http://a" href="/x">y</a>` },
      { text: '<span style="color: rgb(1, 2, 3)">red</span> <span style="cursor: url(//x)">far</span>' },
      { text: `<span x="href='http://a"style="cursor:url(//x)"y="'">far</span>` },
      { text: '<span style="cursor:u\\72l(//x)">a</span><span style="cursor:url&#40;//x)">b</span>' }
    ],
    layout: {
      images,
      template: { layout: { images }, data: { image: [{ source: far }] } },
      updatemenus: [
        {
          buttons: [
            { args: ['images[0].source', far], args2: [{ 'images[0].source': far, y: 1 }] },
            { args: ['images[0].source', inner] }
          ]
        }
      ]
    },
    frames: [{ layout: { images } }]
  };
  const content = parsed('figure', 'application/json', JSON.stringify(doc));
  assert.ok(content.kind === 'figure');
  const left = [{ x: 1 }, { source: inner }, {}];
  assert.deepEqual(content.figure, {
    data: [
      { type: 'image' },
      { type: 'image', source: inner },
      doc.data[2],
      doc.data[3],
      { text: '<a href="https://example.com">web</a> <a>file</a>' },
      { text: '<a>no</a> <a>y</a>' },
      { text: '<span style="color: rgb(1, 2, 3)">red</span> <span>far</span>' },
      { text: '<span>far</span>' },
      { text: '<span>a</span><span>b</span>' }
    ],
    layout: {
      images: left,
      template: { layout: { images: left }, data: { image: [{}] } },
      updatemenus: [
        {
          buttons: [
            { args: ['images[0].source', ''], args2: [{ y: 1 }] },
            { args: ['images[0].source', inner] }
          ]
        }
      ]
    }
  });
});
