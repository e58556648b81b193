import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { CancelledError, Lock, RLock, TimeoutError } from '../../src/index.ts';
import { until } from '../channels/makers.ts';
import { inCell } from '../show/cell.ts';
import { run, start, words } from './helpers.ts';

const kinds = { Lock, RLock };
type Either = Lock | RLock;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The message of what a function throws. */
const messageOf = (fn: () => unknown): string => {
  try {
    fn();
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing thrown';
};

// The names in brackets are those of the cases in CPython 3.13's Lib/test/lock_tests.py whose meaning these keep.
for (const [kind, Kind] of Object.entries(kinds)) {
  describe(kind, function () {
    this.timeout(120_000);

    // [test_constructor, test_repr, test_locked_repr]
    it('is made free, has a name, and shows who holds it', async () => {
      const lock = new Kind({ name: 'till' });
      assert.equal(lock.locked, false);
      assert.equal(lock.holder, undefined);
      assert.equal(inspect(lock), `${kind} { till: free }`);
      const guard = await lock.acquire();
      assert.equal(lock.holder, 'main');
      assert.equal(inspect(lock), `${kind} { till: held by main }`);
      guard.release();
      assert.match(new Kind().name, new RegExp(`^${kind.toLowerCase()} \\d+$`));
    });

    // [test_acquire_destroy, test_acquire_release]
    it('is taken and released, by guard, in a thread also by itself', async () => {
      const lock = new Kind();
      const guard = await lock.acquire();
      assert.ok(lock.locked);
      guard.release();
      assert.ok(!lock.locked);
      const ok = await run((one: Either) => {
        for (let n = 0; n < 3; n += 1) {
          one.acquireSync();
          if (!one.locked || !/^thread \d+$/.test(one.holder ?? '')) throw new Error(`held by ${one.holder}`);
          one.release();
        }
        one.acquireSync().release();
      }, lock);
      assert.ok(ok);
      assert.ok(!lock.locked);
    });

    // [test_try_acquire, test_try_acquire_contended]
    it('is tried without waiting', async () => {
      const lock = new Kind();
      const guard = lock.tryAcquire();
      assert.ok(guard);
      const seen = words();
      const ok = await run(
        (one: Either, to: Int32Array) => {
          to[0] = one.tryAcquire() === undefined ? 1 : 2;
        },
        lock,
        seen,
      );
      assert.ok(ok);
      assert.equal(seen[0], 1);
      guard.release();
      assert.ok(!lock.locked);
    });

    // [test_acquire_contended]
    it('makes the others wait, and all get it', async () => {
      const lock = new Kind();
      const guard = await lock.acquire();
      const seen = words();
      const work = async (one: Either, to: Int32Array, sync: boolean) => {
        Atomics.add(to, 0, 1);
        const mine = sync ? one.acquireSync() : await one.acquire();
        Atomics.add(to, 1, 1);
        mine.release();
      };
      const threads = [true, false, true, false].map((sync) => start(work, lock, seen, sync));
      await until(() => seen[0] === 4);
      await sleep(20);
      assert.equal(seen[1], 0);
      guard.release();
      for (const thread of threads) await thread.join();
      assert.equal(seen[1], 4);
      assert.ok(!lock.locked);
    });

    // [test_with]
    it('is released by with in every case', async () => {
      const lock = new Kind();
      assert.equal(await lock.with(async () => lock.locked), true);
      assert.ok(!lock.locked);
      await assert.rejects(
        lock.with(() => {
          throw new TypeError('no');
        }),
        TypeError,
      );
      assert.ok(!lock.locked);
      const ok = await run((one: Either) => {
        if (one.withSync(() => one.locked) !== true) throw new Error('not locked');
        try {
          one.withSync(() => {
            throw new RangeError('no');
          });
        } catch {}
        if (one.locked) throw new Error('still locked');
        try {
          one.withSync(async () => {});
        } catch (error) {
          if (error instanceof TypeError && !one.locked) return;
        }
        throw new Error('took an async function');
      }, lock);
      assert.ok(ok);
    });

    // [test_timeout]
    it('gives up in time', async () => {
      const lock = new Kind();
      await assert.rejects(lock.acquire({ timeout: -1 }), RangeError);
      await (await lock.acquire({ timeout: 1e9 })).release();
      const guard = await lock.acquire();
      await assert.rejects(lock.acquire({ timeout: 0 }), TimeoutError);
      const late = { name: 'TimeoutError', message: /^r?lock \d+, which main has, was not free within 10 ms$/ };
      await assert.rejects(lock.acquire({ timeout: 10 }), late);
      const seen = words();
      await run(
        (one: Either, to: Int32Array) => {
          try {
            one.acquireSync({ timeout: 10 });
          } catch (error) {
            to[0] = (error as Error).name === 'TimeoutError' ? 1 : 2;
          }
        },
        lock,
        seen,
      );
      assert.equal(seen[0], 1);
      guard.release();
      assert.ok(!lock.locked);
    });

    it('is waited for until a signal aborts, and a wake-up meant for that one goes on to the next', async () => {
      const lock = new Kind();
      const guard = await lock.acquire();
      const cancel = new AbortController();
      const first = lock.acquire({ signal: cancel.signal });
      const second = lock.acquire();
      await sleep(5);
      cancel.abort(new Error('enough'));
      await assert.rejects(first, (error: Error) => error instanceof CancelledError && error.cause !== undefined);
      guard.release();
      (await second).release();
      assert.ok(!lock.locked);
      await assert.rejects(lock.acquire({ signal: AbortSignal.abort() }), CancelledError);
      assert.ok(!lock.locked);
    });

    it('keeps no thread asleep behind a wait of its own that was cancelled', async () => {
      for (const isAtOnce of [false, true]) {
        const lock = new Kind();
        const guard = await lock.acquire();
        const seen = words();
        const work = async (one: Either, to: Int32Array, atOnce: boolean) => {
          const cancel = new AbortController();
          const wait = one.acquire({ signal: cancel.signal }).catch(() => {});
          await null; // by now it waits
          cancel.abort();
          if (!atOnce) await wait;
          to[0] = 1;
          one.acquireSync().release();
        };
        const thread = start(work, lock, seen, isAtOnce);
        await until(() => seen[0] === 1);
        await sleep(20);
        guard.release();
        const hasEnded = await thread.join(10_000);
        thread.terminate();
        assert.ok(hasEnded);
      }
    });

    it('is waited for no longer when the cell is interrupted', () =>
      inCell(async ({ ends, interrupt }) => {
        const lock = new Kind();
        const guard = await lock.acquire();
        const waits = lock.acquire();
        interrupt();
        await assert.rejects(waits, CancelledError);
        assert.equal(ends.size, 0);
        guard.release();
        assert.ok(!lock.locked);
      }));

    // [test_release_unacquired, test_different_thread, test_release_save_unacquired]
    it('is released by its owner only; the error says who that is', async () => {
      const lock = new Kind({ name: 'till' });
      assert.match(
        messageOf(() => lock.release()),
        /is not held by anybody/,
      );
      const guard = await lock.acquire();
      assert.match(
        messageOf(() => lock.release()),
        /guard/,
      );
      const ok = await run((one: Either) => {
        try {
          one.release();
        } catch (error) {
          if (/'till' is held by main/.test((error as Error).message)) return;
          throw error;
        }
        throw new Error('released what main holds');
      }, lock);
      assert.ok(ok);
      guard.release();
      assert.throws(() => guard.release(), /released before/);
      const next = await lock.acquire();
      assert.throws(() => guard.release(), /released before/);
      assert.ok(lock.locked);
      next.release();
    });
  });
}
