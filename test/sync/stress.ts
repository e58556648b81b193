import assert from 'node:assert/strict';
import type { Lock, RLock } from '../../src/index.ts';
import type { Thread } from '../../src/workers/thread.ts';
import { start, words } from './helpers.ts';

type Either = Lock | RLock;

/** Adds to two words that must be the same whenever somebody holds the lock. */
const addSync = (lock: Either, to: Int32Array, times: number) => {
  for (let n = 0; n < times; n += 1) {
    lock.acquireSync();
    const before = to[0]!;
    if (to[1] !== before) to[2]! += 1;
    to[0] = before + 1;
    to[1] = before + 1;
    lock.release();
  }
};

const addAsync = async (lock: Either, to: Int32Array, times: number) => {
  for (let n = 0; n < times; n += 1) {
    const guard = await lock.acquire();
    const before = to[0]!;
    if (n % 50 === 0) await null;
    to[0] = before + 1;
    guard.release();
  }
};

/** Threads that block, `times` each. */
export async function blocking(lock: Either, threads: number, times: number): Promise<void> {
  const to = words();
  const all = Array.from({ length: threads }, () => start(addSync, lock, to, times));
  for (const thread of all) assert.ok((await thread.join()) && thread.exitCode === 0);
  assert.deepEqual([to[0], to[1], to[2]], [threads * times, threads * times, 0]);
  assert.ok(!lock.locked);
}

/** Threads that await, one of them this, and some that block at the same time. */
export async function awaiting(lock: Either, threads: number, times: number): Promise<void> {
  const to = words();
  const all = Array.from({ length: threads - 1 }, (_, n) => start(n === 0 ? addSync0 : addAsync, lock, to, times));
  await addAsync(lock, to, times);
  for (const thread of all) assert.ok((await thread.join()) && thread.exitCode === 0);
  assert.equal(to[0], threads * times);
  assert.ok(!lock.locked);
}

const addSync0 = (lock: Either, to: Int32Array, times: number) => {
  for (let n = 0; n < times; n += 1) {
    const guard = lock.acquireSync();
    to[0]! += 1;
    guard.release();
  }
};

/** Until the lock's owner dies, or `to[3]` says stop: 1 in word 4 + id when this one was told of a death. */
const addUntilDeath = (lock: Either, to: Int32Array, id: number) => {
  while (Atomics.load(to, 3) === 0) {
    try {
      lock.acquireSync();
    } catch (error) {
      if ((error as Error).name !== 'LockOwnerDied') throw error;
      to[8 + id] = 1;
      return;
    }
    to[0]! += 1;
    to[1]! += 1;
    lock.release();
  }
};

/**
 * In each round, one of four threads is killed at a random moment; nobody hangs, and what is guarded is whole. Goes on
 * until one was killed with the lock in hand so many times.
 */
export async function killing(make: () => Either, times: number): Promise<void> {
  for (let deaths = 0; deaths < times; ) {
    const lock = make();
    const to = words(16);
    const all: Thread<[Either, Int32Array, number]>[] = [0, 1, 2, 3].map((id) => start(addUntilDeath, lock, to, id));
    while (Atomics.load(to, 0) < 1000) await new Promise((resolve) => setTimeout(resolve, 1));
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 10));
    const victim = all[Math.floor(Math.random() * 4)]!;
    victim.terminate();
    await victim.join();
    const isDead = lock.holder?.includes('ended') ?? false;
    if (isDead) {
      deaths += 1;
      for (const thread of all) await thread.join();
      assert.equal(
        to.subarray(8, 12).reduce((sum, told) => sum + told),
        3,
        'the three others were told',
      );
      assert.ok(Math.abs(to[0]! - to[1]!) <= 1, 'only the last step is half done');
      assert.ok(lock.recover());
    } else {
      Atomics.store(to, 3, 1);
      for (const thread of all) assert.ok(await thread.join());
      assert.equal(to[0], to[1]);
    }
    assert.ok(!lock.locked);
    await lock.with(() => {});
  }
}
