import assert from 'node:assert/strict';
import { AsyncExecutor, Lock, RLock, ThreadPoolExecutor, withExecutor } from '../../src/index.ts';
import { stderrOf } from '../channels/makers.ts';
import { run, words } from './helpers.ts';

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const dig = (lock: RLock, to: Int32Array, depth: number): void =>
  lock.withSync(() => {
    to[0]! += 1;
    if (depth > 0) dig(lock, to, depth - 1);
    if (!lock.locked) throw new Error('free too early');
  });

// The names in brackets are those of the cases in CPython 3.13's Lib/test/lock_tests.py whose meaning these keep.
describe('RLock, entered again', function () {
  this.timeout(120_000);

  // [test_reacquire, test_release_unacquired, test_recursion_count]
  it('on a thread, as often as it is released', async () => {
    const ok = await run((lock: RLock) => {
      const messages: string[] = [];
      const release = () => {
        try {
          lock.release();
        } catch (error) {
          messages.push((error as Error).message);
        }
      };
      lock.acquireSync();
      lock.acquireSync();
      const third = lock.tryAcquire()!;
      third.release();
      lock.release();
      if (!lock.locked) throw new Error('free too early');
      lock.release();
      if (lock.locked || messages.length > 0) throw new Error('still held');
      release();
      if (!/not held by anybody/.test(messages[0]!)) throw new Error(messages[0] ?? 'released what was free');
    }, new RLock());
    assert.ok(ok);
  });

  // [test_different_thread, test__is_owned]
  it('only there: another thread neither enters nor releases', async () => {
    const lock = new RLock();
    await lock.with(() =>
      lock.with(async () => {
        const ok = await run((one: RLock) => {
          if (one.tryAcquire() !== undefined) throw new Error('entered');
          try {
            one.release();
          } catch (error) {
            if (/held by main/.test((error as Error).message)) return;
          }
          throw new Error('released');
        }, lock);
        assert.ok(ok);
      }),
    );
    assert.ok(!lock.locked);
  });

  it('by a function that calls itself, with withSync', async () => {
    const seen = words();
    const lock = new RLock();
    assert.ok(await run(dig, lock, seen, 50));
    assert.equal(seen[0], 51);
    assert.ok(!lock.locked);
    await withExecutor(new ThreadPoolExecutor(1), (pool) => pool.submit(dig, lock, seen, 5));
    assert.equal(seen[0], 57);
    assert.ok(!lock.locked);
  });

  it('inside of with, across awaits', async () => {
    const lock = new RLock();
    const dig = async (depth: number): Promise<number> =>
      lock.with(async () => {
        await sleep(0);
        return depth === 0 ? 0 : 1 + (await dig(depth - 1));
      });
    assert.equal(await dig(5), 5);
    assert.ok(!lock.locked);
    await lock.with(async () => {
      await null;
      const guard = await lock.acquire();
      guard.release();
      assert.throws(() => guard.release(), /released before/);
      assert.ok(lock.locked);
    });
    assert.ok(!lock.locked);
  });

  it('with guards released in any order', async () => {
    const lock = new RLock();
    await lock.with(async () => {
      const first = await lock.acquire();
      const second = await lock.acquire();
      first.release();
      assert.throws(() => first.release(), /released before/);
      const third = await lock.acquire();
      second.release();
      third.release();
      assert.ok(lock.locked);
    });
    assert.ok(!lock.locked);
    const ok = await run((one: RLock) => {
      const [a, b] = [one.acquireSync(), one.acquireSync()];
      a.release();
      if (!one.locked) throw new Error('free too early');
      b.release();
      if (one.locked) throw new Error('still held');
    }, lock);
    assert.ok(ok);
  });
});

