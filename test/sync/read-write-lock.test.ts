import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { withExecutor } from '../../src/executors/executor.ts';
import { ThreadPoolExecutor } from '../../src/executors/executors.ts';
import { ShippingError } from '../../src/shipping/index.ts';
import { SharedCounter } from '../../src/sync/counter.ts';
import { LockOwnerDied } from '../../src/sync/errors.ts';
import { ReadWriteLock } from '../../src/sync/read-write-lock.ts';
import { SharedRecord } from '../../src/sync/record.ts';
import { watchSymbol } from '../../src/sync/waiters.ts';
import { Process } from '../../src/workers/process.ts';
import { until } from '../channels/makers.ts';
import { aWhile, bunch, outcome } from './bunch.ts';

const counters = () => ({ here: new SharedCounter(), go: new SharedCounter(), bad: new SharedCounter() });

/** Holds one side until `go` is counted. */
const holdSide = (lock: ReadWriteLock, side: 'read' | 'write', { here, go }: ReturnType<typeof counters>) => {
  const word = new Int32Array(new SharedArrayBuffer(4));
  lock[side].withSync(() => {
    here.add();
    while (go.value === 0) Atomics.wait(word, 0, 0, 1);
  });
};

describe('ReadWriteLock', () => {
  it('lets many read at once, and a writer in only when all have left', async () => {
    const lock = new ReadWriteLock();
    const at = counters();
    const readers = bunch(3, holdSide, lock, 'read', at);
    await until(() => at.here.value === 3);
    await lock.read.with(() => assert.equal(lock.readers.length, 4));
    assert.equal(lock.write.tryAcquire(), undefined);
    assert.equal(await outcome(lock.write.acquire({ timeout: 5 })), 'TimeoutError');
    assert.ok(lock.read.tryAcquire()?.release() === undefined);
    const writing = lock.write.with(() => lock.writer);
    await aWhile();
    at.go.add();
    assert.equal(await writing, 'main');
    await readers.join();
    assert.deepEqual([lock.readers, lock.writer], [[], undefined]);
  });

  it('lets one write alone', async () => {
    const lock = new ReadWriteLock();
    const at = counters();
    const writer = bunch(1, holdSide, lock, 'write', at);
    await until(() => at.here.value === 1);
    assert.match(String(lock.writer), /^thread \d+$/);
    assert.equal(lock.read.tryAcquire(), undefined);
    assert.equal(lock.write.tryAcquire(), undefined);
    assert.equal(await outcome(lock.read.acquire({ timeout: 5 })), 'TimeoutError');
    const controller = new AbortController();
    const cancelled = outcome(lock.write.acquire({ signal: controller.signal }));
    const reading = lock.read.with(() => 'read');
    await aWhile();
    controller.abort();
    assert.equal(await cancelled, 'CancelledError');
    at.go.add();
    assert.equal(await reading, 'read');
    await writer.join();
  });

  it('names in its errors those who are in the way', async () => {
    const lock = new ReadWriteLock({ name: 'table' });
    const late = async (side: 'read' | 'write') => {
      const error = await lock[side].acquire({ timeout: 5 }).catch((thrown: Error) => thrown);
      return error instanceof Error ? `${error.name}: ${error.message}` : 'taken';
    };
    const at = counters();
    const writer = bunch(1, holdSide, lock, 'write', at);
    await until(() => at.here.value === 1);
    const w = lock.writer!;
    assert.equal(await late('read'), `TimeoutError: table (${w} writes) was not free to read within 5 ms`);
    assert.equal(await late('write'), `TimeoutError: table (${w} writes) was not free to write within 5 ms`);
    at.go.add();
    await writer.join();

    const both = counters();
    const readers = bunch(2, holdSide, lock, 'read', both);
    await until(() => both.here.value === 2);
    const names = lock.readers.join(' and ');
    assert.equal(await late('write'), `TimeoutError: table (${names} read) was not free to write within 5 ms`);
    const controller = new AbortController();
    const waiting = lock.write.acquire({ signal: controller.signal }).catch((error: Error) => error.message);
    await until(() => lock.writer === 'main');
    assert.equal(
      await late('read'),
      `TimeoutError: table (${names} read and main waits to write) was not free to read within 5 ms`,
    );
    controller.abort();
    assert.equal(await waiting, `table (${names} read) was not free to write: the wait was cancelled`);
    both.go.add();
    await readers.join();
  });

  it('lets a waiting writer go before readers that come later', async () => {
    const lock = new ReadWriteLock();
    const order: string[] = [];
    const first = await lock.read.acquire();
    const writing = lock.write.with(() => void order.push('write'));
    await aWhile();
    assert.equal(lock.read.tryAcquire(), undefined);
    const reading = lock.read.with(() => void order.push('read'));
    await aWhile();
    assert.deepEqual(order, []);
    first.release();
    await Promise.all([writing, reading]);
    assert.deepEqual(order, ['write', 'read']);
  });

  it('lets readers in when the writer that waited gives up', async () => {
    const lock = new ReadWriteLock();
    const first = await lock.read.acquire();
    const writing = outcome(lock.write.acquire({ timeout: 20 }));
    const second = lock.read.acquire();
    assert.equal(await writing, 'TimeoutError');
    (await second).release();
    first.release();
    assert.equal(await lock.write.with(() => 1), 1);
  });

  it('lets one that reads read again while a writer waits, and refuses it to write', async () => {
    const lock = new ReadWriteLock();
    let writing: Promise<unknown> = Promise.resolve();
    await lock.read.with(async () => {
      writing = lock.write.with(() => 'written').catch(() => 'refused');
      const other = new ReadWriteLock();
      await other.write.with(() => {});
      assert.equal(await lock.read.with(() => 'again'), 'again');
      await assert.rejects(lock.write.acquire(), /one that reads cannot also write/);
    });
    assert.equal(await writing, 'refused');
    const at = counters();
    const nest = (on: ReadWriteLock, { here, go, bad }: ReturnType<typeof counters>) => {
      const word = new Int32Array(new SharedArrayBuffer(4));
      on.read.withSync(() => {
        here.add();
        while (go.value === 0) Atomics.wait(word, 0, 0, 1);
        on.read.withSync(() => {});
        try {
          on.write.acquireSync();
        } catch (error) {
          if (/cannot also write/.test((error as Error).message)) bad.add();
        }
      });
      on.write.withSync(() => {
        try {
          on.read.acquireSync();
        } catch (error) {
          if (/this very thread writes/.test((error as Error).message)) bad.add();
        }
      });
    };
    const reader = bunch(1, nest, lock, at);
    await until(() => at.here.value === 1);
    const mine = lock.write.with(() => 'written');
    await aWhile();
    at.go.add();
    assert.equal(await mine, 'written');
    await reader.join();
    assert.equal(at.bad.value, 2);
  });

  it('releases in every case, and a hold once', async () => {
    const lock = new ReadWriteLock({ name: 'table' });
    for (const side of [lock.read, lock.write]) {
      await assert.rejects(
        side.with(() => {
          throw new TypeError('no');
        }),
        TypeError,
      );
      const guard = await side.acquire();
      guard.release();
      assert.throws(() => guard.release(), /hold of table was released before/);
      assert.throws(() => side.acquireSync(), /block the main thread.*await lock\.(read|write)\.acquire/);
    }
    assert.equal(inspect(lock), "ReadWriteLock { name: 'table', readers: [] }");
    assert.equal(await lock.write.with(() => inspect(lock)), "ReadWriteLock { name: 'table', writer: 'main' }");
  });

  for (const side of ['read', 'write'] as const) {
    it(`tells of the death of one that held it: ${side}`, async () => {
      const lock = new ReadWriteLock();
      const at = counters();
      const dying = bunch(1, holdSide, lock, side, at);
      await until(() => at.here.value === 1);
      const waiting = lock.write.acquire().catch((error: unknown) => error);
      const other = bunch(
        1,
        (on: ReadWriteLock, { bad }: ReturnType<typeof counters>) => {
          try {
            on.write.acquireSync();
          } catch (error) {
            if ((error as Error).name === 'LockOwnerDied') bad.add();
          }
        },
        lock,
        at,
      );
      await until(() => lock[watchSymbol]().waiters.length === 2);
      dying.threads[0]!.terminate();
      const error = await waiting;
      assert.ok(error instanceof LockOwnerDied, String(error));
      await other.join();
      await dying.threads[0]!.join();
      assert.equal(at.bad.value, 1);
      assert.equal(await outcome(lock.read.acquire()), 'LockOwnerDied');
      assert.throws(() => lock.write.tryAcquire(), LockOwnerDied);
      assert.deepEqual([lock.recover(), lock.recover()], [true, false]);
      assert.equal(await lock.write.with(() => 1), 1);
      assert.equal(await lock.read.with(() => 2), 2);
    });
  }

  it('forgets a writer that died while it waited: readers come in', async () => {
    const lock = new ReadWriteLock();
    const reading = await lock.read.acquire();
    const holding = counters();
    const other = bunch(1, holdSide, lock, 'read', holding);
    await until(() => holding.here.value === 1);
    reading.release();
    const writer = await outcome(lock.write.acquire({ timeout: 1 }));
    assert.equal(writer, 'TimeoutError');
    holding.go.add();
    await other.join();
    const guard = await lock.write.acquire();
    const waits = bunch(1, (on: ReadWriteLock) => on.write.acquireSync(), lock);
    await until(() => lock[watchSymbol]().waiters.length === 1);
    waits.threads[0]!.terminate();
    await waits.threads[0]!.join();
    guard.release();
    assert.equal(await lock.read.with(() => 'read'), 'read');
  });

  it('keeps what it guards whole: readers never see half a change', async () => {
    const lock = new ReadWriteLock();
    const pair = new SharedRecord({ left: 'float64', right: 'float64' });
    const bad = new SharedCounter();
    const work = (on: ReadWriteLock, both: typeof pair, wrong: SharedCounter, times: number) => {
      for (let n = 0; n < times; n += 1) {
        if (n % 4 === 0) {
          on.write.withSync(() => {
            both.left += 1;
            both.right += 1;
          });
        } else {
          on.read.withSync(() => {
            if (both.left !== both.right) wrong.add();
          });
        }
      }
    };
    await bunch(4, work, lock, pair, bad, 20_000).join();
    assert.deepEqual([pair.left, pair.right, bad.value], [20_000, 20_000, 0]);
  });

  it('works in a pool and in a class, and is refused to a process', async () => {
    class Table {
      readonly #lock = new ReadWriteLock();
      readonly #record = new SharedRecord({ sum: 'float64' });
      async add(amount: number): Promise<void> {
        await this.#lock.write.with(() => {
          this.#record.sum += amount;
        });
      }
      get sum(): number {
        const guard = this.#lock.read.tryAcquire();
        try {
          return this.#record.sum;
        } finally {
          guard?.release();
        }
      }
    }
    const table = new Table();
    await withExecutor(new ThreadPoolExecutor(2), async (pool) => {
      await Promise.all(
        Array.from({ length: 50 }, (_, n) => pool.submit((to: Table, by: number) => to.add(by), table, n)),
      );
    });
    assert.equal(table.sum, 1225);
    assert.throws(
      () => new Process((_: ReadWriteLock) => {}, new ReadWriteLock()).start(),
      (error) => error instanceof ShippingError && /ReadWriteLock.*Use threads/s.test(error.message),
    );
  });
});
