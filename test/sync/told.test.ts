import assert from 'node:assert/strict';
import { Barrier } from '../../src/sync/barrier.ts';
import { Condition } from '../../src/sync/condition.ts';
import { Event } from '../../src/sync/event.ts';
import { ReadWriteLock } from '../../src/sync/read-write-lock.ts';
import { Semaphore } from '../../src/sync/semaphore.ts';
import { channels, type RecordedEvent } from '../../src/timing/events.ts';
import { outcome } from './bunch.ts';

describe('waits for primitives', () => {
  it('are told to a recorder, with how they ended, and nothing where nobody waits', async () => {
    const heard: string[] = [];
    const hear = (event: unknown): void => {
      const { kind, name, ok } = event as RecordedEvent;
      heard.push(`${name} ${kind}${ok === false ? ' no' : ''}`);
    };
    channels.wait.subscribe(hear);
    try {
      const name = 'it';
      const reads = new ReadWriteLock({ name });
      const waits: (() => Promise<unknown>)[] = [
        () => new Event({ name }).wait({ timeout: 1 }),
        () => new Barrier(2, { name }).wait({ timeout: 1 }),
        () => new Semaphore(0, { name }).acquire({ timeout: 1 }),
        () => new Semaphore(1, { name }).acquire(),
        () => reads.read.with(() => outcome(reads.write.acquire({ timeout: 1 }).catch(() => {}))),
        async () => {
          const event = new Event({ name });
          const waiting = event.wait();
          event.set();
          await waiting;
        },
      ];
      const told: string[][] = [];
      for (const wait of waits) {
        await outcome(wait());
        told.push(heard.splice(0));
      }
      const failed = ['it waiting', 'it acquired no'];
      assert.deepEqual(told, [failed, failed, failed, [], [], ['it waiting', 'it acquired']]);
      const condition = new Condition(undefined, { name });
      await condition.with(() => outcome(condition.wait({ timeout: 1 })));
      assert.deepEqual(
        heard.filter((line) => line.startsWith('it ')),
        failed,
      );
    } finally {
      channels.wait.unsubscribe(hear);
    }
  });
});
