import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CancelledError, TimeoutError } from '../../src/executors/errors.ts';
import { host, setHost } from '../../src/show/host.ts';
import { AsyncCondition } from '../../src/sync/async-condition.ts';
import { AsyncLock } from '../../src/sync/async-lock.ts';
import { AsyncSemaphore } from '../../src/sync/async-semaphore.ts';
import type { Guard } from '../../src/sync/hold.ts';
import { channels, type RecordedEvent } from '../../src/timing/events.ts';

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

// The meaning of CPython's Lib/test/test_asyncio/test_locks.py, case by case, where it can hold.
describe('AsyncLock', () => {
  it('is free, then locked, then free again', async () => {
    const lock = new AsyncLock({ name: 'door' });
    assert.equal(lock.locked, false);
    const guard = await lock.acquire();
    assert.equal(lock.locked, true);
    guard.release();
    assert.equal(lock.locked, false);
  });

  it('goes to those who wait in the order in which they came', async () => {
    const lock = new AsyncLock();
    const order: number[] = [];
    const first = await lock.acquire();
    const others = [1, 2, 3].map(async (n) => {
      const guard = await lock.acquire();
      order.push(n);
      await settle();
      guard.release();
    });
    await settle();
    assert.deepEqual(order, []);
    assert.equal(lock.waiting, 3);
    first.release();
    await Promise.all(others);
    assert.deepEqual(order, [1, 2, 3]);
    assert.equal(lock.locked, false);
  });

  it('goes to the first in line by the very call that releases it: nobody who comes now slips in', async () => {
    const lock = new AsyncLock();
    const order: string[] = [];
    const first = await lock.acquire();
    const take = async (name: string): Promise<void> => {
      const guard = await lock.acquire();
      order.push(name);
      guard.release();
    };
    const waited = take('waited');
    first.release();
    assert.equal(lock.locked, true);
    const came = take('came later');
    await assert.rejects(lock.acquire({ timeout: 0 }), TimeoutError);
    await Promise.all([waited, came]);
    assert.deepEqual(order, ['waited', 'came later']);
  });

  it('is no longer waited for by one that is aborted; the others keep their order', async () => {
    const lock = new AsyncLock();
    const first = await lock.acquire();
    const abort = new AbortController();
    const order: number[] = [];
    const take = async (n: number, signal?: AbortSignal): Promise<void> => {
      const guard = await lock.acquire({ signal });
      order.push(n);
      guard.release();
    };
    const all = [take(1), take(2, abort.signal), take(3)];
    const reason = new Error('no more');
    abort.abort(reason);
    await assert.rejects(all[1]!, (error) => error instanceof CancelledError && error.cause === reason);
    first.release();
    await Promise.all([all[0], all[2]]);
    assert.deepEqual(order, [1, 3]);
    assert.equal(lock.locked, false);
  });

  it('stays with one that was given it in the turn in which it is aborted', async () => {
    const lock = new AsyncLock();
    const abort = new AbortController();
    const first = await lock.acquire();
    const second = lock.acquire({ signal: abort.signal });
    const third = lock.acquire();
    first.release();
    abort.abort();
    const guard = await second;
    assert.equal(lock.waiting, 1);
    guard.release();
    (await third).release();
    assert.equal(lock.locked, false);
  });

  it('wakes the next when the first in line is aborted just before the release', async () => {
    const lock = new AsyncLock();
    const abort = new AbortController();
    const first = await lock.acquire();
    const second = assert.rejects(lock.acquire({ signal: abort.signal }), CancelledError);
    const third = lock.acquire();
    abort.abort();
    first.release();
    (await third).release();
    await second;
    assert.equal(lock.locked, false);
  });

  it('throws TimeoutError that names it, and is not held then', async () => {
    const lock = new AsyncLock({ name: 'till' });
    const guard = await lock.acquire();
    await assert.rejects(lock.acquire({ timeout: 3 }), (error) => {
      assert.ok(error instanceof TimeoutError);
      assert.match(error.message, /acquire of till waited 3 ms/);
      return true;
    });
    assert.equal(lock.waiting, 0);
    guard.release();
    assert.equal(lock.locked, false);
    (await lock.acquire({ timeout: 0 })).release();
    await assert.rejects(lock.acquire({ timeout: -1 }), RangeError);
    await assert.rejects(lock.acquire({ signal: AbortSignal.abort() }), CancelledError);
    assert.equal(lock.locked, false);
  });

  it('is released once by each guard: a guard that was used does not release what another holds', async () => {
    const lock = new AsyncLock({ name: 'till' });
    const mine = await lock.acquire();
    mine.release();
    assert.throws(() => mine.release(), /turn of till was released before/);
    const other = await lock.acquire();
    assert.throws(() => mine.release(), /another’s/);
    assert.equal(lock.locked, true);
    other.release();
  });

  it('with releases in every case and gives what the function gave', async () => {
    const lock = new AsyncLock();
    assert.equal(await lock.with(() => 7), 7);
    await assert.rejects(
      lock.with(() => {
        throw new Error('inside');
      }),
      /inside/,
    );
    await assert.rejects(
      lock.with(async () => Promise.reject(new Error('later'))),
      /later/,
    );
    assert.equal(lock.locked, false);
  });

  it('keeps an await of one task apart from another’s', async () => {
    const lock = new AsyncLock();
    let count = 0;
    const add = async (): Promise<void> => {
      const read = count;
      await settle();
      count = read + 1;
    };
    await Promise.all(Array.from({ length: 10 }, () => lock.with(add)));
    assert.equal(count, 10);
  });

  it('is no longer waited for by what an interrupted cell started', async () => {
    const before = host();
    const ends = new Set<() => void>();
    setHost({
      display() {},
      onInterrupt(end) {
        ends.add(end);
        return () => ends.delete(end);
      },
    });
    try {
      const lock = new AsyncLock();
      const condition = new AsyncCondition(lock);
      const waits = condition.with(() => condition.wait());
      await settle();
      const guard = await lock.acquire();
      const stuck = lock.acquire();
      for (const end of [...ends]) end();
      await assert.rejects(stuck, CancelledError);
      guard.release();
      await assert.rejects(waits, CancelledError);
      assert.equal(lock.locked || ends.size > 0, false);
    } finally {
      setHost(before);
    }
  });

  it('publishes its waits only when somebody listens', async () => {
    const events: RecordedEvent[] = [];
    const listen = (event: unknown): number => events.push(event as RecordedEvent);
    const lock = new AsyncLock({ name: 'seen' });
    await lock.with(() => {});
    channels.wait.subscribe(listen);
    try {
      const first = await lock.acquire();
      const second = lock.acquire();
      first.release();
      (await second).release();
    } finally {
      channels.wait.unsubscribe(listen);
    }
    assert.deepEqual(
      events.map(({ kind, name }) => `${kind} ${name}`),
      ['acquired seen', 'waiting seen', 'released seen', 'acquired seen', 'released seen'],
    );
    assert.deepEqual(
      events.map(({ id }) => id! - events[0]!.id!),
      [0, 1, 0, 1, 1],
    );
  });
});

