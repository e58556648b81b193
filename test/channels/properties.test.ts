import assert from 'node:assert/strict';
import fc from 'fast-check';
import { framed, messageIn } from '../../src/channels/frame.ts';
import { Queue } from '../../src/channels/queue.ts';
import type { Executor } from '../../src/executors/executor.ts';
import { AsyncExecutor, ProcessPoolExecutor, ThreadPoolExecutor } from '../../src/executors/executors.ts';

/** One that puts or takes: where it runs, and how hurried it is. */
interface Party {
  readonly where: 'here' | 'thread' | 'process';
  /** It pauses after so many items; 0 for never. */
  readonly pause: number;
  /** Ms that a put or get waits at most; tried again after. */
  readonly patience: number | undefined;
}

/** Puts `[id, 0]`, `[id, 1]`, …, and gives how many were put when all were, or the queue was closed. */
const produce = async (queue: Queue<number[]>, id: number, count: number, { pause, patience }: Party) => {
  let put = 0;
  while (put < count) {
    try {
      await queue.put([id, put], { timeout: patience });
    } catch (error) {
      if ((error as Error).name === 'TimeoutError') continue;
      if ((error as Error).name === 'QueueClosed') break;
      throw error;
    }
    put += 1;
    if (pause > 0 && put % pause === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return put;
};

/** Takes items until the queue is closed and empty, and gives them. */
const consume = async (queue: Queue<number[]>, { pause, patience }: Party) => {
  const items: number[][] = [];
  for (;;) {
    try {
      items.push(await queue.get({ timeout: patience }));
    } catch (error) {
      if ((error as Error).name === 'TimeoutError') continue;
      if ((error as Error).name === 'QueueClosed') return items;
      throw error;
    }
    if (pause > 0 && items.length % pause === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
};

const party = fc.record<Party>({
  where: fc.constantFrom('here', 'thread', 'process'),
  pause: fc.constantFrom(0, 1, 5),
  patience: fc.constantFrom(undefined, undefined, 0, 2),
});

describe('many who put and many who take', function () {
  this.timeout(60_000);
  let executors: Record<Party['where'], Executor>;

  // As many workers as there are parties: one that waits for its worker could be the one all others wait for.
  before(async () => {
    executors = {
      here: new AsyncExecutor(16),
      thread: new ThreadPoolExecutor(6),
      process: new ProcessPoolExecutor(6),
    };
    for (const executor of Object.values(executors)) await executor.warmUp();
  });

  after(async () => {
    for (const executor of Object.values(executors)) await executor.shutdown();
  });

  it('lose nothing, double nothing and keep the order of each producer, whenever the queue is closed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(5),
        fc.array(party, { minLength: 1, maxLength: 3 }),
        fc.array(party, { minLength: 1, maxLength: 3 }),
        fc.nat(120),
        fc.option(fc.nat(30)),
        async (maxsize, producers, consumers, count, closeAfter) => {
          const queue = new Queue<number[]>(maxsize);
          const makers = producers.map((each, id) => executors[each.where].submit(produce, queue, id, count, each));
          const takers = consumers.map((each) => executors[each.where].submit(consume, queue, each));
          if (closeAfter !== null) setTimeout(() => queue.close(), closeAfter);
          const put = await Promise.all(makers);
          queue.close();
          const taken = await Promise.all(takers);
          for (const items of taken) {
            const last = new Map<number, number>();
            for (const [id, n] of items as [number, number][]) {
              assert.ok(n > (last.get(id) ?? -1), `item ${n} of producer ${id} came after item ${last.get(id)}`);
              last.set(id, n);
            }
          }
          const names = taken.flat().map(([id, n]) => `${id} ${n}`);
          const expected = put.flatMap((many, id) => Array.from({ length: many }, (_, n) => `${id} ${n}`));
          assert.deepEqual(names.sort(), expected.sort());
          if (closeAfter === null) assert.deepEqual(put, Array(producers.length).fill(count));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('lose nothing that was on its way when the queue was closed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('thread' as const, 'process' as const),
        fc.integer({ min: 1, max: 300 }),
        async (where, many) => {
          const queue = new Queue<number[]>();
          const hurried = { where, pause: 0, patience: undefined };
          const maker = executors[where].submit(produce, queue, 0, Number.MAX_SAFE_INTEGER, hurried);
          let taken = 0;
          for await (const _ of queue) {
            taken += 1;
            if (taken === many) queue.close();
          }
          assert.equal(taken, await maker);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('never have more than maxsize items between them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(party, { minLength: 1, maxLength: 3 }),
        async (maxsize, producers) => {
          const queue = new Queue<number[]>(maxsize);
          const makers = producers.map((each, id) => executors[each.where].submit(produce, queue, id, 30, each));
          let waits = true;
          const over = Promise.all(makers).then(() => {
            waits = false;
          });
          let taken = 0;
          while (waits || (await queue.size()) > 0) {
            assert.ok((await queue.size()) <= maxsize);
            // The one item at a time that is taken makes room for one.
            const before = await queue.size();
            if (before > 0) {
              await queue.get();
              taken += 1;
            } else {
              await new Promise((resolve) => setTimeout(resolve, 1));
            }
          }
          await over;
          queue.close();
          assert.equal(taken, 30 * producers.length);
        },
      ),
      { numRuns: 10 },
    );
  });
});

describe('a message as bytes', () => {
  it('comes out as it went in', () => {
    const part = fc.oneof(
      fc.constantFrom(undefined, null, -0, Number.NaN, Number.POSITIVE_INFINITY),
      fc.string({ unit: 'binary' }),
      fc.double(),
      fc.boolean(),
      fc.bigInt(),
      fc.object(),
      fc.uint8Array(),
    );
    fc.assert(
      fc.property(fc.array(fc.array(part, { maxLength: 5 }), { maxLength: 4 }), (message) => {
        const bytes = framed(message);
        assert.equal(bytes.readUInt32LE(), bytes.length - 4);
        assert.deepStrictEqual(messageIn(bytes.subarray(4)), structuredClone(message));
      }),
    );
  });
});
