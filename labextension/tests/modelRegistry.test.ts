import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { ModelVerdict, ModelVersionRow } from '../src/_generated/types.ts';
import {
  lacksApprovals,
  metricsOf,
  ModelsModel,
  modelsOf,
  MOST,
  standingOf,
  targetOfVersion,
  usesOf
} from '../src/models/modelRegistry.ts';
import { inPanel } from '../src/models/panelWords.ts';
import type { ISource } from '../src/models/source.ts';

function row(more: Partial<ModelVersionRow> = {}): ModelVersionRow {
  return {
    version_id: 'id7',
    model: 'wine',
    name: '7',
    number: 7,
    stage: 'development',
    aliases: [],
    description: '',
    tags: {},
    deprecated: '',
    deleted: 0,
    clashes: false,
    conflict: false,
    heads: [],
    created: 0,
    by: 'ada',
    kind: '',
    format: 'skops',
    bundled: true,
    safe: true,
    size: 10,
    digest: 'd',
    source: '',
    licence: '',
    run: null,
    metrics: {},
    check: null,
    checking: null,
    verdicts: [],
    endpoints: [],
    ...more
  };
}

function verdict(by: string, approved: boolean, more: Partial<ModelVerdict> = {}): ModelVerdict {
  return { target: 'production', approved, counts: true, by, time: 0, reason: '', evidence: [], ...more };
}

/** Answers each question with its own name and query, and notes what was asked. */
class Source implements ISource {
  readonly asked: [string, object][] = [];
  readonly changed: [string, object][] = [];
  fails = '';
  /** Endpoints that answer with a version. */
  endpoints: readonly string[] = [];

  ask<T>(_: string, question: string, query: object): Promise<T> {
    this.asked.push([question, query]);
    return this.fails
      ? Promise.reject(new Error(this.fails))
      : Promise.resolve({
          question,
          row: { model: 'wine' },
          models: [{ served: this.endpoints }],
          ...query,
          versions: [{ endpoints: this.endpoints }]
        } as T);
  }

  change<T>(_: string, change: string, body: object): Promise<T> {
    this.changed.push([change, body]);
    return Promise.resolve({} as T);
  }

  artifact(): Promise<BlobPart> {
    return Promise.reject(new Error());
  }
}

test('what answers is looked at again, as one that is killed says nothing', async context => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const source = new Source();
  const model = new ModelsModel(source, modelsOf('a.ipynb', 'wine'));
  await model.refresh();
  context.mock.timers.tick(60_000);
  assert.equal(source.asked.length, 1);
  source.endpoints = ['cellar'];
  await model.refresh();
  context.mock.timers.tick(30_000);
  assert.equal(source.asked.length, 3);
  model.dispose();
  context.mock.timers.tick(60_000);
  assert.equal(source.asked.length, 3);
});

test('a link names a model, a version by its number, or by an alias', () => {
  const looks = (target: string) => {
    const { model, version } = modelsOf('a.ipynb', target);
    return [model, version];
  };
  assert.deepEqual(looks(''), ['', '']);
  assert.deepEqual(looks('wine'), ['wine', '']);
  assert.deepEqual(looks('wine@7'), ['wine', 'wine/7']);
  assert.deepEqual(looks('wine/7'), ['wine', 'wine/7']);
  assert.deepEqual(looks('wine@champion'), ['wine', 'wine@champion']);
  assert.equal(targetOfVersion(row()), 'model:wine@7');
});

test('a version that is named by its id tells whose it is', async () => {
  const id = '01M8GSXD3X8R2JNGASV4D1PKXG';
  const source = new Source();
  const model = new ModelsModel(source, modelsOf('a.ipynb', id));
  assert.deepEqual([model.state.model, model.state.version], ['', id]);
  await model.refresh();
  assert.equal(model.state.model, 'wine');
  assert.deepEqual(source.asked, [
    ['model-version', { version: id }],
    ['model', { name: 'wine' }]
  ]);
});

test('metrics that most versions have come first', () => {
  const rows = [
    row({ metrics: { b: 1, a: 1 } }),
    row({ metrics: { b: 1 } }),
    row({ metrics: { c: 1, b: 2, a: 3 } })
  ];
  assert.deepEqual(metricsOf(rows, 2), ['b', 'a']);
});

