import assert from 'node:assert/strict';
import { withExecutor } from '../../src/executors/executor.ts';
import { AsyncExecutor } from '../../src/executors/executors.ts';
import { asCompleted, wait } from '../../src/executors/wait.ts';

/** Long enough for a timer that was set to nothing to have rung. */
const pause = () => new Promise<number>((resolve) => setTimeout(() => resolve(5), 10));

describe('an executor on this thread', () => {
  it('waits at shutdown for what runs, also after a submit whose signal had aborted', async () => {
    const executor = new AsyncExecutor(2);
    const never = executor.with({ signal: AbortSignal.abort('too late') }).submit(() => assert.fail());
    const running = executor.submit(pause);
    await executor.shutdown();
    assert.deepEqual([never.cancelled(), running.done()], [true, true]);
    assert.equal(((await never.result().catch((error: unknown) => error)) as Error).cause, 'too late');
  });

  it('runs any number of tasks that waited for one', async () => {
    await withExecutor(new AsyncExecutor(1), async (executor) => {
      executor.submit(pause);
      const futures = Array.from({ length: 20_000 }, (_, n) => executor.submit((x: number) => x, n));
      assert.equal(await futures.at(-1), 19_999);
      assert.ok(futures.every((future) => future.done()));
    });
  });

  it('takes Infinity for a time that does not run out', async () => {
    await withExecutor(new AsyncExecutor(), async (executor) => {
      const timeout = Number.POSITIVE_INFINITY;
      assert.equal(await executor.submit(pause).result(timeout), 5);
      assert.equal(await executor.with({ runTimeout: timeout }).submit(pause), 5);
      assert.deepEqual(await executor.map(pause, [1], { timeout }), [5]);
      assert.equal((await wait([executor.submit(pause)], { timeout })).done.size, 1);
      for await (const { future } of asCompleted([executor.submit(pause)], { timeout })) assert.equal(await future, 5);
    });
  });
});
