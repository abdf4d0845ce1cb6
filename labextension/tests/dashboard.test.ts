import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { DashboardPanel, RunComparison, ShownDashboard } from '../src/_generated/types.ts';
import { DashboardModel } from '../src/models/dashboard.ts';
import type { ISource } from '../src/models/source.ts';
import { page as threadsPage } from './threadViews.ts';

function panel(title: string, more: Partial<DashboardPanel> = {}): DashboardPanel {
  return { title, runs: [], query: '', limit: 10, look: {}, width: 'full', ...more };
}

class Source implements ISource {
  shown: ShownDashboard = {
    name: 'weekly',
    changed: 0,
    panels: [
      {
        panel: panel('named', { runs: ['a', 'b'], look: { metric: 'loss', baseline: 'b' } }),
        runs: ['a', 'b'],
        problem: ''
      },
      { panel: panel('found', { query: 'acc > 1' }), runs: ['c'], problem: '' },
      { panel: panel('none'), runs: [], problem: 'No run is found.' }
    ]
  };
  asked: string[] = [];
  /** What threads were asked for. */
  targets: unknown[] = [];
  bodies: { name: string; panels: DashboardPanel[]; changed: number | null }[] = [];
  problem = '';

  ask<T>(_: string, question: string, query: object): Promise<T> {
    this.asked.push(question);
    if (question === 'threads') {
      this.targets.push((query as { target?: unknown }).target);
      return Promise.resolve(threadsPage([]) as unknown as T);
    }
    if (question === 'dashboard') {
      return Promise.resolve(this.shown as unknown as T);
    }
    const answer: RunComparison = { runs: [], baseline: 0, rows: [], metrics: [], missing: [] };
    return Promise.resolve(answer as unknown as T);
  }

  change<T>(_: string, change: string, body: object): Promise<T> {
    if (this.problem) {
      return Promise.reject(new Error(this.problem));
    }
    assert.equal(change, 'save-dashboard');
    const given = body as Source['bodies'][0];
    if (given.changed !== this.shown.changed) {
      return Promise.reject(new Error('It was changed meanwhile by somebody else.'));
    }
    this.bodies.push(given);
    this.shown = { ...this.shown, changed: this.shown.changed + 1 };
    return Promise.resolve(this.shown as unknown as T);
  }

  artifact(): Promise<BlobPart> {
    return Promise.reject(new Error('There is none.'));
  }
}

async function started(): Promise<{ source: Source; model: DashboardModel }> {
  const source = new Source();
  const model = new DashboardModel(source, '', 'weekly');
  await model.refresh();
  return { source, model };
}

test('each panel is looked at as it was kept', async () => {
  const { model } = await started();
  const [named, found, none] = model.panels;
  assert.equal(named.model?.state.metric, 'loss');
  assert.equal(named.model?.state.baseline, 'b');
  assert.deepEqual(found.model?.state.runs, ['c']);
  assert.equal(none.model, null);
  assert.equal(none.problem, 'No run is found.');
  assert.equal(model.touched, false);
});

test('what is changed by hand is kept when it is saved, and forgotten when it is read anew', async () => {
  const { source, model } = await started();
  const [named] = model.panels;
  await named.model!.change({ log: true });
  assert.ok(model.touched);
  model.move(named.key, 1);
  model.entitle(named.key, 'other');
  model.drop(model.panels[2].key);
  await model.save();
  const [body] = source.bodies;
  assert.deepEqual(
    body.panels.map(one => one.title),
    ['found', 'other']
  );
  assert.deepEqual(body.panels[0].runs, [], 'a query says anew each time which runs there are');
  assert.deepEqual(body.panels[1].runs, ['a', 'b']);
  assert.equal(body.panels[1].look.log, true);
  assert.equal(model.touched, false);
  model.drop(named.key);
  await model.refresh();
  assert.equal(model.panels.length, 3);
});

