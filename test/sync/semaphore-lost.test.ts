import assert from 'node:assert/strict';
import { withExecutor } from '../../src/executors/executor.ts';
import { ThreadPoolExecutor } from '../../src/executors/executors.ts';
import { Barrier } from '../../src/sync/barrier.ts';
import { SharedCounter } from '../../src/sync/counter.ts';
import { BoundedSemaphore, Semaphore } from '../../src/sync/semaphore.ts';
import { until } from '../channels/makers.ts';
import { bunch, outcome } from './bunch.ts';
import { warningsOf } from './helpers.ts';
import { atEachStep } from './interrupted.ts';

/** The cases of CPython 3.13's BaseSemaphoreTests that can hold. */
for (const Kind of [Semaphore, BoundedSemaphore]) {
  describe(Kind.name, () => {
    it('reports what died with a thread, and brings it back', async () => {
      const semaphore = new Kind(3, { name: 'places' });
      const have = new SharedCounter();
      const hold = (from: Semaphore, count: SharedCounter) => {
        from.acquireSync();
        from.acquireSync();
        count.add();
        for (;;);
      };
      const lines = await warningsOf(async () => {
        const all = bunch(1, hold, semaphore, have);
        await until(() => have.value === 1);
        assert.equal(semaphore.lost, 0);
        all.threads[0]!.terminate();
        await all.threads[0]!.join();
      });
      assert.deepEqual(lines, [
        'places: thread 1 (hold) ended with exit code 1, and 2 permits of it are lost; recover() brings back what is lost',
      ]);
      assert.deepEqual([semaphore.lost, semaphore.value], [2, 1]);
      assert.equal(semaphore.recover(), 2);
      assert.equal(semaphore.recover(), 0);
      assert.deepEqual([semaphore.lost, semaphore.value], [0, 3]);
    });

    it('brings each permit back once, while another does so and a third takes the place of the dead', async () => {
      const all = Array.from({ length: 200 }, () => new Kind(2));
      const have = new SharedCounter();
      const hold = (from: Semaphore[], count: SharedCounter) => {
        for (const one of from) one.acquireSync();
        count.add();
        for (;;);
      };
      await warningsOf(async () => {
        const dying = bunch(1, hold, all, have);
        await until(() => have.value === 1);
        dying.threads[0]!.terminate();
        await dying.threads[0]!.join();
      });
      let others = 0;
      atEachStep(
        all,
        (semaphore) => semaphore.recover(),
        (semaphore) => {
          others = semaphore.recover();
          semaphore.tryAcquire();
        },
        (semaphore, mine, step) => {
          assert.equal(mine + others, 1, step);
          assert.deepEqual([semaphore.value, semaphore.lost], [1, 0], step);
        },
      );
    });

    it('reports what died with a task that was cancelled', async () => {
      const semaphore = new Kind(1, { name: 'places' });
      const lines = await warningsOf(() =>
        withExecutor(new ThreadPoolExecutor(1), async (pool) => {
          const task = pool.submit(
            (from: Semaphore) =>
              from.withSync(() => {
                for (;;);
              }),
            semaphore,
          );
          await until(() => semaphore.value === 0);
          task.cancel();
          assert.equal(await outcome(task), 'CancelledError');
          await until(() => semaphore.lost === 1);
        }),
      );
      assert.equal(lines.length, 1);
      assert.match(lines[0]!, /^places: task .* cancelled.*, and a permit of it is lost; recover\(\)/);
      assert.equal(semaphore.recover(), 1);
    });

    it('calls nothing lost that others have released, or that never was', async () => {
      const signal = new Kind(1);
      const lines = await warningsOf(async () => {
        await bunch(1, (from: Semaphore) => from.acquireSync(), signal).join();
      });
      assert.deepEqual([lines, signal.lost], [[], 1]);
      signal.release();
      assert.deepEqual([signal.lost, signal.value, signal.recover()], [0, 1, 0]);
    });

    it('brings back once what two threads recover at a time', async () => {
      const all = Array.from({ length: 300 }, () => new Kind(2));
      await warningsOf(async () => {
        const take = (from: Semaphore[]) => {
          for (const one of from) one.acquireSync();
        };
        await bunch(1, take, all).join();
      });
      const meet = new Barrier(2);
      const back = new SharedCounter();
      const recover = (of: Semaphore[], at: Barrier, count: SharedCounter) => {
        for (const one of of) {
          at.waitSync();
          count.add(one.recover());
        }
      };
      await bunch(2, recover, all, meet, back).join();
      assert.equal(back.value, all.length);
      assert.ok(all.every(({ value }) => value === 2));
    });

    it('works in a pool whose workers die, and in a class', async () => {
      class Parking {
        readonly #places: Semaphore;
        readonly inside = new SharedCounter();
        readonly most = new SharedCounter();
        constructor(places: Semaphore) {
          this.#places = places;
        }
        park(): void {
          this.#places.withSync(() => {
            const now = this.inside.add();
            if (now > this.most.value) this.most.value = now;
            Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
            this.inside.add(-1);
          });
        }
        leaveWith(): void {
          this.#places.acquireSync();
          process.exit(3);
        }
        recover(): number {
          return this.#places.recover();
        }
      }
      const parking = new Parking(new Kind(2));
      const lines = await warningsOf(() =>
        withExecutor(new ThreadPoolExecutor(4), async (pool) => {
          await Promise.all(Array.from({ length: 12 }, () => pool.submit((at: Parking) => at.park(), parking)));
          assert.ok(parking.most.value <= 2);
          assert.equal(await outcome(pool.submit((at: Parking) => at.leaveWith(), parking)), 'WorkerDied');
        }),
      );
      assert.match(lines.join('\n'), /^semaphore \d+: .*a permit of it is lost/);
      assert.equal(parking.recover(), 1);
    });
  });
}
