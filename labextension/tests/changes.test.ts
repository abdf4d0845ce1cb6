import assert from 'node:assert/strict';
import { mock, test } from 'node:test';

import { Changes, type ISocket } from '../src/models/changes.ts';

class Socket implements ISocket {
  onopen: ((event: never) => unknown) | null = null;
  onmessage: ((event: never) => unknown) | null = null;
  onclose: ((event: never) => unknown) | null = null;
  closed = false;
  close(): void {
    this.closed = true;
  }
  opens(): void {
    this.onopen?.({} as never);
  }
  says(message: unknown): void {
    this.onmessage?.({ data: JSON.stringify(message) } as never);
  }
  dies(): void {
    this.onclose?.({} as never);
  }
}

function started(): { sockets: Socket[]; told: string[][]; changes: Changes } {
  const sockets: Socket[] = [];
  const told: string[][] = [];
  const changes = new Changes(
    () => {
      sockets.push(new Socket());
      return sockets[sockets.length - 1];
    },
    tables => told.push([...tables])
  );
  return { sockets, told, changes };
}

test('changes are told, nonsense is not', () => {
  const { sockets, told, changes } = started();
  sockets[0].opens();
  sockets[0].says({ type: 'changed', tables: ['runs'] });
  sockets[0].says({ type: 'changed' });
  sockets[0].onmessage?.({ data: '{' } as never);
  assert.deepEqual(told, [['runs']]);
  assert.ok(changes.live);
  changes.dispose();
  assert.ok(sockets[0].closed);
});

test('without a socket it looks now and then, and tries ever more seldom to have one', () => {
  mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  try {
    const { sockets, told, changes } = started();
    sockets[0].opens();
    sockets[0].dies();
    assert.ok(!changes.live);
    mock.timers.tick(1000);
    assert.equal(sockets.length, 2);
    sockets[1].dies();
    mock.timers.tick(1500);
    assert.equal(sockets.length, 2);
    mock.timers.tick(500);
    assert.equal(sockets.length, 3);
    mock.timers.tick(2000);
    assert.ok(told.length > 0);
    const before = told.length;
    sockets[2].opens();
    assert.ok(changes.live);
    // What happened meanwhile is made up for once, and then nobody looks any more.
    assert.equal(told.length, before + 1);
    mock.timers.tick(60_000);
    assert.equal(told.length, before + 1);
    changes.dispose();
  } finally {
    mock.timers.reset();
  }
});

test('after its end it does nothing', () => {
  mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  try {
    const { sockets, told, changes } = started();
    changes.dispose();
    sockets[0].dies();
    mock.timers.tick(120_000);
    assert.equal(sockets.length, 1);
    assert.deepEqual(told, []);
  } finally {
    mock.timers.reset();
  }
});
