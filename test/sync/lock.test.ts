import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import {
  AsyncExecutor,
  CancelledError,
  Lock,
  LockOwnerDied,
  Process,
  Queue,
  RLock,
  ShippingError,
  ThreadPoolExecutor,
  TimeoutError,
  withExecutor,
} from '../../src/index.ts';
import { setHost } from '../../src/show/host.ts';
import { run, start, until, words } from './helpers.ts';

const kinds = { Lock, RLock };
type Either = Lock | RLock;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The stack's first line of what a function throws. */
const messageOf = (fn: () => unknown): string => {
  try {
    fn();
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing thrown';
};

const sum = words();
const captured = new Lock();
const capturedR = new RLock();

const addTo = (one: Either, to: Int32Array, times: number) => {
  for (let n = 0; n < times; n += 1) {
    one.withSync(() => {
      to[0]! += 1;
    });
  }
};
const addCaptured = (times: number) => addTo(captured, sum, times);
const addCapturedR = (times: number) => addTo(capturedR, sum, times);

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

    it('is waited for no longer when the cell is interrupted', async () => {
      const lock = new Kind();
      const guard = await lock.acquire();
      const ends = new Set<() => void>();
      setHost({
        display() {},
        onInterrupt(end) {
          ends.add(end);
          return () => ends.delete(end);
        },
      });
      try {
        const waits = lock.acquire();
        for (const end of ends) end();
        await assert.rejects(waits, CancelledError);
        assert.equal(ends.size, 0);
      } finally {
        setHost(undefined);
      }
      guard.release();
      assert.ok(!lock.locked);
    });

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

    it('never blocks a main thread, nor for what its own thread holds', async () => {
      const lock = new Kind();
      assert.throws(() => lock.acquireSync(), /await lock.acquire/);
      assert.throws(() => lock.withSync(() => {}), /await lock.with\(/);
      const ok = await run(async (one: Either) => {
        const guard = await one.acquire();
        let text = '';
        try {
          one.acquireSync();
        } catch (error) {
          text = (error as Error).message;
        }
        guard.release();
        if (!/this very thread/.test(text)) throw new Error(`got: ${text}`);
      }, lock);
      assert.ok(ok);
    });

    it('is one task’s of a thread, not another’s', async () => {
      const lock = new Kind();
      const told: string[] = [];
      await withExecutor(new AsyncExecutor(2), async (executor) => {
        let open = () => {};
        const gate = new Promise<void>((resolve) => {
          open = resolve;
        });
        const a = executor.submit(async () => {
          await lock.acquire();
          await gate;
          told.push('a releases');
          lock.release();
        });
        const b = executor.submit(async () => {
          assert.throws(() => lock.release(), /another task/);
          assert.equal(lock.tryAcquire(), undefined);
          const mine = lock.with(() => told.push('b has it'));
          await sleep(5);
          told.push('b waits');
          open();
          await mine;
        });
        await a;
        await b;
      });
      assert.deepEqual(told, ['b waits', 'a releases', 'b has it']);
    });

    it('excludes tasks on one thread', async () => {
      const lock = new Kind();
      let count = 0;
      const add = () =>
        lock.with(async () => {
          const read = count;
          await null;
          count = read + 1;
        });
      await Promise.all(Array.from({ length: 100 }, add));
      await withExecutor(new AsyncExecutor(8), (executor) => executor.map(add, Array.from({ length: 100 })));
      assert.equal(count, 200);
    });

    it('goes to tasks of pools, as an argument, captured, in objects, and back as itself', async () => {
      const lock = new Kind();
      sum[0] = 0;
      await withExecutor(new ThreadPoolExecutor(2), async (pool) => {
        await Promise.all([pool.submit(addTo, lock, sum, 5000), pool.submit(addTo, lock, sum, 5000)]);
        for await (const _ of pool.map(Kind === Lock ? addCaptured : addCapturedR, [5000, 5000])) {
        }
        const inside = new Map([['deep', { list: [lock] }]]);
        const back = await pool.submit((of: typeof inside) => of, inside);
        assert.equal(back.get('deep')!.list[0], lock);
      });
      assert.equal(sum[0], 20_000);
      assert.ok(!lock.locked);
    });

    it('is refused to a process, which shares no memory', () => {
      const lock = new Kind();
      assert.throws(
        () => new Process((one: Either) => one.locked, lock).start(),
        (error: Error) => error instanceof ShippingError && /threads of one process/.test(error.message),
      );
    });
  });

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
