import assert from 'node:assert/strict';
import { withExecutor } from '../../src/executors/executor.ts';
import { ProcessPoolExecutor, ThreadPoolExecutor } from '../../src/executors/executors.ts';

describe('arguments and results that are memory', () => {
  const bump = (numbers: Float64Array) => numbers.map((n) => n + 1);

  it('are copied unless asked otherwise', async () => {
    await withExecutor(new ThreadPoolExecutor(1), async (pool) => {
      const numbers = Float64Array.of(1, 2, 3);
      assert.deepEqual(await pool.submit(bump, numbers), Float64Array.of(2, 3, 4));
      assert.equal(numbers.length, 3);
    });
  });

  it('move to the thread, and back', async () => {
    await withExecutor(new ThreadPoolExecutor(1), async (pool) => {
      const keep = (numbers: Float64Array) => {
        const kept = globalThis as { last?: Float64Array };
        const before = kept.last?.length;
        kept.last = numbers;
        return { numbers, before };
      };
      for (const before of [undefined, 0]) {
        const numbers = Float64Array.of(1, 2, 3);
        const moving = pool.with({ transfer: [numbers.buffer], transferResult: true });
        const result = await moving.submit(keep, numbers);
        // Gone here, and after the result was sent gone there.
        assert.equal(numbers.length, 0);
        assert.deepEqual(result, { numbers: Float64Array.of(1, 2, 3), before });
      }
    });
  });

  it('are shared when they are shared memory', async () => {
    await withExecutor(new ThreadPoolExecutor(1), async (pool) => {
      const shared = new Int32Array(new SharedArrayBuffer(4));
      const write = (words: Int32Array) => {
        words[0] = 7;
      };
      await pool.submit(write, shared);
      assert.equal(shared[0], 7);
    });
  });

  it('do not move to a process, which is said', async () => {
    await withExecutor(new ProcessPoolExecutor(1), async (pool) => {
      const buffer = new ArrayBuffer(8);
      assert.throws(() => pool.with({ transfer: [buffer] }).submit((b: ArrayBuffer) => b, buffer), /threads only/);
      assert.throws(() => pool.with({ transferResult: true }).map(bump, []), /threads only/);
    });
  });

  it('that cannot be copied fail their own task alone', async () => {
    await withExecutor(new ThreadPoolExecutor(1), async (pool) => {
      const gone = new ArrayBuffer(8);
      structuredClone(gone, { transfer: [gone] });
      const size = (buffer: ArrayBuffer) => buffer.byteLength;
      const futures = [new ArrayBuffer(1), gone, new ArrayBuffer(2)].map((buffer) => pool.submit(size, buffer));
      const errors = await Promise.all(futures.map((future) => future.exception()));
      assert.deepEqual(
        errors.map((error) => error !== undefined),
        [false, true, false],
      );
      const many = await Promise.all(Array.from({ length: 20_000 }, () => pool.submit(size, gone).exception()));
      assert.ok(many.every((error) => error !== undefined));
    });
  });
});
