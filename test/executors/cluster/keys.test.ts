import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CancelledError, SerialExecutor, ThreadPoolExecutor, withExecutor } from '../../../src/index.ts';
import { until } from './bench.ts';
import { sharedCluster, spin } from './clusters.ts';

const caller = fileURLToPath(new URL('./keyed-caller.ts', import.meta.url));

describe('results by key', () => {
  const { make, settings } = sharedCluster();

  it('are kept for a program that died and comes back, which runs nothing twice', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'interleaved-keys-'));
    try {
      const file = join(folder, 'runs');
      const { url, secret } = settings();
      const env = { ...process.env, CLUSTER_URL: url, INTERLEAVED_SECRET: secret, RUNS: file };
      const run = (...args: string[]) => promisify(execFile)(process.execPath, [caller, ...args], { env });
      await assert.rejects(run('die'), { signal: 'SIGKILL' });
      const { stdout } = await run();
      assert.equal(stdout.trim(), '1,4,9,16');
      assert.deepEqual(readFileSync(file, 'utf8').trim().split(' ').sort(), ['1', '2', '3', '4']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('are the same for all who ask, at the same time and later, errors too', async () => {
    const random = () => Math.random();
    const fails = () => {
      throw new RangeError(`no ${Math.random()}`);
    };
    const first = await withExecutor(make(), async (pool) => {
      const keyed = pool.with({ key: 'random' });
      const [a, b] = await Promise.all([keyed.submit(random), keyed.submit(random)]);
      assert.equal(a, b);
      return [a, String(await pool.with({ key: 'fails' }).submit(fails).exception())];
    });
    await withExecutor(make(), async (pool) => {
      const again = await pool.with({ key: 'random' }).submit(random);
      assert.deepEqual([again, String(await pool.with({ key: 'fails' }).submit(fails).exception())], first);
      assert.notEqual(await pool.with({ key: 'another' }).submit(random), again);
      assert.notEqual(await pool.submit(random), again);
    });
  });

  it('are one per item of a map', async () => {
    const more = (x: number) => x + Math.random();
    await withExecutor(make(), async (pool) => {
      const results = await pool.map(more, [1, 2, 3], { key: 'more' });
      assert.deepEqual(await pool.map(more, [1, 2, 3], { key: 'more' }), results);
      assert.deepEqual(results.map(Math.floor), [1, 2, 3]);
    });
  });

  it('refuse a key that another function or other arguments have, now and later', async () => {
    const plus = (x: number) => x + 1;
    await withExecutor(make(), async (pool) => {
      const keyed = pool.with({ key: 'plus' });
      const [first, other] = [keyed.submit(plus, 1), keyed.submit(plus, 2)];
      assert.equal(await first, 2);
      await assert.rejects(other.result(), /this key is that of a task with another function/);
      await assert.rejects(keyed.submit((x: number) => x - 1, 1).result(), TypeError);
      assert.equal(await keyed.submit(plus, 1), 2);
    });
  });

  it('are of the first task of a key, also when its large arguments still wait and another comes', async () => {
    const lengthOf = (bytes: Uint8Array) => bytes.length;
    await withExecutor(make(), async (pool) => {
      const hung = [1, 2].map(() => pool.submit(spin, 1e9));
      await until(() => hung.every((future) => future.running()));
      const first = pool.with({ key: 'large' }).submit(lengthOf, new Uint8Array(100_000));
      await until(async () => (await pool.status()).lengths.waiting === 1);
      await withExecutor(make(), async (other) => {
        const second = other.with({ key: 'large' }).submit(lengthOf, new Uint8Array(100_001));
        await assert.rejects(second.result(), /this key is that of a task with another function/);
      });
      for (const future of hung) future.cancel();
      assert.equal(await first, 100_000);
    });
  });

  it('keep nothing of a task that was cancelled', async () => {
    const random = (ms: number) => {
      const end = performance.now() + ms;
      while (performance.now() < end);
      return Math.random();
    };
    await withExecutor(make(), async (pool) => {
      const keyed = pool.with({ key: 'cancelled' });
      const future = keyed.submit(random, 400);
      while (!future.running()) await new Promise((resolve) => setTimeout(resolve, 2));
      future.cancel();
      assert.equal(typeof (await keyed.submit(random, 400)), 'number');
    });
  });

  it('are not taken from another caller by one who cancels', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'interleaved-keys-'));
    writeFileSync(join(folder, 'log'), '');
    const begun = () => readFileSync(join(folder, 'log'), 'utf8');
    const gated = (path: string) => {
      const { appendFileSync, existsSync } = process.getBuiltinModule('node:fs');
      appendFileSync(`${path}/log`, 'x');
      while (!existsSync(`${path}/gate`));
      return 'done';
    };
    try {
      await withExecutor(make(), (pool) =>
        withExecutor(make(), async (other) => {
          const [one, two] = [pool, other].map((each) => each.with({ key: 'shared' }).submit(gated, folder));
          await until(() => one!.running() && two!.running() && begun() === 'x');
          one!.cancel();
          await assert.rejects(one!.result(), CancelledError);
          // Ended, and begun again for the other.
          await until(() => two!.done() || begun() === 'xx');
          writeFileSync(join(folder, 'gate'), '');
          assert.equal(await two, 'done');
        }),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('are for clusters only', () => {
    for (const executor of [new SerialExecutor(), new ThreadPoolExecutor(1)]) {
      assert.throws(() => executor.with({ key: 'x' }).submit(() => 1), /only a ClusterExecutor keeps results by key/);
      assert.throws(() => executor.map((x) => x, [1], { key: 'x' }), TypeError);
    }
  });
});
