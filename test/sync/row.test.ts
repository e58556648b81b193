import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { CancelledError, TimeoutError } from '../../src/executors/errors.ts';
import { ReadWriteLock } from '../../src/sync/read-write-lock.ts';
import { Semaphore } from '../../src/sync/semaphore.ts';

type With = <R>(fn: () => R, options?: { timeout?: number; signal?: AbortSignal }) => Promise<Awaited<R>>;

/** What lets one in at a time, made anew. */
const makers: Record<string, () => With> = {
  Semaphore: () => {
    const semaphore = new Semaphore(1);
    return (fn, options) => semaphore.with(fn, options) as never;
  },
  'ReadWriteLock, writing': () => {
    const lock = new ReadWriteLock();
    return (fn, options) => lock.write.with(fn, options) as never;
  },
};

/** Runs `use` and counts how often this thread lay down to sleep on a word. */
async function sleepsIn(use: () => Promise<unknown>): Promise<number> {
  const { waitAsync } = Atomics;
  let count = 0;
  Atomics.waitAsync = (...args: never[]) => {
    count += 1;
    return (waitAsync as (...args: never[]) => never)(...args);
  };
  try {
    await use();
  } finally {
    Atomics.waitAsync = waitAsync;
  }
  return count;
}

for (const [name, make] of Object.entries(makers)) {
  describe(`tasks of one thread that wait for the same: ${name}`, () => {
    it('sleep one at a time: as many wake-ups as tasks, not as pairs of them', async () => {
      const tasks = 300;
      const enter = make();
      let inside = 0;
      const count = await sleepsIn(() =>
        Promise.all(
          Array.from({ length: tasks }, () =>
            enter(async () => {
              inside += 1;
              assert.equal(inside, 1);
              await turn();
              inside -= 1;
            }),
          ),
        ),
      );
      assert.ok(count >= 1 && count < 4 * tasks, `${count} times`);
    });

    it('come in the order in which they came', async () => {
      const enter = make();
      const order: number[] = [];
      const come = (n: number) => enter(() => turn().then(() => void order.push(n)));
      await Promise.all([0, 1, 2, 3, 4].map(come));
      assert.deepEqual(order, [0, 1, 2, 3, 4]);
    });

    it('leave from anywhere, each with its own error, and hold up nobody', async () => {
      const enter = make();
      let leave = (): void => {};
      const held = new Promise<void>((resolve) => {
        leave = resolve;
      });
      const holder = enter(() => held);
      await turn();
      const order: string[] = [];
      const come = (who: string, options = {}) => enter(() => void order.push(who), options);
      const first = new AbortController();
      const middle = new AbortController();
      const waiting = [
        come('first', { signal: first.signal }),
        come('second'),
        come('middle', { signal: middle.signal }),
        come('late', { timeout: 5 }),
        come('last'),
      ];
      const all = Promise.allSettled(waiting);
      await turn();
      middle.abort('enough');
      await assert.rejects(waiting[2]!, (error) => error instanceof CancelledError && error.cause === 'enough');
      await assert.rejects(waiting[3]!, TimeoutError);
      first.abort('enough');
      await assert.rejects(waiting[0]!, CancelledError);
      leave();
      await holder;
      await all;
      assert.deepEqual(order, ['second', 'last']);
    });
  });
}

describe('many readers and writers among the tasks of one thread', () => {
  it('all come to their end, whoever waits for whom and gives up', async () => {
    const lock = new ReadWriteLock();
    let [readers, writers, done] = [0, 0, 0];
    const look = () => assert.ok(writers === 0 || (writers === 1 && readers === 0), `${readers} and ${writers}`);
    const read = async (depth: number): Promise<void> => {
      readers += 1;
      look();
      await turn();
      if (depth > 0) await lock.read.with(() => read(depth - 1));
      readers -= 1;
    };
    const write = async (): Promise<void> => {
      writers += 1;
      look();
      await turn();
      writers -= 1;
    };
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 48271) % 2147483647;
      return seed % below;
    };
    const one = async (): Promise<void> => {
      const options = random(4) === 0 ? { timeout: random(6) } : {};
      for (let turns = random(20); turns > 0; turns -= 1) await turn();
      try {
        if (random(3) === 0) await lock.write.with(write, options);
        else await lock.read.with(() => read(random(3)), options);
      } catch (error) {
        if (!(error instanceof TimeoutError)) throw error;
      }
      done += 1;
    };
    await Promise.all(Array.from({ length: 400 }, one));
    assert.equal(done, 400);
    assert.deepEqual([lock.readers, lock.writer, readers, writers], [[], undefined, 0, 0]);
  });
});
