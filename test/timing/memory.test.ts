import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/**
 * What a process of its own finds: there no garbage of other tests is collected meanwhile, which would make what is held
 * less than it was before.
 */
function found(code: string): Record<string, number> {
  const index = join(import.meta.dirname, '../../src/index.ts');
  const script = `import { Process, ProcessPoolExecutor, timed, withExecutor } from ${JSON.stringify(index)};
    const fill = (megabytes) => Buffer.alloc(megabytes * 1e6, 1).length;
    ${code}`;
  const out = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  return JSON.parse(out) as Record<string, number>;
}

describe('the peak memory of a run', () => {
  it('is the most that was held at once, also by runs within it', () => {
    const { before, outer, inner } = found(`
      const before = process.memoryUsage.rss();
      let inner;
      const outer = await timed('outer', async () => {
        fill(150);
        inner = await timed('inner', () => fill(1));
      });
      console.log(JSON.stringify({ before, outer: outer.peakMemory, inner: inner.peakMemory }));`);
    assert.ok(outer! >= before! + 140e6, `${outer} from ${before}`);
    assert.ok(inner! > 0 && inner! <= outer!);
  });

  it('counts each process that took part', () => {
    const { alone, small, large } = found(`
      await withExecutor(new ProcessPoolExecutor(2), async (pool) => {
        const alone = (await timed('here', () => 1)).peakMemory;
        const small = (await timed('in a process', () => pool.submit(fill, 1))).peakMemory;
        const large = (await timed('in a process', () => pool.submit(fill, 150))).peakMemory;
        console.log(JSON.stringify({ alone, small, large }));
      });`);
    assert.ok(small! > alone! + 20e6, `${small} after ${alone}`);
    assert.ok(large! > alone! + 150e6, `${large} after ${alone}`);
  });

  it('does not count for a process what its parent holds', () => {
    const { alone, pool, own } = found(`
      const held = Buffer.alloc(300e6, 1);
      const alone = (await timed('here', () => 1)).peakMemory;
      const pool = await withExecutor(new ProcessPoolExecutor(2), (pool) => timed(() => pool.map(fill, [1, 1])));
      const process = new Process(fill, 1);
      const own = await timed(async () => {
        process.start();
        await process.join();
      });
      console.log(JSON.stringify({ alone, pool: pool.peakMemory, own: own.peakMemory, held: held.length }));`);
    assert.ok(pool! > alone! + 20e6 && pool! < alone! + 400e6, `${pool} after ${alone}`);
    assert.ok(own! > alone! + 10e6 && own! < alone! + 250e6, `${own} after ${alone}`);
  });
});
