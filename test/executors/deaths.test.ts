import assert from 'node:assert/strict';
import { BrokenExecutor, CancelledError, TimeoutError, WorkerDied } from '../../src/executors/errors.ts';
import { withExecutor } from '../../src/executors/executor.ts';
import { pools, until } from './makers.ts';

for (const [name, make] of Object.entries(pools)) {
  describe(`a worker that dies: ${name}`, () => {
    it('costs its own task alone; the others run', async () => {
      await withExecutor(make(), async (pool) => {
        const exits = (n: number) => (n === 3 ? process.exit(7) : n);
        const futures = [1, 2, 3, 4, 5, 6].map((n) => pool.submit(exits, n));
        const errors = await Promise.all(futures.map((future) => future.exception()));
        assert.deepEqual(
          errors.map((error) => error instanceof WorkerDied),
          [false, false, true, false, false, false],
        );
        assert.ok(errors[2] instanceof BrokenExecutor);
        assert.equal((errors[2] as WorkerDied).exitCode, 7);
        assert.match((errors[2] as WorkerDied).message, /ran 'exits'.* exit code 7/);
      });
    });

    it('by an uncaught error is replaced as well', async () => {
      await withExecutor(make(1), async (pool) => {
        const throwsLater = () =>
          new Promise(() => {
            setTimeout(() => {
              throw new Error('later');
            });
          });
        assert.ok((await pool.submit(throwsLater).exception()) instanceof WorkerDied);
        assert.equal(await pool.submit(() => 5), 5);
      });
    });

    it('is what cancels a running task; its neighbours are unharmed', async () => {
      await withExecutor(make(), async (pool) => {
        await pool.warmUp();
        const spin = () => {
          for (;;);
        };
        const hung = pool.submit(spin);
        const others = Array.from({ length: 10 }, (_, n) => pool.submit((x: number) => x, n));
        await until(() => hung.running());
        assert.equal(hung.cancel(), true);
        assert.equal(hung.cancelled(), true);
        await assert.rejects(hung.result(), CancelledError);
        assert.deepEqual(await Promise.all(others), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      });
    });

    it('ends a task that runs too long', async () => {
      await withExecutor(make(1), async (pool) => {
        const spin = () => {
          for (;;);
        };
        const future = pool.with({ runTimeout: 20 }).submit(spin);
        await assert.rejects(future.result(), TimeoutError);
        assert.equal(await pool.submit(() => 5), 5);
      });
    });

    it('that comes late to a task has its run time counted from the start of the task', async () => {
      await withExecutor(make(1), async (pool) => {
        const leavesWork = () => {
          setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300));
        };
        const spin = () => {
          for (;;);
        };
        await pool.submit(leavesWork);
        assert.equal(await pool.with({ runTimeout: 100 }).submit(() => 5), 5);
        await pool.submit(leavesWork);
        await assert.rejects(pool.with({ runTimeout: 20 }).submit(spin).result(), TimeoutError);
        assert.equal(await pool.submit(() => 6), 6);
      });
    });
  });
}
