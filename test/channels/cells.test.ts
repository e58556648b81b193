import assert from 'node:assert/strict';
import { Notebook } from '../shipping/cells.ts';

describe('queues and pipes in cells', function () {
  this.timeout(60_000);
  let notebook: Notebook;

  before(async () => {
    notebook = await Notebook.open();
    await notebook.cell(
      "import { Pipe, type PipeEnd, Process, ProcessPoolExecutor, Queue, Thread, withExecutor } from 'interleaved';",
    );
  });
  after(() => notebook.close());

  it('bring totals from a thread and a process whose functions name the queue', async () => {
    await notebook.cell(`
      const queue = new Queue<number>(2);
      function sum(from: number, to: number) {
        let total = 0;
        for (let n = from; n < to; n++) total += n;
        return total;
      }
      const work = async (from: number, to: number) => queue.put(sum(from, to));`);
    const total = await notebook.cell(`
      const workers = [new Process(work, 0, 500), new Thread(work, 500, 1000)];
      for (const worker of workers) worker.start();
      const total = (await queue.get()) + (await queue.get());
      for (const worker of workers) await worker.join();
      tell(total);`);
    assert.equal(total, 499_500);
  });

  it('go to the tasks of a pool, again and again', async () => {
    await notebook.cell('const add = async (n: number) => { await queue.put(n); return n; };');
    for (const round of [1, 2]) {
      const got = await notebook.cell(`
        await withExecutor(new ProcessPoolExecutor(2), (pool) => pool.map(add, [${round}, ${round}]));
        tell([await queue.get(), await queue.get()]);`);
      assert.deepEqual(got, [round, round]);
    }
  });

  it('connect two ends', async () => {
    const answer = await notebook.cell(`
      const [left, right] = Pipe<string>();
      const child = new Process(async (end: PipeEnd<string>) => end.send('hello, ' + (await end.recv())), right);
      child.start();
      await left.send('parent');
      tell(await left.recv());`);
    assert.equal(answer, 'hello, parent');
  });
});
