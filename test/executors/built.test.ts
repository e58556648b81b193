import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../../src/course/environment.ts';
import type * as Library from '../../src/index.ts';

const dist = join(root, 'dist');
const compiled = join(dist, 'workers', 'compiled');
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
        const own = kind === 'thread' ? 'workers/start-thread.cjs' : 'executors/process-worker.cjs';
        assert.deepEqual(await pool.submit(commonFiles, dist), [own, 'workers/start.cjs']);
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

  it('spares a thread what takes long to load, as long as its functions bring no data', async () => {
    const loaded = () =>
      (process as unknown as { moduleLoadList: string[] }).moduleLoadList.includes('NativeModule v8');
    const pool = new ThreadPoolExecutor(1);
    try {
      assert.equal(await pool.submit(loaded), false);
      assert.equal(await pool.submit(Object.assign(() => 5, { data: [1] })), 5);
      assert.equal(await pool.submit(loaded), true);
    } finally {
      await pool.shutdown();
    }
  });

  describe('and what Node keeps of its compiled code', () => {
    const names = ['NODE_COMPILE_CACHE', 'NODE_DISABLE_COMPILE_CACHE', 'NODE_V8_COVERAGE'];
    const before = names.map((name) => process.env[name]);

    // The tests themselves run with a folder of their own.
    beforeEach(() => {
      for (const name of names) delete process.env[name];
    });

    afterEach(() => {
      for (const [index, name] of names.entries()) {
        if (before[index] !== undefined) process.env[name] = before[index];
      }
    });

    it('it keeps what threads compile, and their tasks do not see that', async () => {
      rmSync(compiled, { recursive: true, force: true });
      const setting = () => process.env.NODE_COMPILE_CACHE;
      const pool = new ThreadPoolExecutor(1);
      assert.equal(await pool.submit(setting).finally(() => pool.shutdown()), undefined);
      assert.ok(readdirSync(compiled).length > 0);
      const memory = new SharedArrayBuffer(4);
      const thread = new Thread((shared: SharedArrayBuffer) => {
        new Int32Array(shared)[0] = process.env.NODE_COMPILE_CACHE === undefined ? 1 : 2;
      }, memory);
      thread.start();
      await thread.join();
      assert.equal(new Int32Array(memory)[0], 1);
    });

    it('it does as the user has set', async () => {
      const { compiledEnv } = await import(pathToFileURL(join(dist, 'workers', 'files.js')).href);
      assert.equal(compiledEnv().NODE_COMPILE_CACHE, compiled);
      for (const name of [...names, 'NODE_OPTIONS']) {
        const was = process.env[name];
        process.env[name] = '--no-warnings';
        try {
          assert.equal(compiledEnv(), undefined, name);
        } finally {
          if (was === undefined) delete process.env[name];
          else process.env[name] = was;
        }
      }
    });
  });

  it('runs a Thread and a Process', async () => {
    for (const Runner of [Thread, Process]) {
      const runner = new Runner(() => {});
      runner.start();
      await runner.join();
      assert.equal(runner.exitCode, 0);
    }
  });
});
