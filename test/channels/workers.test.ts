import assert from 'node:assert/strict';
import { QueueClosed } from '../../src/channels/errors.ts';
import { Queue } from '../../src/channels/queue.ts';
import { CancelledError, TimeoutError } from '../../src/executors/errors.ts';
import { withExecutor } from '../../src/executors/executor.ts';
import { ProcessPoolExecutor, ThreadPoolExecutor } from '../../src/executors/executors.ts';
import type { Process } from '../../src/workers/process.ts';
import type { Thread } from '../../src/workers/thread.ts';
import { start, stderrOf, until } from './makers.ts';

class Point {
  #x: number;
  y: number;

  constructor(x: number, y: number) {
    this.#x = x;
    this.y = y;
  }

  get length(): number {
    return Math.hypot(this.#x, this.y);
  }
}

const captured = new Queue<number>();

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

    it('is the same queue when a function captured it, and inside other values', async () => {
      const answer = new Queue<boolean>();
      const compare = async (inside: { queues: Queue<boolean>[] }) => {
        await captured.put(1);
        const [first, second] = inside.queues;
        await first!.put(first === second);
      };
      const worker = start(kind, compare, { queues: [answer, answer] });
      assert.equal(await captured.get(), 1);
      assert.equal(await answer.get(), true);
      await worker.join();
    });

    it('comes home as what it was, also through itself', async () => {
      const queue = new Queue<unknown>();
      const worker = start(kind, async (there: Queue<unknown>) => there.put([there]), queue);
      const [home] = (await queue.get()) as [unknown];
      assert.equal(home, queue);
      await worker.join();
    });

    it('brings every kind of value whole', async () => {
      const there = new Queue<unknown>();
      const back = new Queue<unknown>();
      const echo = async (from: Queue<unknown>, to: Queue<unknown>) => {
        for await (const item of from) await to.put(item);
        to.close();
      };
      const worker = start(kind, echo, there, back);
      const memory = new Float64Array([1, 2, 3, 4]);
      const values = [
        undefined,
        null,
        -0,
        Number.NaN,
        2n ** 70n,
        'a\u0000\ud800é한',
        [],
        [undefined, null],
        { a: [1], b: undefined },
        new Map([[1, new Set(['x'])]]),
        new Date(0),
        [memory, memory.subarray(1, 3)],
        Buffer.from('bytes'),
        new Error('no', { cause: 'none' }),
      ];
      for (const value of values) await there.put(value);
      for (const value of values) assert.deepEqual(await back.get(), value);
      await there.put(new Point(3, 4));
      const point = await back.get();
      assert.ok(point instanceof Point);
      assert.equal(point.length, 5);
      await there.put((n: number) => n + 1);
      assert.equal(((await back.get()) as (n: number) => number)(1), 2);
      await there.put([memory, memory.subarray(1, 3)]);
      const [whole, part] = (await back.get()) as [Float64Array, Float64Array];
      assert.equal(whole.buffer, part.buffer);
      assert.equal(whole.buffer.byteLength, memory.byteLength);
      there.close();
      await worker.join();
    });

    it('refuses at put what cannot travel, and goes on', async () => {
      const queue = new Queue<unknown>();
      const take = async (from: Queue<unknown>) => {
        if ((await from.get()) !== 'good') process.exit(3);
        await from.put(process.stdout).then(
          () => process.exit(4),
          (error: Error) => from.put(error.message),
        );
      };
      const worker = start(kind, take, queue);
      await assert.rejects(queue.put(new WeakMap()), /item .*holds its keys weakly/);
      await queue.put('good');
      await worker.join();
      assert.equal(worker.exitCode, 0);
      assert.match(String(await queue.get()), /open connection, file or stream/);
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
      const fill = async (to: Queue<number>) => {
        for (let item = 0; item < 4; item += 1) await to.put(item, { timeout: 150 });
      };
      let worker: Thread<[Queue<number>]> | Process<[Queue<number>]> | undefined;
      const text = await stderrOf(async () => {
        worker = start(kind, fill, queue);
        await until(async () => (await queue.size()) === 2);
        assert.equal(await worker.join(20), false);
        assert.equal(await worker.join(), true);
      });
      assert.equal(worker?.exitCode, 1);
      assert.match(text, /TimeoutError: put waited 150 ms, and the queue stayed full \(2 of 2\).*must get first/s);
    });
  });
}

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

describe('memory in a queue between threads', () => {
  it('is shared when it is shared memory, and refused by a process', async () => {
    const queue = new Queue<Int32Array>();
    const word = new Int32Array(new SharedArrayBuffer(4));
    const worker = start('Thread', async (from: Queue<Int32Array>) => Atomics.add(await from.get(), 0, 5), queue);
    await queue.put(word);
    await worker.join();
    assert.equal(Atomics.load(word, 0), 5);
    const child = start('Process', async (from: Queue<Int32Array>) => from.get({ timeout: 50 }).catch(() => {}), queue);
    await assert.rejects(queue.put(word), /shared memory, which only threads of one process share/);
    await child.join();
  });

  it('moves when asked to, there and on', async () => {
    const there = new Queue<ArrayBuffer>();
    const back = new Queue<ArrayBuffer>();
    const work = async (from: Queue<ArrayBuffer>, to: Queue<ArrayBuffer>) => {
      const buffer = await from.get();
      new Uint8Array(buffer)[0] = 9;
      await to.put(buffer, { transfer: [buffer] });
      if (buffer.byteLength !== 0) process.exit(6);
    };
    const worker = start('Thread', work, there, back);
    const buffer = new ArrayBuffer(8);
    await there.put(buffer, { transfer: [buffer] });
    const moved = await back.get();
    assert.equal(buffer.byteLength, 0);
    assert.equal(new Uint8Array(moved)[0], 9);
    await worker.join();
    assert.equal(worker.exitCode, 0);
  });

  it('that a thread put and a process takes is an error of the one who takes', async () => {
    const queue = new Queue<Int32Array>();
    const thread = start(
      'Thread',
      async (to: Queue<Int32Array>) => to.put(new Int32Array(new SharedArrayBuffer(4))),
      queue,
    );
    await thread.join();
    const report = new Queue<string>();
    const take = async (from: Queue<Int32Array>, to: Queue<string>) =>
      from.get().catch((error: Error) => to.put(error.message));
    const child = start('Process', take, queue, report);
    assert.match(await report.get(), /shared memory/);
    await child.join();
  });
});