describe('AsyncSemaphore', () => {
  it('refuses a number of permits that is none', () => {
    for (const permits of [-1, 0.5, Number.NaN]) assert.throws(() => new AsyncSemaphore(permits), RangeError);
    assert.throws(() => new AsyncSemaphore().release(0), RangeError);
  });

  it('lets so many in, in order, and no more', async () => {
    const semaphore = new AsyncSemaphore(2);
    let inside = 0;
    let most = 0;
    const order: number[] = [];
    await Promise.all(
      [1, 2, 3, 4, 5].map((n) =>
        semaphore.with(async () => {
          order.push(n);
          inside += 1;
          most = Math.max(most, inside);
          await settle();
          inside -= 1;
        }),
      ),
    );
    assert.equal(most, 2);
    assert.deepEqual(order, [1, 2, 3, 4, 5]);
    assert.equal(semaphore.value, 2);
    assert.equal(semaphore.locked, false);
  });

  it('release adds permits, for those who wait first', async () => {
    const semaphore = new AsyncSemaphore(0);
    assert.equal(semaphore.locked, true);
    const waits = [semaphore.acquire(), semaphore.acquire()];
    semaphore.release(3);
    const guards = await Promise.all(waits);
    assert.equal(semaphore.value, 1);
    for (const guard of guards) guard.release();
    assert.equal(semaphore.value, 3);
    assert.throws(() => guards[0]!.release(), /released before/);
    assert.equal(semaphore.value, 3);
  });

  it('loses no permit when one that waits is aborted around a release', async () => {
    for (const isAbortedFirst of [true, false]) {
      const semaphore = new AsyncSemaphore(1);
      const abort = new AbortController();
      const guard = await semaphore.acquire();
      const second = semaphore.acquire({ signal: abort.signal });
      const third = semaphore.acquire();
      if (isAbortedFirst) abort.abort();
      guard.release();
      abort.abort();
      if (isAbortedFirst) await assert.rejects(second, CancelledError);
      else (await second).release();
      (await third).release();
      assert.equal(semaphore.value, 1);
    }
  });
});

