import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  AsyncExecutor,
  Lock,
  Process,
  RLock,
  ShippingError,
  ThreadPoolExecutor,
  withExecutor,
} from '../../src/index.ts';
import { type Either, kinds, run, words } from './helpers.ts';

const sum = words();
const captured = new Lock();
const capturedR = new RLock();

const addTo = (one: Either, to: Int32Array, times: number) => {
  for (let n = 0; n < times; n += 1) {
    one.withSync(() => {
      to[0]! += 1;
    });
  }
};
const addCaptured = (times: number) => addTo(captured, sum, times);
const addCapturedR = (times: number) => addTo(capturedR, sum, times);

for (const [kind, Kind] of Object.entries(kinds)) {
  describe(kind, function () {
    this.timeout(120_000);

    it('never blocks a main thread, nor for what its own thread holds', async () => {
      const lock = new Kind();
      assert.throws(() => lock.acquireSync(), /await lock.acquire/);
      assert.throws(() => lock.withSync(() => {}), /await lock.with\(/);
      const ok = await run(async (one: Either) => {
        const guard = await one.acquire();
        let text = '';
        try {
          one.acquireSync();
        } catch (error) {
          text = (error as Error).message;
        }
        guard.release();
        if (!/this very thread/.test(text)) throw new Error(`got: ${text}`);
      }, lock);
      assert.ok(ok);
    });

    it('is one task’s of a thread, not another’s', async () => {
      const lock = new Kind();
      const told: string[] = [];
      await withExecutor(new AsyncExecutor(2), async (executor) => {
        let open = () => {};
        const gate = new Promise<void>((resolve) => {
          open = resolve;
        });
        const a = executor.submit(async () => {
          await lock.acquire();
          await gate;
          told.push('a releases');
          lock.release();
        });
        const b = executor.submit(async () => {
          assert.throws(() => lock.release(), /another task/);
          assert.equal(lock.tryAcquire(), undefined);
          const mine = lock.with(() => told.push('b has it'));
          await sleep(5);
          told.push('b waits');
          open();
          await mine;
        });
        await a;
        await b;
      });
      assert.deepEqual(told, ['b waits', 'a releases', 'b has it']);
    });

    it('excludes tasks on one thread', async () => {
      const lock = new Kind();
      let count = 0;
      const add = () =>
        lock.with(async () => {
          const read = count;
          await null;
          count = read + 1;
        });
      await Promise.all(Array.from({ length: 100 }, add));
      await withExecutor(new AsyncExecutor(8), (executor) => executor.map(add, Array.from({ length: 100 })));
      assert.equal(count, 200);
    });

    it('goes to tasks of pools, as an argument, captured, in objects, and back as itself', async () => {
      const lock = new Kind();
      sum[0] = 0;
      await withExecutor(new ThreadPoolExecutor(2), async (pool) => {
        await Promise.all([pool.submit(addTo, lock, sum, 5000), pool.submit(addTo, lock, sum, 5000)]);
        for await (const _ of pool.map(Kind === Lock ? addCaptured : addCapturedR, [5000, 5000])) {
        }
        const inside = new Map([['deep', { list: [lock] }]]);
        const back = await pool.submit((of: typeof inside) => of, inside);
        assert.equal(back.get('deep')!.list[0], lock);
      });
      assert.equal(sum[0], 20_000);
      assert.ok(!lock.locked);
    });

    it('is refused to a process, which shares no memory', () => {
      const lock = new Kind();
      assert.throws(
        () => new Process((one: Either) => one.locked, lock).start(),
        (error: Error) => error instanceof ShippingError && /threads of one process/.test(error.message),
      );
    });
  });
}