test('who spoke for a version is told by what it was to become, and whether it counts', () => {
  const verdicts = [
    verdict('ada', true),
    verdict('bob', false),
    verdict('eve', true, { counts: false }),
    verdict('eve', true, { target: '@champion' })
  ];
  assert.deepEqual(standingOf(row({ verdicts })), [
    { target: 'production', approved: ['ada'], uncounted: ['eve'], rejected: ['bob'] },
    { target: '@champion', approved: ['eve'], uncounted: [], rejected: [] }
  ]);
});

test('a version says how it is used', () => {
  const lines = usesOf(row({ aliases: ['champion', 'best'] })).split('\n');
  assert.equal(lines[2], 'model = cb.load_model("models:/wine/7")');
  assert.equal(lines[6], '# cellbook serve "models:/wine@champion"');
  assert.match(usesOf(row({})), /serve "models:\/wine\/7"/);
  assert.match(usesOf(row({ bundled: false })), /cb\.bundle\("models:\/wine\/7", "FOLDER"\)/);
});

test('what is looked at says what is asked', async () => {
  const source = new Source();
  const model = new ModelsModel(source, modelsOf('a.ipynb'));
  await model.refresh();
  assert.equal((model.list as unknown as { question: string }).question, 'models');
  await model.openModel('wine');
  await model.openVersion(row());
  assert.deepEqual(source.asked.slice(-2), [
    ['model-version', { version: 'id7' }],
    ['model', { name: 'wine' }]
  ]);
  model.choose('id7');
  model.choose('id8');
  await model.compare();
  assert.deepEqual(source.asked.at(-1), ['compare-models', { versions: ['id7', 'id8'] }]);
  // Another model has other versions to choose.
  await model.openModel('beer');
  assert.deepEqual(model.chosen, []);
});

test('a choice is taken back, and the first gives way where they are too many', () => {
  const model = new ModelsModel(new Source(), modelsOf('a.ipynb', 'wine'));
  for (let number = 0; number <= MOST; number++) {
    model.choose(String(number));
  }
  assert.equal(model.chosen.length, MOST);
  assert.equal(model.chosen[0], '1');
  model.choose('1');
  assert.equal(model.chosen[0], '2');
});

test('after a deletion the model is looked at, whose version is gone', async () => {
  const source = new Source();
  const model = new ModelsModel(source, modelsOf('a.ipynb', 'wine@7'));
  await model.act('delete-model', { target: 'id7', reason: '' });
  assert.deepEqual([model.state.model, model.state.version], ['wine', '']);
  assert.deepEqual(source.asked.at(-1), ['model', { name: 'wine' }]);
});

test('why something is not here is told until it is', async () => {
  const source = new Source();
  const model = new ModelsModel(source, modelsOf('a.ipynb', 'beer'));
  source.fails = 'No model is called beer.';
  await model.refresh();
  assert.equal(model.problem, source.fails);
  source.fails = '';
  await model.refresh();
  assert.equal(model.problem, '');
  assert.equal(model.busy, false);
});

test('what is refused is mended by the buttons that are there', () => {
  const said = '`cellbook models check wine/7` builds it, `cellbook models approve wine/7 @a` helps.';
  assert.equal(
    inPanel(said, ['Check…', 'Approve…']),
    '“Check…” above builds it, “Approve…” above helps.'
  );
  assert.equal(inPanel(said, ['Alias…']), said);
  const consent = 'Who consents does `cellbook models check wine/7 --trust`.';
  assert.equal(inPanel(consent, ['Check…']), consent);
});

test('approvals that are lacking are counted before a move is refused', () => {
  const protections = [{ target: '@champion', needed: 2, by: [] }];
  const approved = row({
    verdicts: [
      verdict('lin', true, { target: '@champion' }),
      verdict('ada', true, { target: '@champion', counts: false })
    ]
  });
  assert.equal(lacksApprovals(approved, protections, '@champion'), 1);
  assert.equal(lacksApprovals(row(), protections, '@champion'), 2);
  assert.equal(lacksApprovals(row(), protections, 'production'), 0);
});