test('panels are as wide as somebody wants, and go where they are put', async () => {
  const { source, model } = await started();
  const [named, , none] = model.panels;
  model.moveTo(named.key, 0);
  model.move(named.key, -1);
  assert.equal(model.touched, false, 'it is there');
  model.widen(named.key, 'half');
  model.moveTo(none.key, 0);
  await named.model!.relate({ picture: 'scatter' });
  await model.save();
  const kept = source.bodies[0].panels;
  assert.deepEqual(
    kept.map(one => [one.title, one.width]),
    [
      ['none', 'full'],
      ['named', 'half'],
      ['found', 'full']
    ]
  );
  assert.equal((kept[1].look.relations as { picture: string }).picture, 'scatter');
});

test('a failure to save is told, and nothing is lost', async () => {
  const { source, model } = await started();
  source.problem = 'The book is read-only.';
  model.entitle(model.panels[0].key, 'other');
  await model.save();
  assert.equal(model.problem, 'The book is read-only.');
  assert.ok(model.touched);
  assert.equal(model.panels[0].panel.title, 'other');
});

test('a change by somebody else is followed, unless something was changed here', async () => {
  const { source, model } = await started();
  const before = model.panels;
  model.tell(['runs']);
  await new Promise(resolve => setTimeout(resolve));
  assert.equal(model.panels, before, 'what shows the same stays');
  source.shown = { ...source.shown, panels: source.shown.panels.slice(0, 1) };
  model.tell(['dashboards']);
  await new Promise(resolve => setTimeout(resolve));
  assert.equal(model.panels.length, 1);
  model.entitle(model.panels[0].key, 'mine');
  source.shown = { ...source.shown, panels: [] };
  model.tell(['dashboards']);
  await new Promise(resolve => setTimeout(resolve));
  assert.equal(model.panels.length, 1);
  model.dispose();
});

test('what somebody else saved meanwhile is not overwritten, and nothing here is lost', async () => {
  const { source, model } = await started();
  const [named] = model.panels;
  model.entitle(named.key, 'mine');
  await model.save();
  model.entitle(named.key, 'mine again');
  await model.save();
  assert.deepEqual(
    source.bodies.map(body => body.changed),
    [0, 1],
    'what was saved is what the next is a change of'
  );
  model.entitle(named.key, 'once more');
  source.shown = { ...source.shown, changed: 7 };
  model.tell(['dashboards']);
  await new Promise(resolve => setTimeout(resolve));
  await model.save();
  assert.match(model.problem, /changed meanwhile/);
  assert.ok(model.touched);
  assert.equal(model.panels[0].panel.title, 'once more');
  await model.refresh();
  assert.equal(model.problem, '');
  model.entitle(model.panels[0].key, 'now');
  await model.save();
  assert.equal(source.bodies.at(-1)?.changed, 7);
  model.dispose();
});

test('what is changed while it is being saved is not taken for saved', async () => {
  const { model } = await started();
  model.entitle(model.panels[0].key, 'mine');
  const saving = model.save();
  model.entitle(model.panels[0].key, 'later');
  await saving;
  assert.ok(model.touched);
  await model.save();
  assert.equal(model.touched, false);
  model.dispose();
});

test('a look that is none is the default, and takes nothing else along', async () => {
  const { source, model } = await started();
  const look = {
    notebook: 'elsewhere',
    runs: 3,
    baseline: ['a'],
    metric: null,
    tab: 'constructor',
    smoothing: 'NaN',
    log: 'yes',
    band: 7,
    window: [2, 1],
    axis: 'wall'
  };
  source.shown = {
    ...source.shown,
    panels: [{ panel: panel('odd', { runs: ['a', 'b'], look }), runs: ['a', 'b'], problem: '' }]
  };
  await model.refresh();
  const { state } = model.panels[0].model!;
  assert.deepEqual(
    [state.notebook, state.runs, state.baseline, state.metric, state.tab, state.axis],
    ['', ['a', 'b'], 'a', '', 'curves', 'wall']
  );
  assert.deepEqual(
    [state.smoothing, state.log, state.band, state.window],
    [0, false, 'std', null]
  );
  model.dispose();
});

test('what is said of a dashboard is asked for when somebody looks, and follows the book', async () => {
  const { source, model } = await started();
  model.tell(['comments']);
  assert.deepEqual(source.targets, []);
  await model.threads.refresh();
  model.tell(['comments']);
  assert.deepEqual(source.targets, ['dashboard:weekly', 'dashboard:weekly']);
  model.dispose();
});
