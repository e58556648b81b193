import assert from 'node:assert/strict';
import { CancelledError, TimeoutError } from '../../src/executors/errors.ts';
import { withExecutor } from '../../src/executors/executor.ts';
import { AsyncExecutor, ProcessPoolExecutor, ThreadPoolExecutor } from '../../src/executors/executors.ts';
import { currentSignal } from '../../src/executors/local.ts';
import { ShippingError } from '../../src/shipping/index.ts';
import { makers } from './makers.ts';
import { mapCases } from './map-cases.ts';

const same = (x: number) => x;

for (const [name, make] of Object.entries(makers)) mapCases(name, make);

describe('map, time and cancellation', () => {
  const sleep = (ms: number) => new Promise<number>((resolve) => setTimeout(() => resolve(ms), ms));

  it('throws TimeoutError when its time from the call has run out; what runs goes on', async () => {
    await withExecutor(new AsyncExecutor(1), async (executor) => {
      let left = 0;
      const slow = async (ms: number) => {
        await sleep(ms);
        left += 1;
        return ms;
      };
      await assert.rejects(
        async () => await executor.map(slow, [0, 60, 60, 60], { timeout: 20 }),
        (error) => error instanceof TimeoutError && /after 20 ms/.test(error.message),
      );
      await executor.shutdown();
      // The second ran on; the third and fourth were cancelled before they began.
      assert.equal(left, 2);
    });
  });

  for (const Pool of [ThreadPoolExecutor, ProcessPoolExecutor]) {
    it(`ends what runs when its signal aborts, with the reason as cause: ${Pool.name}`, async () => {
      await withExecutor(new Pool(2), async (pool) => {
        await pool.warmUp();
        const spin = () => {
          for (;;);
        };
        const reason = new Error('enough');
        const controller = new AbortController();
        const mapped = pool.map(spin, [1, 2, 3, 4], { signal: controller.signal });
        setTimeout(() => controller.abort(reason), 20);
        await assert.rejects(
          async () => await mapped,
          (error) => error instanceof CancelledError && error.cause === reason,
        );
        assert.equal(await pool.submit(same, 5), 5);
      });
    });

    it(`ends at an item that cannot travel, after the results before it: ${Pool.name}`, async () => {
      await withExecutor(new Pool(1), async (pool) => {
        let isLeft = false;
        function* at(bad: number) {
          try {
            for (let n = 0; ; n += 1) yield n === bad ? new WeakMap() : n;
          } finally {
            isLeft = true;
          }
        }
        async function* later(bad: number) {
          yield* at(bad);
        }
        for (const [input, bad] of [[at, 0] as const, [at, 500] as const, [later, 20] as const]) {
          const seen: unknown[] = [];
          isLeft = false;
          await assert.rejects(async () => {
            for await (const x of pool.map((item: unknown) => item, input(bad), { inFlight: 4 })) seen.push(x);
          }, ShippingError);
          assert.deepEqual([seen.length, isLeft], [bad, true]);
          await assert.rejects(async () => await pool.map((item: unknown) => item, input(bad)), ShippingError);
        }
      });
    });

    it(`ends what runs when its reader leaves: ${Pool.name}`, async () => {
      await withExecutor(new Pool(2), async (pool) => {
        const spinFrom = (x: number) => {
          while (x > 0);
          return x;
        };
        for await (const x of pool.map(spinFrom, [0, 1, 2, 3], { chunksize: 1 })) {
          assert.equal(x, 0);
          break;
        }
        assert.deepEqual(await pool.map(same, [1, 2, 3]), [1, 2, 3]);
      });
    });

    it(`ends the item that runs too long, and only that: ${Pool.name}`, async () => {
      await withExecutor(new Pool(2), async (pool) => {
        const spinAt2 = (x: number) => {
          while (x === 2);
          return x;
        };
        const seen: number[] = [];
        await assert.rejects(async () => {
          for await (const x of pool.map(spinAt2, [0, 1, 2, 3], { runTimeout: 300 })) seen.push(x);
        }, TimeoutError);
        assert.deepEqual(seen, [0, 1]);
      });
    });
  }

  it('signals the tasks of an AsyncExecutor; a deaf one is waited for by nobody', async () => {
    await withExecutor(new AsyncExecutor(2), async (executor) => {
      const controller = new AbortController();
      const signals: (AbortSignal | undefined)[] = [];
      const deaf = () => {
        signals.push(currentSignal());
        return new Promise<never>(() => {});
      };
      const mapped = executor.map(deaf, [1, 2, 3], { signal: controller.signal });
      setImmediate(() => controller.abort());
      await assert.rejects(async () => await mapped, CancelledError);
      assert.deepEqual(
        signals.map((signal) => signal?.aborted),
        [true, true],
      );
      assert.equal(currentSignal(), undefined);
    });
  });
});
