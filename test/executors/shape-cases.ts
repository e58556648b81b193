import assert from 'node:assert/strict';
import { BrokenExecutor } from '../../src/executors/errors.ts';
import { type Executor, withExecutor } from '../../src/executors/executor.ts';

/** What holds for every executor. */
export function shapeCases(name: string, make: () => Executor): void {
  describe(`every executor: ${name}`, () => {
    it('gives the result of a call with several arguments, and the four times in order', async () => {
      await withExecutor(make(), async (executor) => {
        const future = executor.submit((a: number, b: string) => `${a}${b}`, 1, 'x');
        assert.equal(await future, '1x');
        const { submitted, started, finished, received } = future;
        assert.ok(submitted <= started! && started! <= finished! && finished! <= received!);
      });
    });

    it('awaits async functions', async () => {
      await withExecutor(make(), async (executor) => {
        const later = async (value: number) => {
          await new Promise((resolve) => setTimeout(resolve, 1));
          return value + 1;
        };
        assert.equal(await executor.submit(later, 1), 2);
        assert.deepEqual(await executor.map(later, [1, 2, 3, 4, 5]), [2, 3, 4, 5, 6]);
      });
    });

    it('throws what the function threw', async () => {
      await withExecutor(make(), async (executor) => {
        const future = executor.submit(() => {
          throw new RangeError('too far');
        });
        await assert.rejects(future.result(), { name: 'RangeError', message: 'too far' });
        assert.ok((await future.exception()) instanceof RangeError);
        assert.equal(future.done(), true);
        assert.equal(future.cancel(), false);
      });
    });

    it('maps in the order of the items, whatever order they finish in', async () => {
      await withExecutor(make(), async (executor) => {
        const wait = (ms: number) => new Promise<number>((resolve) => setTimeout(() => resolve(ms), ms));
        assert.deepEqual(await executor.map(wait, [20, 1, 10, 0]), [20, 1, 10, 0]);
      });
    });

    it('maps ten thousand items', async () => {
      const items = Array.from({ length: 10_000 }, (_, index) => index);
      const doubled = await withExecutor(make(), (executor) => executor.map((x: number) => 2 * x, items));
      assert.deepEqual(
        doubled,
        items.map((x) => 2 * x),
      );
    });

    it('takes no task after shutdown, and says so', async () => {
      const executor = make();
      assert.equal(await executor.submit(() => 1), 1);
      await executor.shutdown();
      await executor.shutdown();
      assert.throws(() => executor.submit(() => 1), BrokenExecutor);
      assert.throws(() => executor.map((x) => x, [1]), /shut down/);
    });

    it('finishes what was submitted before shutdown', async () => {
      const executor = make();
      const futures = Array.from({ length: 20 }, (_, index) => executor.submit((x: number) => x, index));
      await executor.shutdown();
      assert.ok(futures.every((future) => future.done()));
      assert.deepEqual(
        await Promise.all(futures),
        futures.map((_, index) => index),
      );
    });
  });
}
