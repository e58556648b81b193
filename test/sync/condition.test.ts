import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { withExecutor } from '../../src/executors/executor.ts';
import { ThreadPoolExecutor } from '../../src/executors/executors.ts';
import { ShippingError } from '../../src/shipping/index.ts';
import { Condition } from '../../src/sync/condition.ts';
import { SharedCounter } from '../../src/sync/counter.ts';
import { Lock } from '../../src/sync/lock.ts';
import { SharedRecord } from '../../src/sync/record.ts';
import { RLock } from '../../src/sync/rlock.ts';
import { watchSymbol } from '../../src/sync/waiters.ts';
import { Process } from '../../src/workers/process.ts';
import { until } from '../channels/makers.ts';
import { aWhile, bunch, outcome } from './bunch.ts';

const waitersOf = (condition: Condition): number => condition[watchSymbol]().waiters.length;

/** A queue with room for two, as one would write it in a cell. */
class Buffer {
  readonly #lock = new Lock();
  readonly #filled = new Condition(this.#lock);
  readonly #emptied = new Condition(this.#lock);
  readonly #state = new SharedRecord({ count: 'int32', next: 'int32', sum: 'float64', most: 'int32' });

  put(times: number): void {
    for (let n = 0; n < times; n += 1) {
      this.#lock.withSync(() => {
        this.#emptied.waitForSync(() => this.#state.count < 2);
        this.#state.count += 1;
        this.#state.most = Math.max(this.#state.most, this.#state.count);
        this.#filled.notify();
      });
    }
  }

  async take(times: number): Promise<void> {
    for (let n = 0; n < times; n += 1) {
      await this.#lock.with(async () => {
        await this.#filled.waitFor(() => this.#state.count > 0);
        this.#state.count -= 1;
        this.#state.sum += 1;
        this.#emptied.notify();
      });
    }
  }

  get totals(): number[] {
    return [this.#state.count, this.#state.sum, this.#state.most];
  }
}

