import assert from 'node:assert/strict';
import { ClusterExecutor } from '../../../src/executors/cluster/cluster.ts';
import { WorkerDied, withExecutor } from '../../../src/index.ts';
import { Bench, until } from './bench.ts';
import { Network } from './network.ts';

describe('a caller of a cluster whose network is cut', () => {
  let bench: Bench;
  let network: Network;
  before(async () => {
    // On a busy machine a lock may be renewed late: here none runs out.
    bench = await Bench.open({ lockMs: 60_000 });
    network = await Network.before(bench.server.port);
  });
  after(async () => {
    await bench.close();
    await network.close();
  });

  it('has each result once when it is healed, though they came meanwhile', async () => {
    const host = await bench.host({ concurrency: 2 });
    const { url, secret } = bench.settings;
    const items = Array.from({ length: 30 }, (_, index) => index);
    const slowly = (x: number) => new Promise<number>((resolve) => setTimeout(resolve, 20, x));
    await withExecutor(new ClusterExecutor(1, { url: network.url(url), secret }), async (pool) => {
      const results: number[] = [];
      for await (const x of pool.map(slowly, items, { chunksize: 3 })) {
        results.push(x);
        if (x !== 5) continue;
        network.cut();
        // What was sent is done, and told to nobody.
        await until(async () => host.stats.running === 0 && (await bench.queue.getWaitingCount()) === 0);
        network.heal();
      }
      assert.deepEqual(results, items);
      assert.equal(host.stats.done, items.length, 'none ran twice');
    });
  });

  it('can be shut down meanwhile', async () => {
    await bench.host();
    const { url, secret } = bench.settings;
    const pool = new ClusterExecutor(1, { url: network.url(url), secret });
    assert.equal(await pool.submit(() => 1), 1);
    network.cut();
    await pool.shutdown();
    network.heal();
  });
});

describe('a task that takes whole workers of a cluster with it', () => {
  it('is given up after its attempts, with the last cause; those sent with it run', async () => {
    const options = { attempts: 2, lockMs: 1500, stalledMs: 300 };
    await withExecutor(new ClusterExecutor(2, options), async (pool) => {
      await pool.warmUp();
      const poison = (x: number) => {
        if (x === 1) process.kill(process.ppid, 'SIGKILL');
        return x;
      };
      const futures = [0, 1, 2, 3].map((x) => pool.submit(poison, x));
      const error = await futures[1]!.exception();
      assert.ok(error instanceof WorkerDied);
      assert.match(error.message, /each of the workers that ran 'poison' in turn/);
      assert.match(String(error.cause), /stalled more than/);
      assert.deepEqual(await Promise.all([futures[0], futures[2], futures[3]]), [0, 2, 3]);
    });
  });
});
