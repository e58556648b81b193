import assert from 'node:assert/strict';
import { CancelledError, TimeoutError } from '../../src/executors/errors.ts';
import { AsyncCondition } from '../../src/sync/async-condition.ts';
import { AsyncLock } from '../../src/sync/async-lock.ts';
import { channels, type RecordedEvent } from '../../src/timing/events.ts';
import { inCell } from '../show/cell.ts';
import { settle } from './settle.ts';

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

  it('is no longer waited for by what an interrupted cell started', () =>
    inCell(async ({ ends, interrupt }) => {
      const lock = new AsyncLock();
      const condition = new AsyncCondition(lock);
      const waits = condition.with(() => condition.wait());
      await settle();
      const guard = await lock.acquire();
      const stuck = lock.acquire();
      interrupt();
      await assert.rejects(stuck, CancelledError);
      guard.release();
      await assert.rejects(waits, CancelledError);
      assert.equal(lock.locked || ends.size > 0, false);
    }));

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
