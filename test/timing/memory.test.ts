import assert from 'node:assert/strict';
import { withExecutor } from '../../src/executors/executor.ts';
import { ProcessPoolExecutor } from '../../src/executors/executors.ts';
import { timed } from '../../src/timing/timed.ts';

const fill = (megabytes: number): number => Buffer.alloc(megabytes * 1e6, 1).length;

describe('the peak memory of a run', function () {
  this.timeout(20_000);

  it('is the most that was held at once, also by runs within it', async () => {
    const before = process.memoryUsage.rss();
    let inner = 0;
    const outer = await timed('outer', async () => {
      fill(150);
      inner = (await timed('inner', () => fill(1))).peakMemory;
    });
    assert.ok(outer.peakMemory >= before + 140e6, `${outer.peakMemory} from ${before}`);
    assert.ok(inner > 0 && inner <= outer.peakMemory);
  });

  it('counts each process that took part', async () => {
    await withExecutor(new ProcessPoolExecutor(2), async (pool) => {
      const alone = (await timed('here', () => 1)).peakMemory;
      const small = (await timed('in a process', () => pool.submit(fill, 1))).peakMemory;
      const large = (await timed('in a process', () => pool.submit(fill, 150))).peakMemory;
      assert.ok(small > alone + 20e6, `${small} after ${alone}`);
      assert.ok(large > alone + 150e6, `${large} after ${alone}`);
    });
  });
});