/** The cases of CPython 3.13's ConditionTests that can hold. */
for (const LockKind of [Lock, RLock]) {
  describe(`Condition over ${LockKind.name}`, () => {
    it('has a lock, its own RLock by default, or shares one', async () => {
      const own = new Condition();
      await own.with(() => own.with(() => assert.equal(own.lock.locked, true)));
      assert.ok(own.lock instanceof RLock);
      const lock = new LockKind();
      const condition = new Condition(lock);
      assert.equal(condition.lock, lock);
      await condition.with(() => assert.equal(lock.locked, true));
      assert.equal(lock.locked, false);
    });

    it('refuses one who does not hold the lock to wait or to notify', async () => {
      const condition = new Condition(new LockKind({ name: 'till' }));
      await assert.rejects(condition.wait(), /wait of condition \d+ needs its lock.*till.*not held by anybody/);
      assert.throws(() => condition.notify(), /notify of condition \d+ needs its lock.*inside of with.*till/);
      assert.throws(() => condition.notifyAll(), /till/);
      await condition.with(async () => {
        await aWhile();
      });
      const holding = condition.with(aWhile);
      assert.throws(() => condition.notify(), /till.*held by another task/);
      await holding;
      await assert.rejects(
        condition.with(() => condition.waitSync()),
        /block the main thread.*await condition\.wait/,
      );
    });

    for (const way of ['wait', 'waitSync'] as const) {
      it(`wakes exactly as many as were notified: ${way}`, async () => {
        const condition = new Condition(new LockKind());
        const at = { first: new SharedCounter(), second: new SharedCounter() };
        const work = async (on: Condition, { first, second }: typeof at, how: 'wait' | 'waitSync') => {
          if (how === 'wait') {
            await on.with(() => on.wait());
            first.add();
            await on.with(() => on.wait());
          } else {
            on.withSync(() => on.waitSync());
            first.add();
            on.withSync(() => on.waitSync());
          }
          second.add();
        };
        const all = bunch(4, work, condition, at, way);
        await until(() => waitersOf(condition) === 4);
        await condition.with(async () => {
          condition.notify(3);
          await aWhile();
          assert.equal(at.first.value, 0);
        });
        await until(() => at.first.value === 3 && waitersOf(condition) === 4);
        await aWhile();
        assert.deepEqual([at.first.value, at.second.value], [3, 0]);
        // The one that has waited longest is in its first wait.
        await condition.with(() => condition.notify(1));
        await until(() => at.first.value === 4 && waitersOf(condition) === 4);
        assert.equal(at.second.value, 0);
        await condition.with(() => condition.notifyAll());
        await all.join();
        assert.deepEqual([at.first.value, at.second.value], [4, 4]);
        await condition.with(() => condition.notify());
        assert.equal(waitersOf(condition), 0);
      });
    }

    it('waits no longer than asked, and has the lock then', async () => {
      const lock = new LockKind();
      const condition = new Condition(lock);
      const late = new SharedCounter();
      const work = (on: Condition, count: SharedCounter) => {
        on.withSync(() => {
          try {
            on.waitSync({ timeout: 10 });
          } catch (error) {
            if ((error as Error).name === 'TimeoutError') count.value += 1;
          }
        });
      };
      const all = bunch(4, work, condition, late);
      await condition.with(async () => {
        assert.equal(await outcome(condition.wait({ timeout: 10 })), 'TimeoutError');
        assert.equal(lock.holder, 'main');
      });
      await all.join();
      assert.deepEqual([late.value, lock.locked, waitersOf(condition)], [4, false, 0]);
    });

    it('waits for what must hold, in all no longer than asked', async () => {
      const condition = new Condition(new LockKind());
      const state = new SharedCounter();
      const seen = new SharedCounter();
      const work = (on: Condition, value: SharedCounter, to: SharedCounter) => {
        on.withSync(() => {
          if (on.waitForSync(() => value.value === 4)) to.value = value.value;
        });
      };
      const all = bunch(1, work, condition, state, seen);
      for (let n = 0; n < 4; n += 1) {
        await condition.with(() => {
          state.value += 1;
          condition.notify();
        });
      }
      await all.join();
      assert.equal(seen.value, 4);
      assert.equal(await condition.with(() => condition.waitFor(() => 'at once')), 'at once');
      const waiting = outcome(condition.with(() => condition.waitFor(() => state.value === 9, { timeout: 30 })));
      for (let n = 0; n < 3; n += 1) await condition.with(() => condition.notify());
      assert.equal(await waiting, 'TimeoutError');
      await assert.rejects(
        condition.with(() => condition.waitFor(() => false, { timeout: 30 })),
        /condition \d+: what is waited for did not come to hold within 30 ms/,
      );
    });

    it('lets nobody take a notify along who gives up', async () => {
      const condition = new Condition(new LockKind());
      const controller = new AbortController();
      const woken: string[] = [];
      const one = outcome(condition.with(() => condition.wait({ signal: controller.signal })));
      const two = outcome(condition.with(() => condition.wait({ timeout: 20 })));
      const three = condition.with(() => condition.wait()).then(() => woken.push('three'));
      await until(() => waitersOf(condition) === 3);
      controller.abort();
      assert.deepEqual([await one, await two], ['CancelledError', 'TimeoutError']);
      await condition.with(() => condition.notify());
      await three;
      assert.deepEqual([woken, waitersOf(condition)], [['three'], 0]);
      // Notified and cancelled at the same time: one of both, and the notify is not lost.
      for (let n = 0; n < 20; n += 1) {
        const both = new AbortController();
        const first = outcome(condition.with(() => condition.wait({ signal: both.signal })));
        const second = condition.with(() => condition.wait());
        await until(() => waitersOf(condition) === 2);
        await condition.with(() => {
          if (n % 2 === 0) both.abort();
          condition.notify();
          both.abort();
        });
        if ((await first) === undefined) await condition.with(() => condition.notify());
        await second;
      }
    });

    it('gives the notify of one that died to another', async () => {
      const condition = new Condition(new LockKind());
      const woken = new SharedCounter();
      const work = (on: Condition, count: SharedCounter) => {
        on.withSync(() => {
          on.waitSync();
          count.add();
        });
      };
      const dying = bunch(1, work, condition, woken);
      await until(() => waitersOf(condition) === 1);
      const living = bunch(1, work, condition, woken);
      await until(() => waitersOf(condition) === 2);
      await condition.with(async () => {
        condition.notify();
        // It is called, but cannot have the lock.
        dying.threads[0]!.terminate();
        await dying.threads[0]!.join();
      });
      await living.join();
      assert.deepEqual([woken.value, waitersOf(condition)], [1, 0]);
    });

    it('tells one that waits when an owner of the lock dies', async () => {
      const condition = new Condition(new LockKind());
      const here = new SharedCounter();
      const waiting = outcome(condition.with(() => condition.wait()));
      await until(() => waitersOf(condition) === 1);
      const dying = bunch(
        1,
        (on: Condition, count: SharedCounter) => {
          on.withSync(() => {
            on.notifyAll();
            count.add();
            for (;;);
          });
        },
        condition,
        here,
      );
      await until(() => here.value === 1);
      dying.threads[0]!.terminate();
      assert.equal(await waiting, 'LockOwnerDied');
      await dying.threads[0]!.join();
      assert.equal(await outcome(condition.with(() => {})), 'LockOwnerDied');
      assert.equal(condition.lock.recover(), true);
      assert.equal(await outcome(condition.with(() => 'well')), 'well');
    });
  });
}

