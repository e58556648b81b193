import assert from 'node:assert/strict';
import { Queue } from '../../src/channels/queue.ts';
import { withExecutor } from '../../src/executors/executor.ts';
import { ProcessPoolExecutor, ThreadPoolExecutor } from '../../src/executors/executors.ts';

const captured = new Queue<number>();

describe('a queue shared with tasks of a pool', () => {
  for (const Pool of [ThreadPoolExecutor, ProcessPoolExecutor]) {
    it(`brings items between tasks and home: ${Pool.name}`, async () => {
      const jobs = new Queue<number>(4);
      const results = new Queue<number>();
      await withExecutor(new Pool(3), async (pool) => {
        const work = async (from: Queue<number>, to: Queue<number>) => {
          let count = 0;
          for await (const item of from) {
            await to.put(item * item);
            count += 1;
          }
          return count;
        };
        const workers = [1, 2].map(() => pool.submit(work, jobs, results));
        const feed = async (to: Queue<number>, count: number) => {
          for (let item = 0; item < count; item += 1) await to.put(item);
          to.close();
        };
        const feeder = pool.submit(feed, jobs, 100);
        const counts = await Promise.all(workers);
        await feeder;
        assert.equal(counts[0]! + counts[1]!, 100);
      });
      results.close();
      const squares: number[] = [];
      for await (const square of results) squares.push(square);
      assert.deepEqual(
        squares.sort((a, b) => a - b),
        Array.from({ length: 100 }, (_, n) => n * n),
      );
    });
  }

  it('keeps its reader waiting when the pool that filled it is shut down', async () => {
    const queue = new Queue<number>();
    const reader = (async () => {
      let sum = 0;
      for await (const item of queue) sum += item;
      return sum;
    })();
    for (const Pool of [ThreadPoolExecutor, ProcessPoolExecutor]) {
      await withExecutor(new Pool(2), (pool) => pool.map(async (n: number) => captured.put(n), [1, 2, 3]));
      for (let n = 0; n < 3; n += 1) await queue.put(await captured.get());
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    queue.close();
    assert.equal(await reader, 12);
  });
});
