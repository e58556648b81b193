import assert from 'node:assert/strict';
import { Queue } from '../../src/channels/queue.ts';
import { start } from './makers.ts';

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

for (const kind of ['Thread', 'Process'] as const) {
  describe(`a queue shared with a ${kind}`, () => {
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
  });
}

describe('an item that cannot be read where it is got', () => {
  it('is an error of the one who waited for it, and of nobody else', async () => {
    const queue = new Queue<unknown>();
    const put = async (to: Queue<unknown>) => {
      class Picky {
        readonly kind = 'picky';
        static readonly at = (() => {
          if (process.getBuiltinModule('node:worker_threads').isMainThread) throw new Error('not on this thread');
        })();
      }
      await to.put(new Picky());
      await to.put('good');
    };
    const waiting = assert.rejects(queue.get(), /not on this thread/);
    const worker = start('Thread', put, queue);
    await waiting;
    assert.equal(await queue.get(), 'good');
    await worker.join();
    assert.equal(worker.exitCode, 0);
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
