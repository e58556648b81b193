import assert from 'node:assert/strict';
import { CancelledError } from '../../src/executors/errors.ts';
import { AsyncSemaphore } from '../../src/sync/async-semaphore.ts';
import { settle } from './settle.ts';

// The meaning of CPython's Lib/test/test_asyncio/test_locks.py, case by case, where it can hold.
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
