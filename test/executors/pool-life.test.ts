import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual, promisify } from 'node:util';
import { BrokenExecutor, CancelledError } from '../../src/executors/errors.ts';
import { withExecutor } from '../../src/executors/executor.ts';
import { AsyncExecutor, ProcessPoolExecutor, ThreadPoolExecutor } from '../../src/executors/executors.ts';
import { untilOpen, withGate } from './gate.ts';
import { pools, until } from './makers.ts';

const run = promisify(execFile);
const source = new URL('../../src/executors/executors.ts', import.meta.url).href;

/** Runs a module in a Node of its own and gives what it printed. */
async function script(code: string): Promise<string> {
  const full = `import { ProcessPoolExecutor, ThreadPoolExecutor } from '${source}';\n${code}`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', full], { timeout: 30_000 });
  return stdout;
}

/** Pids of the living children of this process, zombies not counted. */
function children(): number[] {
  const pids = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').split(' ').filter(Boolean);
  return pids.map(Number);
}

describe('the life of a pool', () => {
  it('refuses a number of workers that is none before anything runs', () => {
    for (const wrong of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '2']) {
      assert.throws(() => new ThreadPoolExecutor(wrong as number), RangeError);
      assert.throws(() => new ProcessPoolExecutor(wrong as number), /workers must be a whole number of at least 1/);
      if (wrong !== Number.POSITIVE_INFINITY) assert.throws(() => new AsyncExecutor(wrong as number), RangeError);
    }
    assert.throws(() => new ProcessPoolExecutor(1, { maxTasksPerChild: 0 }), RangeError);
  });

  for (const [name, make] of Object.entries(pools)) {
    it(`leaves nothing after shutdown: ${name}`, async () => {
      // Modules, and streams of this process, that the first pool loads stay: they are no worker's.
      await withExecutor(make(), (pool) => pool.submit(() => console.log('')));
      const left = () => ({ children: children(), resources: process.getActiveResourcesInfo().sort() });
      let before = left();
      // The last handles of that pool close in later turns; what has stayed for a while stays.
      for (let same = 0; same < 20; same += 1) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        const next = left();
        if (!isDeepStrictEqual(next, before)) same = 0;
        before = next;
      }
      const pool = make();
      const spin = () => {
        for (;;);
      };
      const hung = pool.with({ runTimeout: 10_000 }).submit(spin);
      await pool.map((x: number) => x, [1, 2, 3]);
      await until(() => hung.running());
      hung.cancel();
      await pool.shutdown();
      // A port takes some turns of the event loop to close.
      for (let turn = 0; turn < 1000 && !isDeepStrictEqual(left(), before); turn += 1) await new Promise(setImmediate);
      assert.deepEqual(left(), before);
    });

    it(`cancels what waits, and not what runs, when shut down so: ${name}`, async () => {
      const pool = make(1);
      await pool.warmUp();
      await withGate(async (gate, open) => {
        const futures = [1, 2, 3].map(() => pool.submit(untilOpen, gate));
        await until(() => futures[0]!.running());
        const end = pool.shutdown({ cancelFutures: true });
        await assert.rejects(futures[1]!.result(), CancelledError);
        await assert.rejects(futures[2]!.result(), CancelledError);
        assert.ok(futures[0]!.running());
        open();
        await end;
        assert.equal(await futures[0], 'done');
      });
    });

    it(`is shut down without waiting, and the tasks end all the same: ${name}`, async () => {
      const pool = make(1);
      const future = pool.submit(() => 5);
      await pool.shutdown({ wait: false });
      assert.equal(await future, 5);
      await pool.shutdown();
    });

    it(`prepares every worker, the one that replaces another too: ${name}`, async () => {
      const Pool = name === 'ThreadPoolExecutor' ? ThreadPoolExecutor : ProcessPoolExecutor;
      const initializer = (value: number) => {
        (globalThis as { prepared?: number }).prepared = value;
      };
      await withExecutor(new Pool(2, { initializer, initargs: [7] }), async (pool) => {
        const look = () => (globalThis as { prepared?: number }).prepared;
        await pool.warmUp();
        assert.deepEqual(await pool.map(look, [1, 2, 3, 4], { chunksize: 1 }), [7, 7, 7, 7]);
        await pool.submit(() => process.exit()).exception();
        assert.deepEqual(await pool.map(look, [1, 2, 3, 4], { chunksize: 1 }), [7, 7, 7, 7]);
      });
    });

    it(`is broken by an initializer that throws: ${name}`, async () => {
      const Pool = name === 'ThreadPoolExecutor' ? ThreadPoolExecutor : ProcessPoolExecutor;
      const initializer = () => {
        throw new Error('no database');
      };
      await withExecutor(new Pool(2, { initializer }), async (pool) => {
        const error = await pool.submit(() => 1).exception();
        assert.ok(error instanceof BrokenExecutor);
        assert.match(error.message, /no database/);
        assert.throws(() => pool.submit(() => 1), BrokenExecutor);
        await assert.rejects(pool.warmUp(), BrokenExecutor);
      });
    });

    it(`does not keep a script alive that forgot to close it, nor outlive it: ${name}`, async () => {
      const out = await script(`
        const pool = new ${name}(2);
        console.log(await pool.submit((x) => x + 1, 41));
        pool.submit(() => { for (;;); });
        setTimeout(() => process.exit(), 50);
      `);
      assert.equal(out.trim(), '42');
      const idle = await script(`
        const pool = new ${name}(2);
        console.log(await pool.map((x) => 2 * x, [1, 2]));
      `);
      assert.equal(idle.trim(), '[ 2, 4 ]');
    });
  }

  it('fails what its last worker gives back when no other can be had', async () => {
    const words = new Int32Array(new SharedArrayBuffer(12));
    const initializer = (shared: Int32Array) => {
      if (Atomics.add(shared, 0, 1) === 0) return;
      Atomics.wait(shared, 1, 0);
      throw new Error('one was enough');
    };
    const pool = new ThreadPoolExecutor(2, { initializer, initargs: [words] });
    const die = (shared: Int32Array) => {
      Atomics.store(shared, 1, 1);
      Atomics.notify(shared, 1);
      Atomics.wait(shared, 2, 0);
      process.exit(1);
    };
    const told: number[] = [];
    pool.map(die, [words, words], { chunksize: 2, progress: (done) => told.push(done) });
    await assert.rejects(pool.warmUp(), /one was enough/);
    Atomics.store(words, 2, 1);
    Atomics.notify(words, 2);
    await pool.shutdown();
    assert.equal(told.at(-1), 2);
  });

  it('gives a process its number of tasks and then replaces it', async () => {
    await withExecutor(new ProcessPoolExecutor(1, { maxTasksPerChild: 2 }), async (pool) => {
      const pids = await pool.map(() => process.pid, [1, 2, 3, 4, 5]);
      assert.deepEqual(
        [pids[0] === pids[1], pids[1] === pids[2], pids[2] === pids[3], pids[3] === pids[4]],
        [true, false, true, false],
      );
    });
  });

  it('contains a worker that runs out of memory', async () => {
    const fill = () => {
      let chain = {};
      for (;;) chain = { chain };
    };
    const threads = new ThreadPoolExecutor(1, { resourceLimits: { maxOldGenerationSizeMb: 32 } });
    const processes = new ProcessPoolExecutor(1, { execArgv: ['--max-old-space-size=32'] });
    for (const pool of [threads, processes]) {
      await withExecutor(pool, async () => {
        assert.ok((await pool.submit(fill).exception()) instanceof BrokenExecutor);
        assert.equal(await pool.submit(() => 1), 1);
      });
    }
  });

  it('contains a process that is killed', async () => {
    await withExecutor(new ProcessPoolExecutor(2), async (pool) => {
      const killed = await pool.submit(() => process.kill(process.pid, 'SIGKILL')).exception();
      assert.match((killed as Error).message, /ended by SIGKILL/);
      assert.equal(await pool.submit(() => 1), 1);
    });
  });
});
