import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Signal } from '@lumino/signaling';

import type {
  AlarmNotice,
  AlarmNotices,
  EndpointArm,
  EndpointPage,
  MonitorColumn,
  MonitorPage,
  MonitorSlice
} from '../src/_generated/types.ts';
import { AlarmsHeard } from '../src/models/alarmNotices.ts';
import { EndpointModel, followedBy, nameOf, shareText } from '../src/models/endpoint.ts';
import { alarmsOf, isWorse, lengthText, MonitorModel, monitorOf } from '../src/models/monitor.ts';
import type { ISource } from '../src/models/source.ts';

class Source implements ISource {
  gone = false;
  readonly lost = new Signal<ISource, void>(this);
  asked: [string, object][] = [];
  answer: () => unknown = () => ({});

  ask<T>(_: string, question: string, query: object): Promise<T> {
    this.asked.push([question, query]);
    try {
      return Promise.resolve(this.answer() as T);
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  change<T>(notebook: string, change: string, body: object): Promise<T> {
    return this.ask<T>(notebook, change, body);
  }

  artifact(): Promise<BlobPart> {
    return Promise.reject(new Error('none'));
  }
}

const PAGE = {
  shown: 1,
  windows: [{ start: 0 }, { start: 1, measured: [] }]
} as unknown as MonitorPage;

test('what is seen stays until there is an answer, and when there is none', async () => {
  const source = new Source();
  source.answer = () => PAGE;
  const model = new MonitorModel(source, monitorOf('a.ipynb', 'credit'));
  await model.refresh();
  assert.equal(model.window?.start, 1);
  assert.equal((source.asked[0][1] as { endpoint: string }).endpoint, 'credit');
  source.answer = () => {
    throw new Error('The book is locked.');
  };
  let told = 0;
  model.stateChanged.connect(() => told++);
  await model.show({ at: 7 });
  assert.equal(told, 1);
  assert.equal(model.problem, 'The book is locked.');
  assert.equal(model.page, PAGE);
  assert.equal(model.busy, false);
  source.answer = () => PAGE;
  await model.refresh();
  assert.equal(model.problem, '');
  model.dispose();
});

test('only what shows is a reason to ask again, and without a kernel nothing is', async () => {
  const source = new Source();
  source.answer = () => PAGE;
  const model = new MonitorModel(source, monitorOf('', 'credit'));
  model.tell(['runs', 'cells']);
  assert.equal(source.asked.length, 0);
  model.tell(['predictions']);
  assert.equal(source.asked.length, 1);
  source.gone = true;
  source.lost.emit();
  await model.refresh();
  assert.equal(source.asked.length, 1);
  assert.equal(model.gone, true);
});

test('lengths, alarms and groups are said as Python says them', () => {
  assert.deepEqual([30, 300, 3600, 86400, 90].map(lengthText), [
    '30 s',
    '5 min',
    '1 h',
    '1 d',
    '90 s'
  ]);
  const findings = [
    { alarm: false, message: 'no' },
    { alarm: true, message: 'missing' }
  ];
  assert.deepEqual(alarmsOf({ findings } as MonitorColumn), ['missing']);
  const slice = { enough: true, gap: 0.2, p_adjusted: 0.01 } as MonitorSlice;
  assert.ok(isWorse(slice));
  assert.ok(!isWorse({ ...slice, gap: -0.2 }));
  assert.ok(!isWorse({ ...slice, enough: false }));
  assert.ok(!isWorse({ ...slice, p_adjusted: 'NaN' }));
  assert.equal(shareText(0.123), '12.3 %');
  assert.deepEqual(['models:/wine@best', '/a/b/wine', ''].map(nameOf), ['wine@best', 'wine', '']);
});

test('a deed is asked once more, done once, and shows what came of it', async () => {
  const source = new Source();
  source.answer = () => ({ name: 'wine', state: 'answers' }) as EndpointPage;
  const model = new EndpointModel(source);
  await model.refresh();
  await model.confirm();
  assert.equal(source.asked.length, 1);
  model.ask({ kind: 'promote', arm: 'b' });
  source.answer = () => ({ name: 'wine', state: 'ended' }) as EndpointPage;
  await Promise.all([model.confirm(), model.confirm()]);
  assert.deepEqual(source.asked.slice(1), [['endpoint-promote', { arm: 'b' }]]);
  assert.equal(model.page?.state, 'ended');
  assert.equal(model.asked, null);
  model.tell(['runs']);
  assert.equal(source.asked.length, 2);
  source.answer = () => {
    throw new Error('nothing to go back to');
  };
  model.ask({ kind: 'rollback' });
  await model.confirm();
  assert.equal(model.problem, 'nothing to go back to');
  model.dispose();
});

test('an alarm is told once, and what was before somebody came is not', async () => {
  const source = new Source();
  const told: AlarmNotice[] = [];
  const alarms = new AlarmsHeard(source, notice => told.push(notice));
  await alarms.hear('a/x.ipynb', ['alarm_events']);
  assert.equal(source.asked.length, 0);
  source.answer = () => ({ newest: '', notices: [] }) as AlarmNotices;
  await alarms.attend('a/x.ipynb');
  await alarms.attend('a/y.ipynb');
  assert.deepEqual(source.asked, [['alarms', { since: '' }]]);
  await alarms.hear('a/x.ipynb', ['runs']);
  assert.equal(source.asked.length, 1);
  const notice = { event_id: 'B', message: 'drift' } as AlarmNotice;
  source.answer = () => ({ newest: 'B', notices: [notice] }) as AlarmNotices;
  await alarms.hear('a/y.ipynb', ['alarm_events']);
  assert.deepEqual(source.asked[1], ['alarms', { since: '0' }]);
  source.answer = () => ({ newest: 'B', notices: [] }) as unknown as AlarmNotices;
  await alarms.hear('a/x.ipynb', ['alarm_events']);
  assert.deepEqual(source.asked[2], ['alarms', { since: 'B' }]);
  assert.deepEqual(told, [notice]);
});

test('a book that is not there yet is asked for again', async () => {
  const source = new Source();
  source.answer = () => {
    throw new Error('There is no book');
  };
  const alarms = new AlarmsHeard(source, () => assert.fail());
  await alarms.attend('x.ipynb');
  await alarms.hear('x.ipynb', ['alarm_events']);
  source.answer = () => ({ newest: 'A', notices: [] }) as unknown as AlarmNotices;
  await alarms.attend('x.ipynb');
  assert.equal(source.asked.length, 2);
});

test('an alias that is followed can be moved to an arm of its own model, and is named else', async () => {
  const arm = (name: string, label: string, follows = ''): EndpointArm =>
    ({ name, label, follows }) as EndpointArm;
  const champion = arm('champion', 'wine/2', 'wine@champion');
  const followed = { alias: 'wine@champion', version: 'wine/2' };
  assert.deepEqual(followedBy([champion, arm('b', 'wine/1')], 'b'), { ...followed, moves: true });
  for (const other of [arm('b', 'winery/1'), arm('b', ''), arm('b', 'wine/2')]) {
    assert.deepEqual(followedBy([champion, other], 'b'), { ...followed, moves: false });
  }
  assert.equal(followedBy([arm('champion', 'wine/2'), arm('b', 'wine/1')], 'b'), null);
  assert.equal(followedBy([champion, arm('b', 'wine/2', 'wine@champion')], 'b'), null);

  const source = new Source();
  const model = new EndpointModel(source);
  model.ask({ kind: 'promote', arm: 'b' });
  await model.confirm({ kind: 'promote', arm: 'b', alias: true });
  assert.deepEqual(source.asked, [['endpoint-promote', { arm: 'b', alias: true }]]);
});
