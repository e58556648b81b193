import assert from 'node:assert/strict';
import { Queue } from '../../src/channels/queue.ts';
import { start } from './makers.ts';

const producers = 4;
const each = 250_000;

const produce = async (to: Queue<number[]>, id: number, count: number) => {
  for (let n = 0; n < count; n += 1) await to.put([id, n]);
};

/** Takes all it gets, checks the order of each producer, and gives how often it had each item. */
const consume = async (from: Queue<number[]>, to: Queue<Uint8Array[]>, many: number, count: number) => {
  const seen = Array.from({ length: many }, () => new Uint8Array(count));
  const last = new Array<number>(many).fill(-1);
  for await (const [id, n] of from) {
    if (n! <= last[id!]!) throw new Error(`item ${n} of producer ${id} came after item ${last[id!]}`);
    last[id!] = n!;
    seen[id!]![n!]! += 1;
  }
  await to.put(seen);
};

describe('soak: a million messages', () => {
  for (const maxsize of [0, 100]) {
    it(`from 2 threads and 2 processes to 2 threads and 2 processes, ${maxsize || 'no'} bound`, async () => {
      const queue = new Queue<number[]>(maxsize);
      const results = new Queue<Uint8Array[]>();
      const kinds = ['Thread', 'Thread', 'Process', 'Process'] as const;
      const takers = kinds.map((kind) => start(kind, consume, queue, results, producers, each));
      const makers = kinds.map((kind, id) => start(kind, produce, queue, id, each));
      for (const maker of makers) await maker.join();
      queue.close();
      const total = Array.from({ length: producers }, () => new Uint8Array(each));
      for (let n = 0; n < takers.length; n += 1) {
        const seen = await results.get();
        for (let id = 0; id < producers; id += 1)
          for (let at = 0; at < each; at += 1) total[id]![at]! += seen[id]![at]!;
      }
      for (const taker of takers) await taker.join();
      assert.ok(total.every((seen) => seen.every((times) => times === 1)));
      results.close();
    });
  }

  it('1,000 queues and as many workers in a row leave nothing', async () => {
    const before = process.getActiveResourcesInfo().length;
    const sizes: number[] = [];
    for (let round = 0; round < 10; round += 1) {
      for (let n = 0; n < 100; n += 1) {
        const queue = new Queue<number>(1);
        const worker = start(n % 10 === 0 ? 'Process' : 'Thread', async (to: Queue<number>) => to.put(1), queue);
        assert.equal(await queue.get(), 1);
        if (n % 2 === 0) queue.close();
        await worker.join();
      }
      sizes.push(process.memoryUsage.rss() / 2 ** 20);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.ok(process.getActiveResourcesInfo().length <= before + 1, process.getActiveResourcesInfo().join(', '));
    assert.ok(
      sizes[9]! - sizes[4]! < 100,
      `resident memory after each hundred, MB: ${sizes.map(Math.round).join(', ')}`,
    );
  });
});
