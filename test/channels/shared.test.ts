import assert from 'node:assert/strict';
import { QueueClosed } from '../../src/channels/errors.ts';
import { Queue } from '../../src/channels/queue.ts';
import { CancelledError, TimeoutError } from '../../src/executors/errors.ts';
import type { Process } from '../../src/workers/process.ts';
import type { Thread } from '../../src/workers/thread.ts';
import { start, stderrOf, until } from './makers.ts';

for (const kind of ['Thread', 'Process'] as const) {
  describe(`a queue shared with a ${kind}`, () => {
    it('brings items there and back, as an argument', async () => {
      const jobs = new Queue<number>();
      const results = new Queue<number>();
      const double = async (from: Queue<number>, to: Queue<number>) => {
        for await (const item of from) await to.put(2 * item);
        to.close();
      };
      const worker = start(kind, double, jobs, results);
      for (const item of [1, 2, 3]) await jobs.put(item);
      jobs.close();
      const got: number[] = [];
      for await (const item of results) got.push(item);
      assert.deepEqual(got, [2, 4, 6]);
      await worker.join();
      assert.equal(worker.exitCode, 0);
    });

    it('ends waits there by time-outs and signals, and no item is lost by them', async () => {
      const queue = new Queue<string>(1);
      const report = new Queue<string>();
      const impatient = async (from: Queue<string>, to: Queue<string>) => {
        const nameOf = (error: Error): string => `${error.name}: ${error.message}`;
        await from.get({ timeout: 10 }).catch((error: Error) => to.put(nameOf(error)));
        await from.put('one');
        await from.put('two', { timeout: 10 }).catch((error: Error) => to.put(nameOf(error)));
        const controller = new AbortController();
        const put = from.put('three', { signal: controller.signal });
        controller.abort('changed my mind');
        await put.catch((error: Error) => to.put(`${error.name}: ${error.cause}`));
        to.close();
      };
      const worker = start(kind, impatient, queue, report);
      const reports: string[] = [];
      for await (const line of report) reports.push(line);
      assert.match(reports[0] ?? '', new RegExp(`^${TimeoutError.name}: get waited 10 ms`));
      assert.match(reports[1] ?? '', /^TimeoutError: put waited 10 ms, and the queue stayed full \(1 of 1\)/);
      assert.equal(reports[2], `${CancelledError.name}: changed my mind`);
      assert.equal(await queue.get(), 'one');
      assert.equal(await queue.size(), 0);
      await worker.join();
    });

    it('holds producers back: never more than maxsize ahead of the consumer', async () => {
      const bound = 3;
      const items = 50;
      const queue = new Queue<number>(bound);
      const put = new Queue<number>();
      const produce = async (to: Queue<number>, told: Queue<number>, count: number) => {
        for (let item = 0; item < count; item += 1) {
          await to.put(item);
          await told.put(item);
        }
        to.close();
      };
      const worker = start(kind, produce, queue, put, items);
      await until(async () => (await put.size()) === bound);
      let got = 0;
      for await (const _ of queue) {
        got += 1;
        assert.ok((await put.size()) <= got + bound, `${await put.size()} were put when ${got} were got`);
      }
      assert.equal(got, items);
      await worker.join();
    });

    it('closes for all, whoever closes it', async () => {
      const queue = new Queue<number>();
      const done = new Queue<string>();
      const wait = async (from: Queue<number>, to: Queue<string>) => {
        for await (const _ of from);
        await from.put(1).catch((error: Error) => to.put(error.name));
        await from.get().catch((error: Error) => to.put(error.name));
      };
      const waiting = start(kind, wait, queue, done);
      const closing = start(kind, (one: Queue<number>) => one.close(), queue);
      assert.deepEqual([await done.get(), await done.get()], [QueueClosed.name, QueueClosed.name]);
      await assert.rejects(queue.put(1), QueueClosed);
      for (const worker of [waiting, closing]) await worker.join();
    });

    it('is closed by one that ends at once, though this thread has no time for it until then', async () => {
      const queue = new Queue<number>();
      const closing = start(kind, (one: Queue<number>) => one.close(), queue);
      await until(() => closing.alive);
      // It begins, closes and, if nothing holds it, ends meanwhile.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
      await closing.join();
      await assert.rejects(queue.get(), QueueClosed);
    });

    it('that was closed and emptied before ends loops there all the same', async () => {
      const queue = new Queue<number>();
      const done = new Queue<string>();
      const loop = async (from: Queue<number>, to: Queue<string>) => {
        for await (const _ of from);
        await to.put('ended');
      };
      const worker = start(kind, loop, queue, done);
      queue.close();
      assert.equal(await done.get(), 'ended');
      await worker.join();
    });

    it('has size 0 there when it is closed and empty, as at home', async () => {
      const queue = new Queue<number>();
      const sizes = new Queue<number[]>();
      const loop = async (from: Queue<number>, to: Queue<number[]>) => {
        const before = [await from.size()];
        const [, withTheLast] = await Promise.all([from.get(), from.size()]);
        for await (const _ of from);
        await to.put([...before, withTheLast, await from.size()]);
      };
      await queue.put(1);
      queue.close();
      const worker = start(kind, loop, queue, sizes);
      assert.deepEqual(await sizes.get(), [1, 0, 0]);
      await worker.join();
      const late = start(
        kind,
        async (of: Queue<number>, to: Queue<number[]>) => to.put([await of.size()]),
        queue,
        sizes,
      );
      assert.deepEqual(await sizes.get(), [0]);
      await late.join();
      assert.equal(await queue.size(), 0);
    });

    it('brings row 21 of the course: two sums, and a sentinel', async () => {
      const queue = new Queue<number | 'STOP'>();
      const sum = async (from: number, to: number, out: Queue<number | 'STOP'>) => {
        let total = 0;
        for (let n = from; n < to; n += 1) total += n;
        await out.put(total);
      };
      const workers = [start(kind, sum, 0, 500_000, queue), start(kind, sum, 500_000, 1_000_000, queue)];
      for (const worker of workers) await worker.join();
      await queue.put('STOP');
      let total = 0;
      for (let item = await queue.get(); item !== 'STOP'; item = await queue.get()) total += item;
      assert.equal(total, 499_999_500_000);
    });

    it('joined before it was emptied, makes the put time out and say why', async () => {
      const queue = new Queue<number>(2);
      const go = new Queue<void>();
      const fill = async (to: Queue<number>, told: Queue<void>) => {
        await to.put(0);
        await to.put(1);
        await Promise.all([to.put(2), told.get().then(() => to.put(3, { timeout: 50 }))]);
      };
      let worker: Thread<[Queue<number>, Queue<void>]> | Process<[Queue<number>, Queue<void>]> | undefined;
      const text = await stderrOf(async () => {
        worker = start(kind, fill, queue, go);
        await until(async () => (await queue.size()) === 2);
        assert.equal(await worker.join(20), false);
        await go.put();
        assert.equal(await worker.join(), true);
      });
      assert.equal(worker?.exitCode, 1);
      assert.match(text, /TimeoutError: put waited 50 ms, and the queue stayed full \(2 of 2\).*must get first/s);
    });
  });
}
