import assert from 'node:assert/strict';
import { Lock, Queue, ReadWriteLock, RLock, SharedCounter } from '../../src/index.ts';
import { until } from '../channels/makers.ts';
import { aWhile, bunch, outcome } from './bunch.ts';
import { start } from './helpers.ts';

const makers = { Lock: () => new Lock(), RLock: () => new RLock(), ReadWriteLock: () => new ReadWriteLock() };
type Any = Lock | RLock | ReadWriteLock;
type Side = 'read' | 'write';

/** Takes a lock off a queue, and keeps it. */
const keep = async (from: Queue<Any>, side: Side, told: Queue<string>) => {
  const lock = await from.get();
  await ('read' in lock ? lock[side] : lock).acquire();
  await told.put('has it');
  await new Promise((resolve) => setTimeout(resolve, 2 ** 30));
};

/** Makes a lock, puts it into a queue, and wants it itself when another has it. */
const share = async (
  make: () => Any,
  way: 'acquire' | 'acquireSync',
  to: Queue<Any>,
  had: Queue<string>,
  told: Queue<string>,
) => {
  const lock = make();
  await to.put(lock);
  await had.get();
  await told.put('wants it');
  try {
    await ('read' in lock ? lock.write : lock)[way]();
  } catch (error) {
    await told.put((error as Error).name);
  }
};

describe('a lock that came in a queue, of which the one who started its owner does not know', () => {
  for (const [kind, make] of Object.entries(makers)) {
    for (const side of kind === 'ReadWriteLock' ? (['read', 'write'] as const) : (['write'] as const)) {
      for (const way of ['acquire', 'acquireSync'] as const) {
        it(`tells those who wait of its owner’s death all the same: ${kind}, ${side}, ${way}`, async () => {
          const [locks, had, told] = [new Queue<Any>(), new Queue<string>(), new Queue<string>()];
          const owner = start(keep, locks, side, had);
          const waiter = start(share, make, way, locks, had, told);
          assert.equal(await told.get(), 'wants it');
          await aWhile();
          owner.terminate();
          assert.equal(await told.get(), 'LockOwnerDied');
          await waiter.join();
        });
      }
    }
  }
});

describe('a writer of many', () => {
  it('lets readers in when it died while it waited', async () => {
    const lock = new ReadWriteLock();
    const guard = await lock.write.acquire();
    const controller = new AbortController();
    const many = Array.from({ length: 40 }, () => outcome(lock.write.acquire({ signal: controller.signal })));
    const here = new SharedCounter();
    const waits = bunch(
      1,
      (on: ReadWriteLock, count: SharedCounter) => {
        count.add();
        on.write.acquireSync();
      },
      lock,
      here,
    );
    await until(() => here.value === 1);
    await aWhile();
    waits.threads[0]!.terminate();
    await waits.threads[0]!.join();
    controller.abort();
    assert.deepEqual(new Set(await Promise.all(many)), new Set(['CancelledError']));
    guard.release();
    lock.read.tryAcquire()!.release();
  });
});
