import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { CancelledError, type Lock, LockOwnerDied, Queue, ThreadPoolExecutor, withExecutor } from '../../src/index.ts';
import { until } from '../channels/makers.ts';
import { type Either, kinds, start, words } from './helpers.ts';

for (const [kind, Kind] of Object.entries(kinds)) {
  describe(`${kind} whose owner ends`, function () {
    this.timeout(120_000);

    const take = (one: Either, to: Int32Array) => {
      one.acquireSync();
      to[0] = 1;
      Atomics.wait(to, 1, 0);
    };

    it('leaves LockOwnerDied to all who wait and come, until it is recovered', async () => {
      const lock = new Kind({ name: 'till' });
      const seen = words();
      const owner = start(take, lock, seen);
      await until(() => seen[0] === 1);
      const waiters = [0, 1].map(() =>
        start(
          (one: Either, to: Int32Array) => {
            Atomics.add(to, 2, 1);
            try {
              one.acquireSync();
            } catch (error) {
              if ((error as Error).name === 'LockOwnerDied') Atomics.add(to, 3, 1);
            }
          },
          lock,
          seen,
        ),
      );
      const here = lock.acquire();
      await until(() => seen[2] === 2);
      owner.terminate();
      await assert.rejects(here, (error: Error) => error instanceof LockOwnerDied && /^thread \d+$/.test(error.owner));
      for (const waiter of waiters) await waiter.join();
      assert.equal(seen[3], 2);
      assert.throws(() => lock.tryAcquire(), LockOwnerDied);
      await assert.rejects(lock.acquire(), LockOwnerDied);
      assert.match(lock.holder!, /which has ended/);
      assert.equal(lock.recover(), true);
      assert.equal(lock.recover(), false);
      await lock.with(() => {});
    });

    it('also when it ends as it should, or by an error', async () => {
      for (const wrong of [false, true]) {
        const lock = new Kind();
        const owner = start(
          (one: Either, to: Int32Array, fails: boolean) => {
            one.acquireSync();
            to[0] = 1;
            if (fails) process.exit(3);
          },
          lock,
          words(),
          wrong,
        );
        await owner.join();
        await assert.rejects(lock.acquire(), LockOwnerDied);
      }
    });

    it('in a worker that a worker started, which dies with it', async () => {
      const lock = new Kind();
      const seen = words();
      const owner = start(
        async (one: Either, to: Int32Array, inner: typeof take, begin: typeof start) => {
          await begin(inner, one, to).join();
        },
        lock,
        seen,
        take,
        start,
      );
      await until(() => seen[0] === 1);
      const here = lock.acquire();
      owner.terminate();
      await assert.rejects(here, LockOwnerDied);
    });

    it('in a worker that a worker started, which dies alone', async () => {
      const lock = new Kind();
      const seen = words();
      const outer = start(
        async (one: Either, to: Int32Array, inner: typeof take, begin: typeof start) => {
          const thread = begin(inner, one, to);
          while (to[0] !== 1) await new Promise((resolve) => setTimeout(resolve, 1));
          thread.terminate();
          await thread.join();
        },
        lock,
        seen,
        take,
        start,
      );
      await assert.rejects(async () => {
        await until(() => seen[0] === 1);
        await lock.acquire();
      }, LockOwnerDied);
      await outer.join();
    });

    it('in a task of a pool that is ended', async () => {
      const lock = new Kind();
      const seen = words();
      await withExecutor(new ThreadPoolExecutor(2), async (pool) => {
        const held = pool.submit(take, lock, seen);
        await until(() => seen[0] === 1);
        const waits = pool.submit((one: Either) => void one.acquireSync(), lock);
        await sleep(20);
        held.cancel();
        await assert.rejects(held, CancelledError);
        await assert.rejects(waits, LockOwnerDied);
        lock.recover();
        await pool.submit((one: Either) => one.withSync(() => {}), lock);
      });
    });

    it('in a task of a pool that is ended, when nobody else there has it', async () => {
      const lock = new Kind();
      const seen = words();
      await withExecutor(new ThreadPoolExecutor(1), async (pool) => {
        const held = pool.submit(take, lock, seen);
        await until(() => seen[0] === 1);
        const waits = lock.acquire();
        held.cancel();
        await assert.rejects(held, CancelledError);
        await assert.rejects(waits, LockOwnerDied);
        assert.ok(lock.recover());
      });
    });

    it('came back by a queue: known to those who have it', async () => {
      const queue = new Queue<Either>();
      const owner = start(
        async (to: Queue<Either>, Of: typeof Lock) => {
          const lock = new Of();
          await lock.acquire();
          await to.put(lock);
          await new Promise(() => setInterval(() => {}, 1000));
        },
        queue,
        Kind as typeof Lock,
      );
      const lock = await queue.get();
      const here = lock.acquire();
      owner.terminate();
      await assert.rejects(here, LockOwnerDied);
      queue.close();
    });

    it('is not touched by the death of one who waits', async () => {
      const lock = new Kind();
      const guard = await lock.acquire();
      const seen = words();
      const wait = (one: Either, to: Int32Array) => {
        Atomics.add(to, 0, 1);
        one.acquireSync();
        Atomics.add(to, 1, 1);
        one.release();
      };
      const [dies, lives] = [start(wait, lock, seen), start(wait, lock, seen)];
      await until(() => seen[0] === 2);
      await sleep(20);
      dies.terminate();
      guard.release();
      await dies.join();
      await lives.join();
      assert.ok(seen[1]! >= 1);
      assert.ok(!lock.locked || seen[1] === 1);
    });
  });
}
