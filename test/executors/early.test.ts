import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { BrokenExecutor, WorkerDied } from '../../src/executors/errors.ts';
import { withExecutor } from '../../src/executors/executor.ts';
import { ThreadPoolExecutor } from '../../src/executors/executors.ts';
import type { Future } from '../../src/executors/future.ts';
import { Recorder } from '../../src/timing/recorder.ts';
import { until } from './makers.ts';

// Asked there: the imported number would be the one here.
const thread = () => process.getBuiltinModule('node:worker_threads').threadId;

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
      const here = new Int32Array(new SharedArrayBuffer(4));
      const waitThere = (memory: Int32Array) => {
        Atomics.wait(memory, 0, 0);
        return process.getBuiltinModule('node:worker_threads').threadId;
      };
      const long = pool.submit(waitThere, here);
      await until(() => long.running());
      // Another thread starts for this one, and is sent it.
      const short = pool.submit(thread);
      await turn();
      Atomics.store(here, 0, 1);
      Atomics.notify(here, 0);
      assert.notEqual(await long, 0);
      assert.equal(await short, await long);
    });
  });

  it('leaves that thread out of those that will be free: one more starts for each that comes after it', async () => {
    const recorder = new Recorder();
    recorder.start();
    try {
      await withExecutor(new ThreadPoolExecutor(3), async (pool) => {
        for (const count of [1, 2, 3]) {
          pool.submit(thread);
          await turn();
          const kinds = recorder.events.map(({ kind }) => kind);
          assert.equal(kinds.filter((kind) => kind === 'spawned').length, count);
          assert.ok(!kinds.includes('ready'));
        }
      });
    } finally {
      recorder.stop();
    }
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
