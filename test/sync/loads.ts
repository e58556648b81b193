import assert from 'node:assert/strict';
import type { Barrier } from '../../src/sync/barrier.ts';
import { Condition } from '../../src/sync/condition.ts';
import { SharedCounter } from '../../src/sync/counter.ts';
import { Event } from '../../src/sync/event.ts';
import { Lock } from '../../src/sync/lock.ts';
import type { ReadWriteLock } from '../../src/sync/read-write-lock.ts';
import { SharedRecord } from '../../src/sync/record.ts';
import type { Semaphore } from '../../src/sync/semaphore.ts';
import { until } from '../channels/makers.ts';
import { bunch } from './bunch.ts';

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Never are more inside than there are permits, and all permits are there in the end. */
export async function semaphoreLoad(semaphore: Semaphore, times: number): Promise<void> {
  const inside = new SharedCounter();
  const bad = new SharedCounter();
  const work = (limit: Semaphore, within: SharedCounter, wrong: SharedCounter, count: number) => {
    for (let n = 0; n < count; n += 1) {
      limit.acquireSync();
      if (within.add() > limit.permits) wrong.add();
      within.add(-1);
      limit.release();
    }
  };
  await bunch(4, work, semaphore, inside, bad, times / 4).join();
  assert.deepEqual([bad.value, semaphore.value, inside.value, semaphore.lost], [0, semaphore.permits, 0, 0]);
}

/** Two pairs of threads hand a turn back and forth by two events. */
export async function eventLoad(times: number): Promise<void> {
  const ping = (mine: Event, theirs: Event, count: number) => {
    for (let n = 0; n < count; n += 1) {
      theirs.set();
      mine.waitSync();
      mine.clear();
    }
  };
  const pong = (mine: Event, theirs: Event, count: number) => {
    for (let n = 0; n < count; n += 1) {
      mine.waitSync();
      mine.clear();
      theirs.set();
    }
  };
  const all = [1, 2].flatMap(() => {
    const [a, b] = [new Event(), new Event()];
    return [bunch(1, ping, a, b, times / 12), bunch(1, pong, b, a, times / 12)];
  });
  for (const each of all) await each.join();
}

/** Nobody goes on before all have come; in each round each place is given once. */
export async function barrierLoad(barrier: Barrier, times: number): Promise<void> {
  const came = new SharedCounter();
  const bad = new SharedCounter();
  const places = new SharedCounter();
  const work = (at: Barrier, arrived: SharedCounter, wrong: SharedCounter, sum: SharedCounter, rounds: number) => {
    let own = 0;
    for (let n = 1; n <= rounds; n += 1) {
      arrived.add();
      own += at.waitSync();
      if (arrived.value < n * at.parties) wrong.add();
    }
    sum.add(own);
  };
  const rounds = times / barrier.parties;
  await bunch(barrier.parties, work, barrier, came, bad, places, rounds).join();
  assert.deepEqual([came.value, bad.value, barrier.broken], [times, 0, false]);
  assert.equal(places.value, (rounds * barrier.parties * (barrier.parties - 1)) / 2);
}

/** A buffer with room for four: what is put is taken, and its bounds hold. */
export async function conditionLoad(times: number): Promise<void> {
  const lock = new Lock();
  const [filled, emptied] = [new Condition(lock), new Condition(lock)];
  const state = new SharedRecord({ count: 'int32', taken: 'int32', bad: 'int32' });
  const put = (full: Condition, empty: Condition, on: typeof state, count: number) => {
    for (let n = 0; n < count; n += 1) {
      full.withSync(() => {
        empty.waitForSync(() => on.count < 4);
        on.count += 1;
        if (on.count > 4) on.bad += 1;
        full.notify();
      });
    }
  };
  const take = (full: Condition, empty: Condition, on: typeof state, count: number) => {
    for (let n = 0; n < count; n += 1) {
      full.withSync(() => {
        full.waitForSync(() => on.count > 0);
        on.count -= 1;
        on.taken += 1;
        empty.notify();
      });
    }
  };
  const all = [put, take].map((work) => bunch(2, work, filled, emptied, state, times / 4));
  for (const each of all) await each.join();
  assert.deepEqual({ ...state }, { count: 0, taken: times / 2, bad: 0 });
}

