import assert from 'node:assert/strict';
import { Queue } from '../../src/channels/queue.ts';
import { start } from './makers.ts';

/** Starts a thread that tries to sleep for a queue of another process. */
const forward = async (one: Queue<string>, file: string, to: Queue<string>) => {
  const { Thread: There } = await import(file);
  const attempt = async (queue: Queue<string>, report: Queue<string>) => {
    try {
      queue.getSync();
    } catch (error) {
      await report.put((error as Error).message);
    }
  };
  const thread = new There(attempt, one, to);
  thread.start();
  await thread.join();
};

describe('the blocking twins', () => {
  it('put and get in a thread', async () => {
    const jobs = new Queue<number>(1);
    const results = new Queue<number>(1);
    const work = (from: Queue<number>, to: Queue<number>) => {
      try {
        for (;;) to.putSync(from.getSync() + 1);
      } catch (error) {
        if ((error as Error).name !== 'QueueClosed') throw error;
        to.close();
      }
    };
    const worker = start('Thread', work, jobs, results);
    const feed = (async () => {
      for (let n = 0; n < 100; n += 1) await jobs.put(n);
      jobs.close();
    })();
    let sum = 0;
    for await (const item of results) sum += item;
    assert.equal(sum, 5050);
    await feed;
    await worker.join();
    assert.equal(worker.exitCode, 0);
  });

  it('time out', async () => {
    const queue = new Queue<string>(1);
    const work = (one: Queue<string>) => {
      const nameOf = (act: () => void): string => {
        try {
          act();
        } catch (error) {
          return (error as Error).name;
        }
        return 'nothing';
      };
      const first = nameOf(() => one.getSync({ timeout: 10 }));
      one.putSync(first);
      const second = nameOf(() => one.putSync('more', { timeout: 10 }));
      if (second !== 'TimeoutError') process.exit(5);
    };
    const worker = start('Thread', work, queue);
    await worker.join();
    assert.equal(worker.exitCode, 0);
    assert.equal(await queue.get(), 'TimeoutError');
  });

  it('say so where they cannot block', async () => {
    const queue = new Queue<string>();
    const attempt = async (one: Queue<string>) => {
      try {
        one.getSync();
      } catch (error) {
        await one.put((error as Error).message);
      }
    };
    const child = start('Process', attempt, queue);
    assert.match(await queue.get(), /would block the main thread of this process/);
    await child.join();
    const inThread = async (one: Queue<string>, from: string) => {
      const { Queue: Made } = await import(from);
      try {
        new Made().getSync();
      } catch (error) {
        await one.put((error as Error).message);
      }
    };
    const thread = start('Thread', inThread, queue, new URL('../../src/channels/queue.ts', import.meta.url).href);
    assert.match(await queue.get(), /would block the thread that made the queue and must serve it/);
    await thread.join();
    // Whoever made it might end while others sleep, and nothing would wake them.
    const report = new Queue<string>();
    const across = start(
      'Process',
      (one: Queue<string>, thread: string, to: Queue<string>) => forward(one, thread, to),
      queue,
      new URL('../../src/workers/thread.ts', import.meta.url).href,
      report,
    );
    assert.match(await report.get(), /queue\.getSync can wait only for what the main thread of this process made/);
    await across.join();
  });
});
