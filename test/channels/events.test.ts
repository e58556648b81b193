import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { Queue } from '../../src/channels/queue.ts';
import { withExecutor } from '../../src/executors/executor.ts';
import { ProcessPoolExecutor, ThreadPoolExecutor } from '../../src/executors/executors.ts';
import { record } from '../../src/timing/recorder.ts';
import { start, until } from './makers.ts';

describe('waits for queues in a timeline', () => {
  for (const kind of ['Thread', 'Process'] as const) {
    it(`lie on the lane of the one who waits: ${kind}`, async () => {
      const queue = new Queue<number>(1);
      const answer = new Queue<number>();
      const work = async (from: Queue<number>, to: Queue<number>) => to.put((await from.get()) + 1);
      const timeline = await record(async () => {
        const worker = start(kind, work, queue, answer);
        await until(() => inspect(queue).includes('1 get waits'));
        await queue.put(1);
        await answer.get();
        await worker.join();
      });
      const lane = timeline.lanes.find(({ name }) => name.startsWith(kind.toLowerCase()));
      const [wait, ...others] = lane?.waits ?? [];
      assert.deepEqual(others, []);
      assert.equal(wait?.name, 'Queue.get');
      assert.equal(wait?.ok, true);
      assert.ok(wait!.acquired! > wait!.waiting!);
      const own = timeline.lanes.find(({ name }) => name === 'main')?.waits ?? [];
      assert.deepEqual(
        own.map(({ name, ok }) => [name, ok]),
        [['Queue.get', true]],
      );
    });
  }

  it('say when time ran out; what does not wait is no wait', async () => {
    const queue = new Queue<number>(1);
    const timeline = await record(async () => {
      await queue.put(1);
      await queue.put(2, { timeout: 5 }).catch(() => {});
      await queue.get();
    });
    const waits = timeline.lanes.flatMap((lane) => lane.waits);
    assert.deepEqual(
      waits.map(({ name, lane, ok }) => [name, lane, ok]),
      [['Queue.put', 'main', false]],
    );
  });

  for (const Pool of [ThreadPoolExecutor, ProcessPoolExecutor]) {
    it(`lie on the lanes of a pool: ${Pool.name}`, async () => {
      const queue = new Queue<number>();
      const timeline = await record(() =>
        withExecutor(new Pool(1), async (pool) => {
          const task = pool.submit(async (from: Queue<number>) => from.get(), queue);
          await until(() => inspect(queue).includes('1 get waits'));
          await queue.put(3);
          assert.equal(await task, 3);
        }),
      );
      const lanes = timeline.lanes.filter(({ waits }) => waits.length > 0).map(({ name }) => name);
      assert.deepEqual(lanes, [Pool === ThreadPoolExecutor ? 'thread 1' : 'process 1']);
    });
  }
});
