import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { AsyncExecutor, ProcessPoolExecutor, ThreadPoolExecutor, withExecutor } from '../../src/index.ts';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

const same = (numbers: Float64Array): Float64Array => numbers.slice();
const made = (): Float64Array => new Float64Array(100_000).fill(1);

/** Waits until all of them are collected; those that never are hold the test up. */
async function gone(refs: readonly WeakRef<object>[]): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    await sleep(10);
    collect();
    if (refs.every((ref) => ref.deref() === undefined)) return;
  }
  assert.fail(`${refs.filter((ref) => ref.deref() !== undefined).length} of ${refs.length} are kept`);
}

for (const Pool of [ThreadPoolExecutor, ProcessPoolExecutor, AsyncExecutor]) {
  const newPool = () => new Pool(1);

  describe(`what tasks were given and gave: ${Pool.name}`, () => {
    it('is kept by nobody but the caller', async () => {
      await withExecutor(newPool(), async (pool) => {
        const submit = async (): Promise<WeakRef<object>[]> => {
          const given = made();
          const result = await pool.submit(same, given);
          assert.equal(result.length, given.length);
          return [new WeakRef(given), new WeakRef(result)];
        };
        const refs: WeakRef<object>[] = [];
        for (let n = 0; n < 4; n += 1) refs.push(...(await submit()));
        await gone(refs);
      });
    });

    it('goes with the future, the argument before', async () => {
      await withExecutor(newPool(), async (pool) => {
        const submit = () => {
          const given = made();
          return { future: pool.submit(same, given), given: new WeakRef(given) };
        };
        const { future, given } = submit();
        await future;
        await gone([given]);
        assert.equal((await future)[0], 1);
      });
    });

    it('is not kept by a map that streams', async () => {
      await withExecutor(newPool(), async (pool) => {
        const [given, results]: WeakRef<object>[][] = [[], []];
        const items = function* (): Generator<Float64Array> {
          for (let n = 0; n < 8; n += 1) {
            const item = made();
            given!.push(new WeakRef(item));
            yield item;
          }
        };
        const stream = pool.map(same, items(), { chunksize: 1, inFlight: 1 })[Symbol.asyncIterator]();
        const take = async (): Promise<void> => {
          results!.push(new WeakRef((await stream.next()).value as Float64Array));
        };
        for (let n = 0; n < 4; n += 1) await take();
        await gone([...given!.slice(0, 3), ...results!.slice(0, 3)]);
        await stream.return?.();
      });
    });
  });
}
