import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { withExecutor } from '../../src/executors/executor.ts';
import { ProcessPoolExecutor, ThreadPoolExecutor } from '../../src/executors/executors.ts';
import { ShippingError } from '../../src/shipping/index.ts';
import { SharedCounter } from '../../src/sync/counter.ts';
import { SharedRecord } from '../../src/sync/record.ts';
import { Process } from '../../src/workers/process.ts';
import { start } from '../channels/makers.ts';

/** Threads meet here by a spin, so that their loops overlap. */
const meet = (gate: SharedCounter, parties: number): void => {
  gate.add();
  while (gate.value < parties) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0.001);
};

/** As one would write it in a cell. */
class Tally {
  count = new SharedCounter();
  #most = new SharedCounter(7);
  readonly record = new SharedRecord({ sum: 'float64', done: 'boolean' });

  bump(): number {
    this.record.sum += 0.5;
    this.record.done = true;
    this.#most.add(2);
    return this.count.add();
  }

  get most(): number {
    return this.#most.value;
  }
}

const threads = 5;
const each = 100_000;

describe('SharedCounter', () => {
  it('counts right by add, from five threads', async () => {
    const counter = new SharedCounter();
    const gate = new SharedCounter();
    const work = (to: SharedCounter, at: SharedCounter, parties: number, times: number) => {
      meet(at, parties);
      for (let n = 0; n < times; n += 1) to.add();
    };
    const workers = Array.from({ length: threads }, () => start('Thread', work, counter, gate, threads, each));
    for (const worker of workers) await worker.join();
    assert.equal(counter.value, threads * each);
  });

  it('is the same object when it comes home, and within one thread', async () => {
    const counter = new SharedCounter(3);
    await withExecutor(new ThreadPoolExecutor(1), async (pool) => {
      const both = await pool.submit((a: SharedCounter, b: { in: SharedCounter }) => [a === b.in, a], counter, {
        in: counter,
      });
      assert.deepEqual([both[0], both[1] === counter], [true, true]);
    });
  });

  it('refuses what it cannot hold, and stays as it was', () => {
    for (const bad of [1.5, 2 ** 31, Number.NaN, '1', null, 1n]) {
      assert.throws(() => new SharedCounter(bad as number), /RangeError: a SharedCounter is a whole number/);
      assert.throws(() => {
        new SharedCounter().value = bad as number;
      }, RangeError);
    }
    const counter = new SharedCounter(2 ** 31 - 1);
    assert.throws(() => counter.add(), /not 2147483648/);
    assert.throws(() => counter.add(0.5), RangeError);
    assert.equal(counter.value, 2 ** 31 - 1);
    assert.equal(counter.add(-1), 2 ** 31 - 2);
    assert.equal(inspect(new SharedCounter(4)), 'SharedCounter { value: 4 }');
  });
});

describe('SharedRecord', () => {
  it('has plain fields of four kinds, all 0 at first or as given', () => {
    const record = new SharedRecord(
      { whole: 'int32', count: 'uint32', balance: 'float64', open: 'boolean' },
      { count: 2 ** 32 - 1 },
    );
    assert.deepEqual({ ...record }, { whole: 0, count: 2 ** 32 - 1, balance: 0, open: false });
    record.balance += 0.1;
    record.whole -= 5;
    record.open = true;
    assert.deepEqual({ ...record }, { whole: -5, count: 2 ** 32 - 1, balance: 0.1, open: true });
  });

  it('names a field that cannot hold a value, and what is none', () => {
    const record = new SharedRecord({ whole: 'int32', count: 'uint32', balance: 'float64', open: 'boolean' });
    const set = (name: string, value: unknown) => () => {
      (record as Record<string, unknown>)[name] = value;
    };
    assert.throws(set('whole', 0.5), /TypeError: 'whole' is a whole number from -2³¹ to 2³¹ - 1, not 0.5/);
    assert.throws(set('count', -1), TypeError);
    assert.throws(set('balance', '5'), TypeError);
    assert.throws(set('open', 1), TypeError);
    assert.throws(set('opne', true), TypeError);
    assert.deepEqual({ ...record }, { whole: 0, count: 0, balance: 0, open: false });
    assert.throws(() => new SharedRecord({ a: 'int31' as 'int32' }), /field 'a' is of the kind 'int31': take one of/);
    assert.throws(() => new SharedRecord({ a: 'int32' }, { b: 1 } as object), /no field 'b': it has a/);
  });

  it('loses updates where two threads read, wait and write', async () => {
    const account = new SharedRecord({ balance: 'float64' }, { balance: 100 });
    const gate = new SharedCounter();
    const pay = (from: typeof account, at: SharedCounter, amount: number) => {
      const { balance } = from;
      meet(at, 2);
      from.balance = balance + amount;
    };
    const workers = [1, 10].map((amount) => start('Thread', pay, account, gate, amount));
    for (const worker of workers) await worker.join();
    assert.ok([101, 110].includes(account.balance), `${account.balance}`);
  });
});

describe('a class whose fields are shared', () => {
  it('works across threads by reference', async () => {
    const tally = new Tally();
    const bump = (to: Tally, times: number) => {
      for (let n = 0; n < times; n += 1) to.bump();
    };
    const worker = start('Thread', bump, tally, 50);
    await worker.join();
    assert.deepEqual([tally.count.value, tally.most, tally.record.sum, tally.record.done], [50, 107, 25, true]);
  });

  it('works across the tasks of a pool, and when a function captured it', async () => {
    const local = new Tally();
    await withExecutor(new ThreadPoolExecutor(2), async (pool) => {
      await pool.map((_: number) => captured.bump(), [1, 2, 3, 4]);
      await Promise.all([1, 2].map(() => pool.submit((to: Tally) => to.bump(), local)));
    });
    assert.deepEqual([captured.count.value, captured.most, captured.record.sum], [4, 15, 2]);
    assert.equal(local.count.value, 2);
  });

  it('is refused to a process, with the way out', async () => {
    const refusal = (error: unknown): boolean => {
      assert.ok(error instanceof ShippingError);
      assert.match(error.message, /(SharedCounter|SharedRecord).*only the threads of one process share.*Use threads/s);
      return true;
    };
    assert.throws(() => new Process((_: Tally) => {}, new Tally()).start(), refusal);
    await withExecutor(new ProcessPoolExecutor(1), async (pool) => {
      assert.throws(() => pool.submit((_: unknown) => {}, new SharedRecord({ a: 'int32' })), refusal);
      assert.throws(() => pool.submit(() => captured.bump()), refusal);
    });
  });
});

const captured = new Tally();