describe('an RLock and two tasks of one thread', function () {
  this.timeout(120_000);

  it('is never shared by tasks of an AsyncExecutor', async () => {
    const lock = new RLock();
    let inside = 0;
    let most = 0;
    const work = async () => {
      const twice = () =>
        lock.with(async () => {
          inside += 1;
          most = Math.max(most, inside);
          await sleep(1);
          inside -= 1;
        });
      await lock.with(twice);
    };
    await withExecutor(new AsyncExecutor(4), (executor) => executor.map(work, Array.from({ length: 8 })));
    assert.equal(most, 1);
  });

  it('nor does a task that is submitted within a with enter it', async () => {
    const lock = new RLock();
    await withExecutor(new AsyncExecutor(4), async (executor) => {
      const told: string[] = [];
      const other = await lock.with(async () => {
        const task = executor.submit(() => lock.with(() => told.push('task')));
        await sleep(5);
        told.push('with');
        return [task];
      });
      await other[0];
      assert.deepEqual(told, ['with', 'task']);
    });
  });

  it('is not entered by acquireSync in a later turn, nor in a microtask that stood in line before', async () => {
    const lock = new RLock();
    const seen = words();
    const ok = await run(
      async (one: RLock, to: Int32Array) => {
        const trySync = () => {
          try {
            one.acquireSync().release();
            return 1;
          } catch (error) {
            return /this very thread/.test((error as Error).message) ? 2 : 3;
          }
        };
        await null;
        // B stands in line already when A takes the lock.
        const ready = Promise.resolve();
        const a = ready.then(async () => {
          one.acquireSync();
          to[0] = trySync();
          await new Promise((resolve) => setTimeout(resolve, 5));
          to[1] = trySync();
          one.release();
        });
        const b = ready.then(() => {
          to[2] = trySync();
        });
        await b;
        await a;
        to[3] = trySync();
      },
      lock,
      seen,
    );
    assert.ok(ok);
    assert.deepEqual([...seen.subarray(0, 4)], [1, 2, 2, 1]);
  });

  it('nor by the next task of a pool’s thread, when one left it held', async () => {
    const lock = new RLock({ name: 'left' });
    await withExecutor(new ThreadPoolExecutor(1), async (pool) => {
      await pool.submit((one: RLock) => void one.acquireSync(), lock);
      const next = pool.submit((one: RLock) => void one.acquireSync(), lock);
      await assert.rejects(next, /this very thread/);
      await assert.rejects(
        pool.submit((one: RLock) => one.release(), lock),
        /another task/,
      );
    });
    await assert.rejects(lock.acquire(), /ended while it held RLock 'left'/);
  });

  /** Plain async functions that one function of a thread starts together; nothing but the lock keeps them apart. */
  const together = (how: 'with' | 'acquire') =>
    run(
      async (lock: RLock, way: string) => {
        let inside = 0;
        const section = async () => {
          inside += 1;
          if (inside > 1) throw new Error('shared');
          await new Promise((resolve) => setTimeout(resolve, 1));
          inside -= 1;
        };
        const one = async () => {
          if (way === 'with') return lock.with(() => lock.with(section));
          const guard = await lock.acquire();
          await section();
          guard.release();
        };
        await Promise.all([one(), one(), one()]);
        await null;
        await Promise.all([one(), one(), one()]);
        if (lock.locked) throw new Error('not released');
      },
      new RLock(),
      how,
    );

  it('is never shared by plain async functions of one thread that start together, by with or by acquire', async () => {
    assert.ok(await together('with'));
    assert.ok(await together('acquire'));
  });

  it('nor does a guard of one of them release what another holds', async () => {
    for (const lock of [new RLock(), new Lock()]) {
      const ok = await run(async (one: RLock | Lock) => {
        const first = await one.acquire();
        const waiting = one.acquire();
        first.release();
        const second = await waiting;
        let said = '';
        try {
          first.release();
        } catch (error) {
          said = (error as Error).message;
        }
        if (!/released before/.test(said) || !one.locked) throw new Error(`the stale guard: ${said}`);
        second.release();
      }, lock);
      assert.ok(ok);
    }
  });

  it('is warned of when acquireSync let two of them in that began in one turn', async () => {
    const told = await stderrOf(async () => {
      const ok = await run(
        async (shared: RLock, nested: RLock, alone: RLock) => {
          const pause = () => new Promise((resolve) => setTimeout(resolve, 1));
          const one = async () => {
            const guard = shared.acquireSync();
            await pause();
            guard.release();
          };
          await Promise.all([one(), one()]);
          await Promise.all([one(), one()]);
          // What a function enters again and leaves in one turn, or takes once and keeps, is in order.
          nested.withSync(() => nested.withSync(() => nested.acquireSync().release()));
          const kept = alone.acquireSync();
          await pause();
          kept.release();
          await nested.with(() => nested.with(pause));
        },
        new RLock({ name: 'shared' }),
        new RLock({ name: 'nested' }),
        new RLock({ name: 'alone' }),
      );
      assert.ok(ok);
    });
    assert.match(told, /^RLock 'shared' was taken by acquireSync .* is held on across an await/);
    assert.equal(told.trim().split('\n').length, 1, told);
  });
});
