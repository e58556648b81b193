import assert from 'node:assert/strict';
import { Notebook } from '../shipping/cells.ts';

describe('locks in cells', function () {
  this.timeout(60_000);
  let notebook: Notebook;

  before(async () => {
    notebook = await Notebook.open();
    await notebook.cell(
      "import { Lock, RLock, SharedCounter, Thread, ThreadPoolExecutor, withExecutor } from 'interleaved';",
    );
  });
  after(() => notebook.close());

  it('guard a class of a cell that has one as a field, in threads and in a pool', async () => {
    await notebook.cell(`
      class LockingCounter {
        lock = new Lock();
        #count = new SharedCounter();
        async increment() { await this.lock.with(() => { this.#count.value += 1; }); }
        incrementSync() { this.lock.withSync(() => { this.#count.value += 1; }); }
        get count() { return this.#count.value; }
      }
      const counter = new LockingCounter();
      const work = async (to: LockingCounter, times: number) => {
        for (let n = 0; n < times; n++) if (n % 2) to.incrementSync(); else await to.increment();
      };
      const named = async (times: number) => { for (let n = 0; n < times; n++) counter.incrementSync(); };`);
    const total = await notebook.cell(`
      const threads = [new Thread(work, counter, 2000), new Thread(work, counter, 2000), new Thread(named, 2000)];
      for (const thread of threads) thread.start();
      for (let n = 0; n < 100; n++) await counter.increment();
      for (const thread of threads) await thread.join();
      await withExecutor(new ThreadPoolExecutor(2), async (pool) => {
        await pool.map(named, [1000, 1000]);
        await pool.submit(work, counter, 1000);
      });
      tell([counter.count, counter.lock.locked]);`);
    assert.deepEqual(total, [9100, false]);
  });

  it('are told of in an error that a reader can act on', async () => {
    const message = await notebook.cell(`
      const till = new Lock({ name: 'till' });
      const forgets = (lock: Lock) => { lock.acquireSync(); };
      const thread = new Thread(forgets, till);
      thread.start();
      await thread.join();
      try { await till.acquire(); tell('taken'); } catch (error) { tell((error as Error).message); }`);
    assert.match(String(message), /^thread \d+ ended while it held Lock 'till'; .*recover\(\)$/);
    assert.equal(await notebook.cell('till.recover(); const mine = await till.acquire(); tell(till.holder);'), 'main');
    assert.equal(await notebook.cell('mine.release(); tell(till.locked);'), false);
  });
});
