import assert from 'node:assert/strict';
import { runInNewContext } from 'node:vm';
import { type Executor, withExecutor } from '../../src/executors/executor.ts';

const same = (x: number) => x;
const tick = () => new Promise(setImmediate);

/** What holds for the map of every executor. */
export function mapCases(name: string, make: () => Executor): void {
  describe(`map: ${name}`, () => {
    it('streams in order', async () => {
      await withExecutor(make(), async (executor) => {
        const seen: number[] = [];
        for await (const x of executor.map(same, [3, 1, 2])) seen.push(x);
        assert.deepEqual(seen, [3, 1, 2]);
      });
    });

    it('takes any iterable and async iterable, the empty one too', async () => {
      await withExecutor(make(), async (executor) => {
        async function* later() {
          for (const x of [1, 2, 3]) {
            await tick();
            yield x;
          }
        }
        assert.deepEqual(await executor.map(same, new Set([1, 2])), [1, 2]);
        assert.deepEqual(await executor.map(same, later()), [1, 2, 3]);
        // Promises of another realm are promises, too.
        const Other: PromiseConstructor = runInNewContext('Promise');
        const inner = later();
        const foreign = { next: () => new Other((ok, no) => inner.next().then(ok, no)) };
        assert.deepEqual(await executor.map(same, { [Symbol.asyncIterator]: () => foreign } as never), [1, 2, 3]);
        assert.deepEqual(await executor.map(same, []), []);
        assert.throws(() => executor.map(same, 5 as never), /iterable/);
        assert.throws(() => executor.map(same, null as never), /iterable.*null/);
      });
    });

    it('throws the first error in the order of the items, after the results before it', async () => {
      await withExecutor(make(), async (executor) => {
        const picky = (x: number) => {
          if (x > 2) throw new RangeError(`no ${x}`);
          return x;
        };
        const seen: number[] = [];
        await assert.rejects(
          async () => {
            for await (const x of executor.map(picky, [1, 2, 3, 4])) seen.push(x);
          },
          { name: 'RangeError', message: 'no 3' },
        );
        assert.deepEqual(seen, [1, 2]);
        await assert.rejects(Promise.resolve(executor.map(picky, [1, 5, 4])), { message: 'no 5' });
        assert.deepEqual(await executor.map(picky, [1, 2]), [1, 2]);
      });
    });

    it('throws what the input throws, after the results before it', async () => {
      await withExecutor(make(), async (executor) => {
        function* broken() {
          yield 1;
          throw new Error('input');
        }
        const seen: number[] = [];
        await assert.rejects(async () => {
          for await (const x of executor.map(same, broken())) seen.push(x);
        }, /input/);
        assert.deepEqual(seen, [1]);
      });
    });

    it('takes from the input only up to its bound before anybody reads', async () => {
      await withExecutor(make(), async (executor) => {
        let taken = 0;
        let returned = false;
        function* endless() {
          try {
            for (;;) yield taken++;
          } finally {
            returned = true;
          }
        }
        const seen: number[] = [];
        for await (const x of executor.map(same, endless(), { inFlight: 5 })) {
          seen.push(x);
          assert.ok(taken - seen.length <= 5, `${taken} taken, ${seen.length} seen`);
          if (seen.length === 50) break;
        }
        assert.deepEqual(
          seen,
          seen.map((_, index) => index),
        );
        assert.equal(returned, true);
      });
    });

    it('ends when it is left or out of time, though its input never gives the next item', async () => {
      await withExecutor(make(), async (executor) => {
        async function* stuck() {
          yield 1;
          await new Promise(() => {});
        }
        const mapped = executor.map(same, stuck(), { timeout: 20 });
        await assert.rejects(async () => await mapped, { name: 'TimeoutError' });
        for await (const x of executor.map(same, stuck())) {
          assert.equal(x, 1);
          break;
        }
      });
    });

    it('gives its array twice when asked twice, and as the result of an async function', async () => {
      await withExecutor(make(), async (executor) => {
        const mapped = executor.map(same, [1, 2]);
        assert.deepEqual(
          [await mapped, await mapped],
          [
            [1, 2],
            [1, 2],
          ],
        );
        assert.deepEqual(await (async () => executor.map(same, [1, 2]))(), [1, 2]);
      });
    });

    it('divides its results between those who read at the same time', async () => {
      await withExecutor(make(), async (executor) => {
        async function* later() {
          for (let x = 0; x < 20; x += 1) {
            await tick();
            yield x;
          }
        }
        const all = [...Array(20).keys()];
        const ordered = (seen: number[]) => [...seen].sort((a, b) => a - b);
        const mapped = executor.map(same, later());
        const read = async (): Promise<number[]> => {
          const seen: number[] = [];
          for await (const x of mapped) seen.push(x);
          assert.deepEqual(seen, ordered(seen));
          return seen;
        };
        const seen = await Promise.all([read(), read(), read()]);
        assert.deepEqual(ordered(seen.flat()), all);

        const stream = executor.map(same, later());
        const iterator = stream[Symbol.asyncIterator]();
        const first = [iterator.next(), iterator.next()];
        const rest = await stream;
        const values = (await Promise.all(first)).flatMap(({ value, done }) => (done ? [] : [value as number]));
        assert.ok(values.length > 0);
        assert.deepEqual(values, ordered(values));
        assert.deepEqual(ordered([...values, ...rest]), all);
      });
    });

    it('tells its progress', async () => {
      await withExecutor(make(), async (executor) => {
        const told: [number, number | undefined][] = [];
        await executor.map(same, [1, 2, 3], { progress: (done, total) => told.push([done, total]) });
        assert.deepEqual(told.at(-1), [3, 3]);
        assert.ok(told.every(([done], index) => index === 0 || done >= told[index - 1]![0]));
      });
    });

    it('ends with what its progress function throws, and the executor goes on', async () => {
      await withExecutor(make(), async (executor) => {
        const progress = () => {
          throw new Error('nobody listens');
        };
        for (const items of [[1], [1, 2, 3]]) {
          await assert.rejects(async () => await executor.map(same, items, { progress }), /nobody listens/);
        }
        assert.equal(await executor.submit(same, 5), 5);
      });
    });

    it('runs to its end before shutdown ends, also when nobody reads', async () => {
      const executor = make();
      const mapped = executor.map(
        same,
        Array.from({ length: 100 }, (_, x) => x),
        { inFlight: 3 },
      );
      await executor.shutdown();
      assert.equal((await mapped).length, 100);
    });

    it('leaves no unhandled rejection when it is only iterated, or not looked at', async () => {
      const noise: unknown[] = [];
      const hear = (reason: unknown) => noise.push(reason);
      process.on('unhandledRejection', hear);
      try {
        await withExecutor(make(), async (executor) => {
          const fails = (): never => {
            throw new Error('no');
          };
          executor.map(fails, [1, 2]);
          await assert.rejects(async () => {
            for await (const _ of executor.map(fails, [1, 2]));
          }, /no/);
        });
        await tick();
        assert.deepEqual(noise, []);
      } finally {
        process.off('unhandledRejection', hear);
      }
    });

    it('refuses a bound that is none', async () => {
      await withExecutor(make(), async (executor) => {
        for (const wrong of [0, -1, 1.5, Number.NaN]) {
          assert.throws(() => executor.map(same, [1], { inFlight: wrong }), RangeError);
          assert.throws(() => executor.map(same, [1], { chunksize: wrong }), RangeError);
        }
      });
    });
  });
}
