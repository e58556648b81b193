import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../src/course/environment.ts';
import type * as Library from '../../src/index.ts';

const dist = join(root, 'dist');
const library: typeof Library = createRequire(import.meta.url)(join(dist, 'index.js'));
const { Process, ProcessPoolExecutor, ShippingError, Thread, ThreadPoolExecutor } = library;

/** Throws an error of a class that is known only to those that share its registry. */
async function throwOwn(index: string): Promise<never> {
  const { ShippingError: There } = await import(index);
  throw new There('from there', ['name']);
}

/** Files of the library that this worker has loaded as CommonJS. */
async function commonFiles(dist: string): Promise<string[]> {
  const { createRequire } = await import('node:module');
  return Object.keys(createRequire(`${dist}/`).cache)
    .filter((file) => file.startsWith(dist) && file.endsWith('.cjs'))
    .map((file) => file.slice(dist.length + 1))
    .sort();
}

describe('the library as it is built, its workers bundled', () => {
  for (const [kind, newPool] of Object.entries({
    thread: () => new ThreadPoolExecutor(1),
    process: () => new ProcessPoolExecutor(1),
  })) {
    it(`starts a ${kind} of a pool from the bundled files beside its entry`, async () => {
      const pool = newPool();
      try {
        const common = kind === 'thread' ? ['workers/start-thread.cjs', 'workers/start.cjs'] : ['workers/start.cjs'];
        const files = [`executors/${kind}-worker.cjs`, ...common];
        assert.deepEqual(await pool.submit(commonFiles, dist), files);
      } finally {
        await pool.shutdown();
      }
    });

    it(`has one of each of its modules in a ${kind}, whichever way it is imported there`, async () => {
      const pool = newPool();
      const index = join(dist, 'index.js');
      try {
        await assert.rejects(pool.submit(throwOwn, index), (error) => error instanceof ShippingError);
      } finally {
        await pool.shutdown();
      }
    });
  }

  it('runs a Thread and a Process', async () => {
    for (const Runner of [Thread, Process]) {
      const runner = new Runner(() => {});
      runner.start();
      await runner.join();
      assert.equal(runner.exitCode, 0);
    }
  });
});
