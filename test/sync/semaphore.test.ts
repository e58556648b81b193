import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { withExecutor } from '../../src/executors/executor.ts';
import { ThreadPoolExecutor } from '../../src/executors/executors.ts';
import { ShippingError } from '../../src/shipping/index.ts';
import { SharedCounter } from '../../src/sync/counter.ts';
import { BoundedSemaphore, Semaphore } from '../../src/sync/semaphore.ts';
import { watchSymbol } from '../../src/sync/waiters.ts';
import { Process } from '../../src/workers/process.ts';
import { until } from '../channels/makers.ts';
import { aWhile, bunch, outcome } from './bunch.ts';

/** The cases of CPython 3.13's BaseSemaphoreTests that can hold. */
for (const Kind of [Semaphore, BoundedSemaphore]) {
  describe(Kind.name, () => {
    it('refuses what is no number of permits', () => {
      for (const bad of [-1, -(2 ** 40), 0.5, '1', Number.NaN]) {
        assert.throws(() => new Kind(bad as number), /RangeError: permits is a whole number from 0 on/);
      }
    });

    it('gives and takes back, on the main thread and on others', async () => {
      const two = new Kind(2);
      await two.acquire();
      await two.acquire();
      assert.equal(two.value, 0);
      two.release();
      two.release();
      const work = (from: Semaphore) => {
        from.acquireSync();
        from.acquireSync();
        from.release(2);
      };
      await bunch(1, work, two).join();
      assert.equal(two.value, 2);
    });

    for (const how of ['acquire', 'acquireSync'] as const) {
      const atOnce = how === 'acquire' ? Kind === Semaphore : Kind !== Semaphore;
      it(`lets as many through as there are permits: ${how}, released ${atOnce ? 'at once' : 'singly'}`, async () => {
        const semaphore = new Kind(3);
        await semaphore.acquire();
        const passed = new SharedCounter();
        const work = async (from: Semaphore, count: SharedCounter, way: 'acquire' | 'acquireSync') => {
          await from[way]();
          count.add();
          await from[way]();
          count.add();
        };
        const release = (count: number): void => {
          if (atOnce) semaphore.release(count);
          else for (let n = 0; n < count; n += 1) semaphore.release();
        };
        const all = bunch(5, work, semaphore, passed, how);
        for (const [more, total] of [
          [0, 2],
          [3, 5],
          [2, 7],
        ] as const) {
          if (more > 0) release(more);
          await until(() => passed.value === total);
          await aWhile();
          assert.equal(passed.value, total);
        }
        assert.equal(semaphore.tryAcquire(), false);
        release(3);
        await all.join();
        assert.deepEqual([passed.value, semaphore.value], [10, 0]);
        assert.deepEqual(semaphore[watchSymbol]().waiters, []);
      });
    }

    it('gives by tryAcquire what there is, and never waits', async () => {
      const semaphore = new Kind(2);
      assert.deepEqual(
        [1, 2, 3].map(() => semaphore.tryAcquire()),
        [true, true, false],
      );
      semaphore.release();
      assert.equal(semaphore.tryAcquire(), true);
      const contended = new Kind(4);
      await contended.acquire();
      const got = new SharedCounter();
      const work = (from: Semaphore, count: SharedCounter) => {
        for (const _ of [1, 2]) if (from.tryAcquire()) count.add();
      };
      await bunch(5, work, contended, got).join();
      assert.equal(got.value, 3);
    });

    it('waits no longer than asked', async () => {
      const semaphore = new Kind(2);
      await semaphore.acquire({ timeout: 5 });
      await semaphore.acquire({ timeout: 0 });
      assert.equal(await outcome(semaphore.acquire({ timeout: 5 })), 'TimeoutError');
      assert.equal(await outcome(semaphore.acquire({ timeout: 0 })), 'TimeoutError');
      const late = new SharedCounter();
      const work = (from: Semaphore, count: SharedCounter) => {
        for (const timeout of [0, 5]) {
          try {
            from.acquireSync({ timeout });
          } catch (error) {
            if ((error as Error).name === 'TimeoutError') count.add();
          }
        }
      };
      await bunch(2, work, semaphore, late).join();
      assert.equal(late.value, 4);
      semaphore.release();
      await semaphore.acquire({ timeout: 5 });
      assert.equal(semaphore.value, 0);
    });

    it('has one permit by default, and a thread waits for it', async () => {
      const semaphore = new Kind();
      await semaphore.acquire();
      const passed = new SharedCounter();
      const work = (from: Semaphore, count: SharedCounter) => {
        from.acquireSync();
        count.add();
        from.release();
      };
      const all = bunch(1, work, semaphore, passed);
      await until(() => semaphore[watchSymbol]().waiters.length === 1);
      assert.equal(passed.value, 0);
      semaphore.release();
      await all.join();
      assert.equal(semaphore.value, 1);
    });

    it('releases at the end of with in every case', async () => {
      const semaphore = new Kind(2);
      const nested = (error?: Error) =>
        semaphore.with(async () => {
          assert.equal(semaphore.tryAcquire(), true);
          semaphore.release();
          await semaphore.with(() => {
            assert.equal(semaphore.tryAcquire(), false);
            if (error) throw error;
          });
          return 'done';
        });
      assert.equal(await nested(), 'done');
      assert.equal(semaphore.value, 2);
      await assert.rejects(nested(new TypeError('no')), TypeError);
      assert.equal(semaphore.value, 2);
      const work = (from: Semaphore) => {
        try {
          from.withSync(() => {
            throw new TypeError('no');
          });
        } catch {
          return from.withSync(() => from.value);
        }
      };
      await withExecutor(new ThreadPoolExecutor(1), async (pool) => {
        assert.equal(await pool.submit(work, semaphore), 1);
      });
      assert.equal(semaphore.value, 2);
    });

    it('gives nothing to a wait that was cancelled, and the next has it', async () => {
      const semaphore = new Kind(1);
      await semaphore.acquire();
      const controller = new AbortController();
      const first = outcome(semaphore.acquire({ signal: controller.signal }));
      const second = outcome(semaphore.acquire({ timeout: 10 }));
      const third = semaphore.acquire();
      const passed = new SharedCounter();
      const work = (from: Semaphore, count: SharedCounter) => {
        from.acquireSync();
        count.add();
      };
      const all = bunch(1, work, semaphore, passed);
      await until(() => semaphore[watchSymbol]().waiters.length >= 3);
      controller.abort();
      assert.deepEqual([await first, await second], ['CancelledError', 'TimeoutError']);
      semaphore.release();
      await Promise.race([third, all.join()]);
      semaphore.release();
      await third;
      await all.join();
      assert.deepEqual([passed.value, semaphore.value], [1, 0]);
      await assert.rejects(semaphore.acquire({ signal: controller.signal }), /cancelled/);
    });

    it('wakes those that wait, however many they are', async () => {
      // What counts them in 16 bits of a word says 0 here.
      const many = 65_536;
      const semaphore = new Kind(many);
      for (let n = 0; n < many; n += 1) semaphore.tryAcquire();
      const waiting = Array.from({ length: many }, () => semaphore.acquire());
      await aWhile();
      semaphore.release(many);
      await Promise.all(waiting);
      assert.equal(semaphore.value, 0);
    });

    it('lets another go on when one that is awaited wakes on a thread that is busy', async () => {
      const semaphore = new Kind(1);
      await semaphore.acquire();
      const steps = { waits: new SharedCounter(), passed: new SharedCounter() };
      const stuck = (from: Semaphore, { waits, passed }: typeof steps) => {
        const word = new Int32Array(new SharedArrayBuffer(4));
        const mine = from.acquire();
        waits.add();
        while (passed.value === 0) Atomics.wait(word, 0, 0, 1);
        return mine;
      };
      const busy = bunch(1, stuck, semaphore, steps);
      await until(() => steps.waits.value === 1);
      const work = (from: Semaphore, { passed }: typeof steps) => {
        from.acquireSync();
        passed.add();
        from.release();
      };
      const other = bunch(1, work, semaphore, steps);
      await until(() => semaphore[watchSymbol]().waiters.length === 2);
      semaphore.release();
      await other.join();
      await busy.join();
    });

    it('is itself when it comes home, never blocks a main thread, and is refused to a process', async () => {
      const semaphore = new Kind(1, { name: 'places' });
      await withExecutor(new ThreadPoolExecutor(1), async (pool) => {
        assert.equal(await pool.submit((it: Semaphore) => it, semaphore), semaphore);
        const kind = await pool.submit((it: Semaphore) => it.constructor.name, semaphore);
        assert.equal(kind, Kind.name);
      });
      assert.throws(() => semaphore.acquireSync(), /block the main thread.*await semaphore\.acquire/);
      assert.throws(() => semaphore.withSync(() => {}), /block the main thread/);
      assert.throws(
        () => new Process((_: Semaphore) => {}, semaphore).start(),
        (error) => error instanceof ShippingError && /Semaphore.*Use threads/s.test(error.message),
      );
    });
  });
}