const pairWork = (on: ReadWriteLock, both: SharedRecord, wrong: SharedCounter, count: number) => {
  const pair = both as { left: number; right: number };
  for (let n = 0; n < count; n += 1) {
    if (n % 8 === 0) {
      const guard = on.write.acquireSync();
      pair.left += 1;
      pair.right += 1;
      guard.release();
    } else {
      const guard = on.read.acquireSync();
      if (pair.left !== pair.right) wrong.add();
      guard.release();
    }
  }
};

/** No write is lost, and no reader sees half of one. */
export async function readWriteLoad(lock: ReadWriteLock, times: number): Promise<void> {
  const pair = new SharedRecord({ left: 'float64', right: 'float64' });
  const bad = new SharedCounter();
  await bunch(4, pairWork, lock, pair, bad, times / 4).join();
  assert.deepEqual([pair.left, pair.right, bad.value], [times / 8, times / 8, 0]);
  assert.deepEqual([lock.readers, lock.writer], [[], undefined]);
}

/** One of four is killed at a random moment: nobody hangs, and after `recover` the lock works. */
export async function readWriteKilling(make: () => ReadWriteLock, rounds: number): Promise<number> {
  const work = (on: ReadWriteLock, stop: SharedCounter, told: SharedCounter, steps: SharedCounter) => {
    for (let n = 0; stop.value === 0; n += 1) {
      try {
        const guard = n % 3 === 0 ? on.write.acquireSync() : on.read.acquireSync();
        steps.value += 1;
        guard.release();
      } catch (error) {
        if ((error as Error).name !== 'LockOwnerDied') throw error;
        told.add();
        return;
      }
    }
  };
  let deaths = 0;
  for (let round = 0; round < rounds; round += 1) {
    const lock = make();
    const [stop, told, steps] = [new SharedCounter(), new SharedCounter(), new SharedCounter()];
    const { threads } = bunch(4, work, lock, stop, told, steps);
    await until(() => steps.value > 1000);
    await wait(Math.random() * 10);
    const victim = threads[Math.floor(Math.random() * 4)]!;
    victim.terminate();
    await victim.join();
    const isDead = lock.recover();
    if (isDead) deaths += 1;
    stop.add();
    for (const thread of threads) await thread.join();
    assert.ok(isDead || told.value === 0);
    lock.recover();
    assert.equal(await lock.write.with(() => 1), 1);
    assert.deepEqual([lock.readers, lock.writer], [[], undefined]);
  }
  return deaths;
}

/** One of four is killed at a random moment: the others have an error, and nobody hangs. */
export async function barrierKilling(make: () => Barrier, rounds: number): Promise<void> {
  const work = (at: Barrier, steps: SharedCounter, told: SharedCounter) => {
    try {
      for (;;) {
        at.waitSync();
        steps.add();
      }
    } catch (error) {
      if ((error as Error).name === 'BrokenBarrierError') told.add();
    }
  };
  for (let round = 0; round < rounds; round += 1) {
    const barrier = make();
    const [steps, told] = [new SharedCounter(), new SharedCounter()];
    const { threads } = bunch(4, work, barrier, steps, told);
    await until(() => steps.value > 400);
    await wait(Math.random() * 10);
    threads[Math.floor(Math.random() * 4)]!.terminate();
    for (const thread of threads) await thread.join();
    assert.deepEqual([told.value, barrier.broken], [3, true]);
  }
}

/** One of four is killed at a random moment: its permits are known, the others go on, and all come back. */
export async function semaphoreKilling(make: () => Semaphore, rounds: number): Promise<number> {
  const { warn } = console;
  console.warn = () => {};
  let lost = 0;
  try {
    for (let round = 0; round < rounds; round += 1) {
      const semaphore = make();
      const [stop, steps] = [new SharedCounter(), new SharedCounter()];
      const work = (limit: Semaphore, end: SharedCounter, count: SharedCounter) => {
        while (end.value === 0) {
          limit.acquireSync();
          count.add();
          limit.release();
        }
      };
      const { threads } = bunch(4, work, semaphore, stop, steps);
      await until(() => steps.value > 1000);
      await wait(Math.random() * 10);
      const victim = threads[Math.floor(Math.random() * 4)]!;
      victim.terminate();
      await victim.join();
      stop.add();
      for (const thread of threads) await thread.join();
      lost += semaphore.lost;
      assert.equal(semaphore.value + semaphore.lost, semaphore.permits);
      semaphore.recover();
      assert.equal(semaphore.value, semaphore.permits);
    }
  } finally {
    console.warn = warn;
  }
  return lost;
}