describe('AsyncCondition', () => {
  it('wakes as many as it is told, the first first, one at a time', async () => {
    const condition = new AsyncCondition();
    const order: number[] = [];
    const waits = [1, 2, 3, 4].map((n) =>
      condition.with(async () => {
        await condition.wait();
        assert.equal(condition.lock.locked, true);
        order.push(n);
      }),
    );
    await settle();
    assert.equal(condition.waiting, 4);
    assert.equal(condition.lock.locked, false);
    await condition.with(() => condition.notify(2));
    await settle();
    assert.deepEqual(order, [1, 2]);
    await condition.with(() => condition.notifyAll());
    await Promise.all(waits);
    assert.deepEqual(order, [1, 2, 3, 4]);
    assert.equal(condition.lock.locked, false);
  });

  it('needs the lock, and the caller’s own', async () => {
    const condition = new AsyncCondition();
    await assert.rejects(condition.wait(), /needs lock of async condition/);
    await assert.rejects(
      condition.waitFor(() => true),
      /needs lock/,
    );
    assert.throws(() => condition.notify(), /needs its lock/);
    const guard = await condition.acquire();
    await assert.rejects(condition.wait(), /another’s, or was got by acquire\(\)/);
    const woken = condition.wait({ guard });
    await assert.rejects(condition.wait({ guard }), /needs lock/);
    assert.throws(() => guard.release(), /released before/);
    await condition.with(() => condition.notify());
    await woken;
    guard.release();
    await assert.rejects(condition.wait({ guard }), /needs lock/);
    const other = await new AsyncLock().acquire();
    await assert.rejects(condition.wait({ guard: other }), /needs lock/);
    let release: () => void = () => {};
    const held = condition.with(() => new Promise<void>((resolve) => (release = resolve)));
    await settle();
    const inner = new AsyncLock().with(() => condition.wait());
    await assert.rejects(inner, /another’s/);
    release();
    await held;
    assert.equal(condition.lock.locked, false);
  });

  it('has the lock again when a wait times out, is aborted, or its function throws', async () => {
    const condition = new AsyncCondition();
    await condition.with(async () => {
      await assert.rejects(condition.wait({ timeout: 2 }), TimeoutError);
      assert.equal(condition.lock.locked, true);
      const abort = new AbortController();
      setImmediate(() => abort.abort());
      await assert.rejects(condition.wait({ signal: abort.signal }), CancelledError);
      assert.equal(condition.lock.locked, true);
    });
    assert.equal(condition.lock.locked, false);
    assert.equal(condition.waiting, 0);
  });

  it('waits for the lock however late it becomes free again', async () => {
    const condition = new AsyncCondition();
    let failed = false;
    const late = condition.with(() => condition.wait({ timeout: 1 })).catch(() => (failed = true));
    await condition.with(async () => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      assert.equal(failed, false);
      assert.equal(condition.waiting, 0);
    });
    await late;
    assert.equal(failed, true);
    assert.equal(condition.lock.locked, false);
  });

  it('gives a notification to the next when the first gives up, and to one that was told before it is aborted', async () => {
    const condition = new AsyncCondition();
    const aborts = [new AbortController(), new AbortController(), new AbortController()];
    const waits = aborts.map(({ signal }) =>
      condition
        .with(() => condition.wait({ signal }))
        .then(
          () => 'woken',
          (error) => (error as Error).name,
        ),
    );
    await settle();
    aborts[0]!.abort();
    await condition.with(() => condition.notify());
    aborts[1]!.abort();
    await settle();
    await condition.with(() => condition.notify());
    assert.deepEqual(await Promise.all(waits), ['CancelledError', 'woken', 'woken']);
  });

  it('waitFor waits until its predicate holds, and not longer than its time-out altogether', async () => {
    const condition = new AsyncCondition();
    let value = 0;
    const wait = condition.with(() => condition.waitFor(() => value === 3));
    for (value of [1, 2, 3]) {
      await settle();
      await condition.with(() => condition.notifyAll());
    }
    await wait;
    await condition.with(async () => {
      await assert.rejects(
        condition.waitFor(() => false, { timeout: 3 }),
        TimeoutError,
      );
      await assert.rejects(
        condition.waitFor(() => {
          throw new Error('in the predicate');
        }),
        /in the predicate/,
      );
    });
    assert.equal(condition.lock.locked, false);
  });

  it('shares a lock with others', async () => {
    const lock = new AsyncLock();
    const [full, empty] = [new AsyncCondition(lock), new AsyncCondition(lock)];
    const items: number[] = [];
    const got: number[] = [];
    const consumer = async (): Promise<void> => {
      for (let n = 0; n < 20; n += 1) {
        await lock.with(async () => {
          await full.waitFor(() => items.length > 0);
          got.push(items.shift()!);
          empty.notify();
        });
      }
    };
    const producer = async (): Promise<void> => {
      for (let n = 0; n < 20; n += 1) {
        await lock.with(async () => {
          await empty.waitFor(() => items.length < 2);
          items.push(n);
          full.notify();
        });
      }
    };
    await Promise.all([consumer(), producer()]);
    assert.deepEqual(got, [...Array(20).keys()]);
  });
});

