import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';
import { BrokenExecutor, WorkerDied } from '../../src/executors/errors.ts';
import { withExecutor } from '../../src/executors/executor.ts';
import { ThreadPoolExecutor } from '../../src/executors/executors.ts';
import type { Future } from '../../src/executors/future.ts';
import { Recorder } from '../../src/timing/recorder.ts';

const thread = () => threadId;

/** Runs `use` with a task that a thread was given and cannot have begun, as that thread is only being started. */
async function whileStarting<R>(use: (pool: ThreadPoolExecutor, future: Future<void>) => R): Promise<Awaited<R>> {
  const touched = new Int32Array(new SharedArrayBuffer(4));
  const touch = (memory: Int32Array) => {
    memory[0] = 1;
  };
  return withExecutor(new ThreadPoolExecutor(1), async (pool) => {
    const future = pool.submit(touch, touched);
    await turn();
    assert.equal(future.running(), false);
    const result = await use(pool, future);
    assert.equal(touched[0], 0);
    return result;
  });
}

describe('a task that was sent to a thread before that is ready', () => {
  it('has not begun: it is cancelled without harm to the thread', async () => {
    const recorder = new Recorder();
    recorder.start();
    await whileStarting(async (pool, future) => {
      assert.equal(future.cancel(), true);
      assert.equal(future.cancelled(), true);
      assert.equal(await pool.submit(() => 5), 5);
    }).finally(() => recorder.stop());
    assert.equal(recorder.events.filter(({ kind }) => kind === 'spawned').length, 1);
  });

  it('is cancelled by a shutdown that cancels what waits', async () => {
    await whileStarting(async (pool, future) => {
      await pool.shutdown({ cancelFutures: true });
      assert.equal(future.cancelled(), true);
    });
  });

  it('goes to another that has nothing to do', async () => {
    await withExecutor(new ThreadPoolExecutor(2), async (pool) => {
      const first = await pool.submit(thread);
      // Of these the second is sent to a thread that starts for it; the first one is through long before that.
      assert.deepEqual(await Promise.all([pool.submit(thread), pool.submit(thread)]), [first, first]);
    });
  });

  it('is counted as one that will be free only when it has nothing: enough threads start for what comes one by one', async () => {
    await withExecutor(new ThreadPoolExecutor(3), async (pool) => {
      const here = new Int32Array(new SharedArrayBuffer(4));
      // Ends only when three are there at the same time.
      const meet = (memory: Int32Array) => {
        Atomics.add(memory, 0, 1);
        Atomics.notify(memory, 0);
        for (let seen = Atomics.load(memory, 0); seen < 3; seen = Atomics.load(memory, 0))
          Atomics.wait(memory, 0, seen);
      };
      const futures: Future<void>[] = [];
      for (let index = 0; index < 3; index += 1) {
        futures.push(pool.submit(meet, here));
        await turn();
      }
      await Promise.all(futures);
    });
  });

  it('keeps its time limit, which counts from its start', async () => {
    await withExecutor(new ThreadPoolExecutor(1), async (pool) => {
      assert.equal(await pool.with({ runTimeout: 5 }).submit(() => 7), 7);
    });
  });

  it('fails with its pool when the thread cannot start', async () => {
    const pool = new ThreadPoolExecutor(2, { resourceLimits: { stackSizeMb: 0.25 } });
    try {
      const futures = [1, 2, 3].map((n) => pool.submit((x: number) => x, n));
      for (const error of await Promise.all(futures.map((future) => future.exception()))) {
        assert.ok(error instanceof BrokenExecutor, String(error));
        assert.ok(error.cause instanceof WorkerDied, String(error.cause));
      }
      assert.throws(() => pool.submit(() => 1), BrokenExecutor);
    } finally {
      await pool.shutdown();
    }
  });
});
