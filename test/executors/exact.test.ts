import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WorkerDied } from '../../src/executors/errors.ts';
import { withExecutor } from '../../src/executors/executor.ts';
import { ThreadPoolExecutor } from '../../src/executors/executors.ts';
import { pools, until } from './makers.ts';

/** Submits one call per item in one turn, after the pool has learnt that they are short: they travel in chunks. */
async function inChunks<T, R>(
  pool: ThreadPoolExecutor | ReturnType<(typeof pools)['ProcessPoolExecutor']>,
  fn: (item: T, ...rest: never[]) => R,
  warm: T[],
  items: T[],
) {
  await pool.map(fn as (item: T) => R, warm);
  return items.map((item) => pool.submit(fn as (item: T) => R, item));
}

describe('a death in the middle of a chunk', () => {
  for (const [name, make] of Object.entries(pools)) {
    it(`keeps what was finished, runs the rest elsewhere, and fails one: ${name}`, async () => {
      await withExecutor(make(2), async (pool) => {
        // Results of every kind: those that fit into shared words and those that do not.
        const task = (n: number) => {
          if (n === 700) process.exit(1);
          return [n, undefined, null, true, String(n), { n }][n % 6];
        };
        const items = Array.from({ length: 1500 }, (_, n) => n);
        const futures = await inChunks(pool, task, items.slice(0, 600), items);
        const errors = await Promise.all(futures.map((future) => future.exception()));
        assert.deepEqual(
          errors.flatMap((error, index) => (error === undefined ? [] : [index])),
          [700],
        );
        assert.ok(errors[700] instanceof WorkerDied);
        for (const n of [699, 701, 1499]) assert.deepEqual(await futures[n], task(n));
      });
    });
  }

  it('runs nothing twice, however the thread ends', async () => {
    await withExecutor(new ThreadPoolExecutor(2), async (pool) => {
      const count = 300;
      const runs = new Int32Array(new SharedArrayBuffer(4 * count));
      const task = ([n, shared]: readonly [number, Int32Array]) => {
        if (n >= 0) Atomics.add(shared, n, 1);
        if (n === 150) for (;;);
        return n % 2 === 0 ? n : { n };
      };
      const warm = Array.from({ length: 600 }, () => [-1, runs] as const);
      const items = Array.from({ length: count }, (_, n) => [n, runs] as const);
      const futures = await inChunks(pool, task, warm, items);
      await until(() => Atomics.load(runs, 150) === 1);
      assert.equal(futures[150]!.cancel(), true);
      const outcomes = await Promise.allSettled(futures);
      assert.deepEqual(
        outcomes.flatMap(({ status }, index) => (status === 'rejected' ? [index] : [])),
        [150],
      );
      assert.deepEqual([...new Set(runs)], [1]);
    });
  });

  it('never begins a task of a chunk that was cancelled in time', async () => {
    await withExecutor(new ThreadPoolExecutor(1), async (pool) => {
      const words = new Int32Array(new SharedArrayBuffer(4 * 101));
      const task = ([n, shared]: readonly [number, Int32Array]) => {
        if (n < 0) return;
        Atomics.add(shared, n, 1);
        if (n === 0) Atomics.wait(shared, 100, 0);
      };
      const warm = Array.from({ length: 600 }, () => [-1, words] as const);
      const items = Array.from({ length: 100 }, (_, n) => [n, words] as const);
      const futures = await inChunks(pool, task, warm, items);
      await until(() => Atomics.load(words, 0) === 1);
      assert.ok(futures.slice(1).every((future) => future.cancel()));
      Atomics.store(words, 100, 1);
      Atomics.notify(words, 100);
      assert.equal(await futures[0], undefined);
      assert.equal(await pool.submit(() => 1), 1);
      assert.equal(words.subarray(1, 100).indexOf(1), -1);
    });
  });
});

describe('a chunk that turns out long', () => {
  for (const [name, make] of Object.entries(pools)) {
    it(`is shared with a worker that has nothing to do: ${name}`, async () => {
      await withExecutor(make(2), async (pool) => {
        // A long task signs the folder with its worker, and lasts until another worker has signed as well.
        const task = async (folder: string) => {
          if (folder === '') return;
          const { readdirSync, writeFileSync } = await import('node:fs');
          writeFileSync(`${folder}/${process.pid}-${(await import('node:worker_threads')).threadId}`, '');
          while (readdirSync(folder).length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
        };
        const folder = mkdtempSync(join(tmpdir(), 'shared-chunk-'));
        try {
          const quick = Array.from({ length: 400 }, () => '');
          await Promise.all(await inChunks(pool, task, quick, new Array<string>(8).fill(folder)));
        } finally {
          rmSync(folder, { recursive: true });
        }
      });
    });
  }
});
