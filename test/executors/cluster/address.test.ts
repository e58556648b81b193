import assert from 'node:assert/strict';
import { ClusterExecutor } from '../../../src/executors/cluster/cluster.ts';
import { withExecutor } from '../../../src/executors/executor.ts';
import { record } from '../../../src/timing/recorder.ts';

const square = (n: number): number => n * n;
const items = [1, 2, 3, 4, 5, 6, 7, 8];

describe('a cluster that was started here', () => {
  it('tells its address, by which another executor shares its workers', async () => {
    await withExecutor(new ClusterExecutor(1), async (pool) => {
      const address = await pool.address();
      assert.deepEqual(Object.keys(address), ['url', 'secret', 'queue']);
      await withExecutor(new ClusterExecutor(1, address), async (other) => {
        assert.deepEqual(await other.map(square, items), items.map(square));
        assert.deepEqual(await other.address(), address);
        assert.deepEqual(other.localWorkers, []);
        assert.equal((await other.status()).workers.length, 1);
      });
    });
  });

  it('shows each message on the timeline, whichever way it took', async () => {
    await withExecutor(new ClusterExecutor(2), async (pool) => {
      await pool.warmUp();
      const { tasks } = await record(() => pool.map(square, items, { chunksize: 1 }));
      assert.equal(new Set(tasks.map(({ lane, message }) => `${lane} ${message}`)).size, items.length);
    });
  });

  it('names this machine in its table without its name', async () => {
    await withExecutor(new ClusterExecutor(1), async (pool) => {
      await pool.warmUp();
      assert.match(String(await pool.status()), /worker 1 +this one +/);
    });
  });
});
