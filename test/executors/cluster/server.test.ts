import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClusterExecutor } from '../../../src/executors/cluster/cluster.ts';
import { startHost } from '../../../src/executors/cluster/host.ts';
import { settingsOf } from '../../../src/executors/cluster/settings.ts';
import { startValkey } from '../../../src/executors/cluster/valkey.ts';
import { withExecutor } from '../../../src/executors/executor.ts';
import { Bench, until } from './bench.ts';

describe('a server that is just being started', () => {
  it('is waited for, though it refuses at first', async () => {
    const { url, port, password, stop } = await startValkey();
    await stop();
    const settings = settingsOf({ url, secret: 'x'.repeat(32) });
    await withExecutor(new ClusterExecutor(1, settings), async (pool) => {
      const future = pool.submit((x: number) => x + 1, 1);
      await new Promise((resolve) => setTimeout(resolve, 200));
      const valkey = await startValkey({ port, password });
      const host = await startHost({ ...settings, concurrency: 1 });
      try {
        assert.equal(await future, 2);
      } finally {
        await host.close();
        await valkey.stop();
      }
    });
  });
});

describe('a server that crashes and comes back', () => {
  for (const appendonly of [true, false]) {
    it(`loses no task, ${appendonly ? 'with persistence' : 'even without persistence'}`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'interleaved-server-'));
      let valkey = await startValkey({ folder, appendonly });
      const { url, port, password } = valkey;
      const settings = settingsOf({ url, secret: 'x'.repeat(32), lockMs: 2000, stalledMs: 500 });
      const host = await startHost({ ...settings, concurrency: 2, name: 'worker' });
      const pool = new ClusterExecutor(2, settings);
      try {
        const slowly = (x: number) => {
          const end = performance.now() + 10;
          while (performance.now() < end);
          return x;
        };
        const items = Array.from({ length: 100 }, (_, index) => index);
        const results: number[] = [];
        for await (const x of pool.map(slowly, items)) {
          results.push(x);
          if (x !== 20) continue;
          await valkey.kill();
          valkey = await startValkey({ folder, appendonly, port, password });
        }
        assert.deepEqual(results, items);
      } finally {
        await pool.shutdown();
        await host.close();
        await valkey.stop();
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
});

describe('a server that has lost the bytes of a large message, not its job', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.open();
  });
  afterEach(() => bench.close());

  const lose = async (): Promise<void> => {
    const keys = await bench.redis.keys('*:data:*');
    assert.equal(await bench.redis.del(keys), keys.length);
    assert.ok(keys.length > 0);
  };
  const fill = ({ length }: Uint8Array) => new Uint8Array(length).fill(1);
  const large = new Uint8Array(100_000);

  it('is sent the task again', async () => {
    await withExecutor(new ClusterExecutor(1, bench.settings), async (pool) => {
      const future = pool.submit(fill, large);
      await until(async () => (await bench.queue.getWaitingCount()) === 1);
      await lose();
      await bench.host();
      assert.deepEqual(await future, fill(large));
    });
  });

  it('is sent the task of a result again', async () => {
    await bench.host();
    await withExecutor(new ClusterExecutor(1, bench.settings), async (pool) => {
      const keyed = pool.with({ key: 'large' });
      await keyed.submit(fill, large);
      await lose();
      assert.deepEqual(await keyed.submit(fill, large), fill(large));
    });
  });

  it('is given up in the end', async () => {
    const host = await bench.host();
    await withExecutor(new ClusterExecutor(1, { ...bench.settings, attempts: 1 }), async (pool) => {
      const keyed = pool.with({ key: 'large' });
      await keyed.submit(fill, large);
      await lose();
      assert.match(String(await keyed.submit(fill, large).exception()), /BrokenExecutor: A result .* has its bytes/);
      assert.equal(host.stats.done, 1);
    });
  });
});
