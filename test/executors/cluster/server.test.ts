import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClusterExecutor } from '../../../src/executors/cluster/cluster.ts';
import { startHost } from '../../../src/executors/cluster/host.ts';
import { settingsOf } from '../../../src/executors/cluster/settings.ts';
import { startValkey } from '../../../src/executors/cluster/valkey.ts';

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