describe('Semaphore', () => {
  it('can be released more often than acquired', async () => {
    const semaphore = new Semaphore(1);
    semaphore.release();
    await semaphore.acquire();
    await semaphore.acquire();
    semaphore.release();
    semaphore.release(2);
    assert.equal(inspect(new Semaphore(3, { name: 'a' })), "Semaphore { name: 'a', value: 3 }");
    assert.equal(semaphore.value, 3);
    assert.throws(() => semaphore.release(0), RangeError);
    assert.throws(() => semaphore.release(2 ** 31), RangeError);
    assert.equal(semaphore.value, 3);
  });

  it('hands over what one counts and the other takes', async () => {
    const items = new Semaphore(0);
    const taken = new SharedCounter();
    const work = (from: Semaphore, count: SharedCounter, times: number) => {
      for (let n = 0; n < times; n += 1) {
        from.acquireSync();
        count.add();
      }
    };
    const all = bunch(2, work, items, taken, 500);
    for (let n = 0; n < 1000; n += 1) items.release();
    await all.join();
    assert.deepEqual([taken.value, items.value, items.lost], [1000, 0, 0]);
  });
});

describe('BoundedSemaphore', () => {
  it('never has more than at first', async () => {
    const semaphore = new BoundedSemaphore();
    assert.throws(
      () => semaphore.release(),
      /RangeError: semaphore \d+ would have 2 free permits, over its bound of 1; release only what/,
    );
    await semaphore.acquire();
    semaphore.release();
    assert.throws(() => semaphore.release(), RangeError);
    const three = new BoundedSemaphore(3, { name: 'b' });
    await three.acquire();
    assert.throws(() => three.release(2), RangeError);
    assert.equal(inspect(three), "BoundedSemaphore { name: 'b', value: 2/3 }");
  });
});
