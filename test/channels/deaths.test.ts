import assert from 'node:assert/strict';
import { QueueBroken } from '../../src/channels/errors.ts';
import { Queue } from '../../src/channels/queue.ts';
import { withExecutor } from '../../src/executors/executor.ts';
import { ProcessPoolExecutor, ThreadPoolExecutor } from '../../src/executors/executors.ts';
import { Process } from '../../src/workers/process.ts';
import { start, stderrOf, until } from './makers.ts';

const putThenSpin = async (to: Queue<number>, count: number) => {
  for (let item = 0; item < count; item += 1) await to.put(item);
  for (;;);
};

/** A promise's error, or what it gave. */
const failure = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);

for (const kind of ['Thread', 'Process'] as const) {
  describe(`when a ${kind} that puts dies`, () => {
    it('its reader has what was put, and then an error that names the dead', async () => {
      const queue = new Queue<number>();
      const writer = start(kind, putThenSpin, queue, 3);
      await until(async () => (await queue.size()) === 3);
      writer.terminate();
      assert.deepEqual([await queue.get(), await queue.get(), await queue.get()], [0, 1, 2]);
      await assert.rejects(queue.get(), (error) => {
        assert.ok(error instanceof QueueBroken);
        assert.match(error.message, /(thread|process) \d+ \(putThenSpin\) ended with exit code (1|-15)/);
        return true;
      });
      await writer.join();
      assert.ok((await failure(queue.get())) instanceof QueueBroken);
    });

    it('before it has put anything, or by process.exit, or by an error, its reader has one too', async () => {
      const ends: ((to: Queue<number>) => unknown)[] = [
        () => process.exit(0),
        () => process.exit(7),
        () => {
          throw new Error('no');
        },
      ];
      await stderrOf(async () => {
        for (const end of ends) {
          const queue = new Queue<number>();
          const writer = start(kind, end, queue);
          assert.ok((await failure(queue.get())) instanceof QueueBroken);
          await writer.join();
        }
        const queue = new Queue<number>();
        const writer = start(kind, putThenSpin, queue, 1);
        writer.terminate();
        assert.ok((await failure(queue.get())) instanceof QueueBroken);
        await writer.join();
      });
    });

    it('a reader in another one has the error', async () => {
      const queue = new Queue<number>();
      const report = new Queue<string>();
      const read = async (from: Queue<number>, to: Queue<string>) => {
        try {
          for await (const item of from) await to.put(`got ${item}`);
        } catch (error) {
          await to.put((error as Error).name);
        }
      };
      const reader = start(kind, read, queue, report);
      const writer = start(kind, putThenSpin, queue, 1);
      assert.equal(await report.get(), 'got 0');
      writer.terminate();
      assert.equal(await report.get(), 'QueueBroken');
      for (const worker of [reader, writer]) await worker.join();
    });

    it('before anybody has put anything, a reader in another one has the error after a while', async () => {
      const queue = new Queue<number>();
      const report = new Queue<string>();
      const read = async (from: Queue<number>, to: Queue<string>) => {
        const waiting = from.get().catch((error: Error) => to.put(error.name));
        await to.put('waits');
        await waiting;
      };
      const reader = start(kind, read, queue, report);
      assert.equal(await report.get(), 'waits');
      const writer = start(kind, (_: Queue<number>) => process.exit(1), queue);
      assert.equal(await report.get(), 'QueueBroken');
      for (const worker of [reader, writer]) await worker.join();
    });

    it('and another one lives that may put, its reader goes on', async () => {
      const queue = new Queue<number>();
      const dying = start(kind, putThenSpin, queue, 1);
      assert.equal(await queue.get(), 0);
      const slow = async (to: Queue<number>) => {
        await new Promise((resolve) => setTimeout(resolve, 200));
        await to.put(5);
      };
      const living = start(kind, slow, queue);
      dying.terminate();
      assert.equal(await queue.get(), 5);
      for (const worker of [dying, living]) await worker.join();
    });

    it('or ends as it should, its reader waits for the next', async () => {
      const queue = new Queue<number>();
      const one = (to: Queue<number>, item: number) => to.put(item);
      const reader = Promise.all([queue.get(), queue.get(), queue.get()]);
      for (const item of [1, 2, 3]) {
        const writer = start(kind, one, queue, item);
        await writer.join();
        await new Promise((resolve) => setTimeout(resolve, 40));
      }
      assert.deepEqual(await reader, [1, 2, 3]);
    });

    it('what it was still waiting to put is not put, and what others wait for comes', async () => {
      const queue = new Queue<number>(1);
      const writer = start(kind, putThenSpin, queue, 9);
      await until(async () => (await queue.size()) === 1);
      const mine = queue.put(100);
      writer.terminate();
      await writer.join();
      await new Promise((resolve) => setTimeout(resolve, 40));
      assert.equal(await queue.get(), 0);
      await mine;
      assert.equal(await queue.get(), 100);
      assert.equal(await queue.size(), 0);
    });
  });

  describe(`when a ${kind} that takes dies`, () => {
    it('no item waits for it, and the next one has them', async () => {
      const queue = new Queue<number>();
      const take = async (from: Queue<number>) => {
        for (;;) await from.get();
      };
      const reader = start(kind, take, queue);
      await queue.put(0);
      await until(async () => (await queue.size()) === 0);
      reader.terminate();
      await reader.join();
      await new Promise((resolve) => setTimeout(resolve, 40));
      for (const item of [1, 2, 3]) await queue.put(item);
      assert.equal(await queue.size(), 3);
    });

    it('one that waits for room has an error', async () => {
      const queue = new Queue<number>(1);
      const take = async (from: Queue<number>) => {
        await from.get();
        for (;;);
      };
      const reader = start(kind, take, queue);
      await queue.put(0);
      await queue.put(1);
      const stuck = queue.put(2);
      reader.terminate();
      assert.match(String(await failure(stuck)), /QueueBroken: put would wait for ever.*nobody is left to get/);
      await reader.join();
    });
  });

  describe(`when the ${kind} that made a queue ends`, () => {
    it('those who wait for it elsewhere have an error', async () => {
      const home = new Queue<Queue<number>>();
      const module = new URL('../../src/channels/queue.ts', import.meta.url).href;
      const make = async (to: Queue<Queue<number>>, from: string) => {
        const { Queue: Made } = (await import(from)) as { Queue: new () => Queue<number> };
        await to.put(new Made());
        for (;;) await new Promise((resolve) => setTimeout(resolve, 1000));
      };
      const maker = start(kind, make, home, module);
      const made = await home.get();
      await made.put(1);
      assert.equal(await made.get(), 1);
      const waiting = failure(made.get());
      await made.size();
      maker.terminate();
      const error = await waiting;
      assert.ok(error instanceof QueueBroken);
      assert.match(error.message, /the thread or process that made it has ended/);
      await assert.rejects(made.put(2), QueueBroken);
      await maker.join();
    });
  });
}

