import assert from 'node:assert/strict';
import { Notebook } from '../shipping/cells.ts';

describe('primitives in classes of a cell', function () {
  this.timeout(60_000);
  let notebook: Notebook;

  before(async () => {
    notebook = await Notebook.open();
    await notebook.cell(`
      import {
        Barrier, BoundedSemaphore, Condition, Event, ReadWriteLock, Semaphore, SharedCounter, SharedRecord, Thread,
        ThreadPoolExecutor, withExecutor,
      } from 'interleaved';`);
  });
  after(() => notebook.close());

  it('are the same in threads and in a pool', async () => {
    await notebook.cell(`
      class Counter {
        count = new SharedCounter();
        #account = new SharedRecord({ balance: 'float64', open: 'boolean' }, { balance: 100 });
        lock = new ReadWriteLock();
        places = new Semaphore(2);
        start = new Barrier(2);
        done = new Event();
        changed = new Condition();
        bump() { this.count.add(); this.lock.write.withSync(() => { this.#account.balance += 5; }); }
        get balance() { return this.#account.balance; }
      }
      const counter = new Counter();
      const work = async (on: Counter, times: number) => {
        on.start.waitSync();
        for (let n = 0; n < times; n++) await on.places.with(() => on.bump());
        await on.changed.with(() => on.changed.notifyAll());
        await on.done.wait();
      };`);
    const told = await notebook.cell(`
      const threads = [new Thread(work, counter, 500), new Thread(work, counter, 500)];
      for (const thread of threads) thread.start();
      await counter.changed.with(() => counter.changed.waitFor(() => counter.count.value >= 500));
      counter.done.set();
      for (const thread of threads) await thread.join();
      await withExecutor(new ThreadPoolExecutor(2), async (pool) => {
        await Promise.all([pool.submit(work, counter, 50), pool.submit(work, counter, 50)]);
      });
      tell([counter.count.value, counter.balance, counter.places.value]);`);
    assert.deepEqual(told, [1100, 5600, 2]);
  });

  it('lose updates of a counter that is read, then written', async () => {
    const told = await notebook.cell(`
      const race = new SharedCounter();
      const line = new Barrier(5);
      const increment = (to: SharedCounter, at: Barrier, times: number) => {
        const word = new Int32Array(new SharedArrayBuffer(4));
        at.waitSync();
        for (let n = 0; n < times; n++) {
          const read = to.value;
          if (n % 1000 === 0) Atomics.wait(word, 0, 0, 0.001);
          to.value = read + 1;
        }
      };
      const racers = Array.from({ length: 5 }, () => new Thread(increment, race, line, 100_000));
      for (const thread of racers) thread.start();
      for (const thread of racers) await thread.join();
      tell(race.value);`);
    assert.ok(Number(told) > 0 && Number(told) < 500_000, String(told));
  });
});