describe('any order of acquire, give up and release', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('acquire' as const) }),
    fc.record({ do: fc.constant('abort' as const), which: fc.nat(20) }),
    fc.record({ do: fc.constant('release' as const), which: fc.nat(20) }),
    fc.record({ do: fc.constant('pass time' as const) }),
  );

  // The model: a list of those who hold and a list of those who wait.
  it('leaves the turn with whom the model says', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.array(step, { maxLength: 40 }), async (permits, steps) => {
        const of = permits === 1 ? new AsyncLock() : new AsyncSemaphore(permits);
        const holders: number[] = [];
        const waiting: number[] = [];
        const aborts: AbortController[] = [];
        const guards = new Map<number, Guard>();
        const granted: number[] = [];
        const gaveUp: number[] = [];
        const expectedGrants: number[] = [];
        const expectedGivenUp: number[] = [];
        const all: Promise<void>[] = [];
        const grant = (id: number): void => {
          holders.push(id);
          expectedGrants.push(id);
        };
        const release = async (id: number): Promise<void> => {
          await settle();
          guards.get(id)!.release();
          holders.splice(holders.indexOf(id), 1);
          const next = waiting.shift();
          if (next !== undefined) grant(next);
        };
        for (const each of steps) {
          if (each.do === 'acquire') {
            const id = aborts.length;
            const abort = new AbortController();
            aborts.push(abort);
            if (holders.length < permits) grant(id);
            else waiting.push(id);
            all.push(
              of.acquire({ signal: abort.signal }).then(
                (guard) => {
                  guards.set(id, guard);
                  granted.push(id);
                },
                () => void gaveUp.push(id),
              ),
            );
          } else if (each.do === 'abort' && aborts.length > 0) {
            const id = each.which % aborts.length;
            aborts[id]!.abort();
            const index = waiting.indexOf(id);
            if (index >= 0) expectedGivenUp.push(...waiting.splice(index, 1));
          } else if (each.do === 'release' && holders.length > 0) {
            await release(holders[each.which % holders.length]!);
          } else if (each.do === 'pass time') await settle();
          assert.equal(of.waiting, waiting.length);
          assert.equal(of.locked, holders.length === permits);
        }
        while (holders.length > 0) await release(holders[0]!);
        await Promise.all(all);
        assert.deepEqual(granted, expectedGrants);
        assert.deepEqual(gaveUp, expectedGivenUp);
        assert.equal(granted.length + gaveUp.length, aborts.length);
        assert.equal(of.locked, false);
      }),
      { numRuns: 200 },
    );
  });
});
