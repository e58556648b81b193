import assert from 'node:assert/strict';
import { CancelledError, TimeoutError } from '../../src/executors/errors.ts';
import { AsyncCondition } from '../../src/sync/async-condition.ts';
import { AsyncLock } from '../../src/sync/async-lock.ts';
import { aWithThatWaits } from './left-with.ts';
import { settle } from './settle.ts';

// The meaning of CPython's Lib/test/test_asyncio/test_locks.py, case by case, where it can hold.
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

  it('takes no hold for the caller’s own that came after it outside of scopes', async () => {
    const condition = new AsyncCondition();
    let goOn: () => void = () => {};
    const free = new Promise<void>((resolve) => (goOn = resolve));
    let left: Promise<void> = Promise.resolve();
    await condition.with(() => {
      left = free.then(() => condition.wait());
    });
    const guard = await condition.acquire();
    goOn();
    await assert.rejects(left, /another’s, or was got by acquire\(\)/);
    await assert.rejects(
      new AsyncLock().with(() => condition.wait()),
      /another’s/,
    );
    guard.release();
    await assert.rejects(condition.wait(), /needs lock/);
    // One that is had inside of a scope is the caller's own there, and again after a wait.
    await new AsyncLock().with(async () => {
      const own = await condition.acquire();
      for (let n = 0; n < 2; n += 1) {
        const woken = condition.wait();
        const other = await condition.acquire();
        condition.notify();
        other.release();
        await woken;
      }
      own.release();
    });
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

  aWithThatWaits(() => new AsyncCondition());

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
      for (const timeout of [-1, Number.NaN]) {
        await assert.rejects(
          condition.waitFor(() => false, { timeout }),
          RangeError,
        );
      }
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
