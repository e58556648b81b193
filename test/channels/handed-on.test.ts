import assert from 'node:assert/strict';
import { QueueClosed } from '../../src/channels/errors.ts';
import { Queue } from '../../src/channels/queue.ts';
import { start } from './makers.ts';

for (const kind of ['Thread', 'Process'] as const) {
  describe(`a queue shared with a ${kind}`, () => {
    it('can be handed on to threads and processes started there', async () => {
      const queue = new Queue<string>();
      const source = (name: string) => new URL(`../../src/workers/${name}.ts`, import.meta.url).href;
      const handOn = async (to: Queue<string>, thread: string, child: string) => {
        const { Thread } = await import(thread);
        const { Process } = await import(child);
        for (const [Kind, name] of [
          [Thread, 'thread'],
          [Process, 'process'],
        ]) {
          const worker = new Kind((out: Queue<string>, text: string) => out.put(text), to, `from a ${name} of mine`);
          worker.start();
          await worker.join();
        }
        await to.put('from me');
      };
      const worker = start(kind, handOn, queue, source('thread'), source('process'));
      const got = [await queue.get(), await queue.get(), await queue.get()];
      assert.deepEqual(got, ['from a thread of mine', 'from a process of mine', 'from me']);
      await worker.join();
    });

    it('that was made there is served from there', async () => {
      const home = new Queue<Queue<number>[]>();
      const module = new URL('../../src/channels/queue.ts', import.meta.url).href;
      const make = async (to: Queue<Queue<number>[]>, from: string) => {
        const { Queue: Made } = (await import(from)) as { Queue: new (maxsize?: number) => Queue<number> };
        const [jobs, results] = [new Made(1), new Made()];
        await to.put([jobs, results]);
        for await (const job of jobs) await results.put(job + 1);
        // The one who made a queue must not end before it is empty.
        results.close();
        while ((await results.size()) > 0) await new Promise(setImmediate);
      };
      const worker = start(kind, make, home, module);
      const [jobs, results] = await home.get();
      await jobs!.put(41);
      assert.equal(await results!.get(), 42);
      await jobs!.put(42);
      jobs!.close();
      assert.equal(await results!.get(), 43);
      await assert.rejects(results!.get(), QueueClosed);
      await worker.join();
      assert.equal(worker.exitCode, 0);
    });
  });
}
