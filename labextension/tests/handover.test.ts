import assert from 'node:assert/strict';
import { test } from 'node:test';

import { HandOver } from '../src/models/handover.ts';

function slow(): { sent: string[]; release: () => Promise<void>; send: (id: string) => Promise<void> } {
  const sent: string[] = [];
  const waiting: (() => void)[] = [];
  return {
    sent,
    send: id => {
      sent.push(id);
      return new Promise(resolve => waiting.push(resolve));
    },
    release: async () => {
      waiting.shift()?.();
      await new Promise(resolve => setTimeout(resolve, 5));
    }
  };
}

test('of those that come by themselves only the newest waits', async () => {
  const line = slow();
  const handOver = new HandOver(line.send, 0);
  for (const id of ['1', '2', '3', '4']) {
    void handOver.ask(id, false);
    await new Promise(resolve => setTimeout(resolve, 1));
  }
  assert.deepEqual(line.sent, ['1']);
  await line.release();
  assert.deepEqual(line.sent, ['1', '4']);
  await line.release();
  assert.deepEqual(line.sent, ['1', '4']);
});

test('those that somebody asked for are all handed over, in order', async () => {
  const line = slow();
  const handOver = new HandOver(line.send, 0);
  for (const id of ['1', '2', '3']) {
    void handOver.ask(id, true);
  }
  for (let round = 0; round < 3; round++) {
    await new Promise(resolve => setTimeout(resolve, 1));
    await line.release();
  }
  await handOver.settle();
  assert.deepEqual(line.sent, ['1', '2', '3']);
});

test('a failure is told to who asked, and holds nothing up', async () => {
  const sent: string[] = [];
  const handOver = new HandOver(async id => {
    sent.push(id);
    if (id === 'bad') {
      throw new Error('full disk');
    }
  });
  await assert.rejects(handOver.ask('bad', true), /full disk/);
  await handOver.ask('bad', false);
  await assert.rejects(handOver.settle(), /full disk/);
  await handOver.ask('good', true);
  assert.deepEqual(sent, ['bad', 'bad', 'good']);
});

test('what rests is handed over before the document is replaced', async () => {
  const sent: string[] = [];
  let document = 'as it was';
  const handOver = new HandOver(async id => {
    const taken = document;
    await new Promise(resolve => setTimeout(resolve, 40));
    sent.push(`${id}: ${taken}`);
  }, 1000);
  void handOver.ask('1', false);
  await new Promise(resolve => setTimeout(resolve, 60));
  void handOver.ask('2', false);
  await handOver.settle();
  document = 'restored';
  await new Promise(resolve => setTimeout(resolve, 60));
  assert.deepEqual(sent, ['1: as it was', '2: as it was']);
});