describe('when a task that puts dies', () => {
  for (const Pool of [ThreadPoolExecutor, ProcessPoolExecutor]) {
    it(`its reader has an error: ${Pool.name}`, async () => {
      await withExecutor(new Pool(1), async (pool) => {
        const queue = new Queue<number>();
        const die = async (to: Queue<number>) => {
          await to.put(1);
          process.exit(3);
        };
        const task = pool.submit(die, queue);
        assert.equal(await queue.get(), 1);
        assert.match(String(await failure(queue.get())), /QueueBroken.*task 'die' failed.*nobody is left to put/);
        assert.equal(await task.exception().then((error) => (error as Error).name), 'WorkerDied');
        const later = pool.submit(async (to: Queue<number>) => to.put(2), queue);
        assert.equal(await queue.get(), 2);
        await later;
      });
    });
  }
});

describe('what a process put before it was killed', () => {
  it('arrives, all of it that was awaited', async () => {
    const queue = new Queue<string>();
    const told = new Queue<number>();
    const flood = async (to: Queue<string>, out: Queue<number>) => {
      const text = 'x'.repeat(2000);
      for (let n = 1; n <= 3000; n += 1) {
        await to.put(`${n} ${text}`);
        if (n === 3000) {
          await out.put(n);
          process.kill(process.pid, 'SIGKILL');
        }
      }
    };
    const writer = new Process(flood, queue, told);
    writer.start();
    assert.equal(await told.get(), 3000);
    for (let n = 1; n <= 3000; n += 1) assert.equal(Number.parseInt(await queue.get(), 10), n);
    assert.ok((await failure(queue.get())) instanceof QueueBroken);
    await writer.join();
  });
});