describe('Condition', () => {
  it('releases an RLock however often it was taken, and has it as often again', async () => {
    const condition = new Condition();
    const order: string[] = [];
    const waiting = condition.with(() =>
      condition.with(async () => {
        await condition.wait();
        order.push('woken');
        assert.equal(condition.lock.locked, true);
      }),
    );
    await until(() => waitersOf(condition) === 1);
    await condition.with(() => {
      order.push('notified');
      condition.notify();
    });
    await waiting;
    assert.deepEqual([order, condition.lock.locked], [['notified', 'woken'], false]);
    const seen = new SharedCounter();
    const nest = (on: Condition, count: SharedCounter) => {
      on.withSync(() => {
        on.withSync(() => {
          on.waitSync();
          count.add();
        });
        if (on.lock.locked) count.add();
      });
      if (!on.lock.locked) count.add();
    };
    const all = bunch(1, nest, condition, seen);
    await until(() => waitersOf(condition) === 1);
    await condition.with(() => condition.notify());
    await all.join();
    assert.equal(seen.value, 3);
  });

  it('makes a bounded buffer of a class: no item is lost and none hangs', async () => {
    const buffer = new Buffer();
    const put = (to: Buffer, times: number) => to.put(times);
    const take = (from: Buffer, times: number) => from.take(times);
    const putters = bunch(2, put, buffer, 200);
    const takers = bunch(1, take, buffer, 200);
    await buffer.take(200);
    for (const all of [putters, takers]) await all.join();
    assert.deepEqual(buffer.totals.slice(0, 2), [0, 400]);
    assert.ok(buffer.totals[2]! <= 2);
    await withExecutor(new ThreadPoolExecutor(2), async (pool) => {
      await Promise.all([pool.submit(put, buffer, 50), pool.submit(take, buffer, 50)]);
    });
    assert.deepEqual(buffer.totals.slice(0, 2), [0, 450]);
  });

  it('says what it is, comes home as itself, and is refused to a process', async () => {
    const condition = new Condition(new Lock({ name: 'till' }), { name: 'filled' });
    assert.match(inspect(condition), /^Condition \{ name: 'filled', lock: Lock \{.*till.*\}, waiters: 0 \}$/);
    await withExecutor(new ThreadPoolExecutor(1), async (pool) => {
      const home = await pool.submit((it: Condition) => [it, it.lock], condition);
      assert.deepEqual([home[0] === condition, home[1] === condition.lock], [true, true]);
    });
    assert.throws(
      () => new Process((_: Condition) => {}, condition).start(),
      (error) => error instanceof ShippingError && /Use threads/s.test(error.message),
    );
  });
});
