import assert from 'node:assert/strict';
import { Thread } from '../../src/workers/thread.ts';

describe('soak: threads', () => {
  it('1,000 short ones in a row leave no handle, and memory that does not grow with them', async () => {
    const before = process.getActiveResourcesInfo().length;
    const sizes: number[] = [];
    for (let round = 0; round < 10; round += 1) {
      for (let n = 0; n < 100; n += 1) {
        const thread = new Thread((value: number) => value * 2, n);
        thread.start();
        assert.ok(await thread.join());
        assert.equal(thread.exitCode, 0);
      }
      sizes.push(process.memoryUsage.rss() / 2 ** 20);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.ok(process.getActiveResourcesInfo().length <= before + 1, process.getActiveResourcesInfo().join(', '));
    // A thread has some 10 MB of its own: a leak of one in ten would show as 500 MB in the second half.
    const growth = sizes[9]! - sizes[4]!;
    assert.ok(growth < 100, `resident memory after each hundred, MB: ${sizes.map(Math.round).join(', ')}`);
  });
});
