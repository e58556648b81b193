import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { withExecutor } from '../../src/executors/executor.ts';
import { ThreadPoolExecutor } from '../../src/executors/executors.ts';
import { ShippingError } from '../../src/shipping/index.ts';
import { Condition } from '../../src/sync/condition.ts';
import { SharedCounter } from '../../src/sync/counter.ts';
import { Lock } from '../../src/sync/lock.ts';
import { SharedRecord } from '../../src/sync/record.ts';
import { watchSymbol } from '../../src/sync/waiters.ts';
import { Process } from '../../src/workers/process.ts';
import { until } from '../channels/makers.ts';
import { bunch } from './bunch.ts';

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
