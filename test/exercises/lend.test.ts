import assert from 'node:assert/strict';
import { ProcessPoolExecutor, ThreadPoolExecutor } from '../../src/executors/executors.ts';
import { lend } from '../../src/exercises/lend.ts';
import { Traffic } from '../../src/exercises/traffic.ts';

describe('a pool lent to an answer', function () {
  this.timeout(120_000);
  const forEver = () => {
    for (;;);
  };

  for (const Pool of [ThreadPoolExecutor, ProcessPoolExecutor]) {
    it(`is closed though a task never ends: ${Pool.name}`, async () => {
      const pool = new Pool(1);
      const seen = await lend(pool, (lent) => lent.submit(forEver), { limit: 300 });
      assert.match(seen.trouble ?? '', /still busy after 0\.3 s/);
      assert.throws(() => pool.submit(() => 1), /was shut down/);
    });
  }

  it('is closed though the answer left tasks behind', async () => {
    const seen = await lend(new ThreadPoolExecutor(1), async (pool) => {
      pool.submit(forEver);
      pool.with({ name: 'again' }).submit(forEver);
      return 7;
    });
    assert.equal(seen.value, 7);
  });

  it('counts what is sent: a function once, its arguments every time', async () => {
    const once = new Traffic();
    const twice = new Traffic();
    const size = (numbers: Float64Array) => numbers.length;
    const data = new Float64Array(1000);
    await lend(new ProcessPoolExecutor(1), (pool) => pool.submit(size, data), { traffic: once });
    const both = (pool: { submit: typeof ProcessPoolExecutor.prototype.submit }) =>
      Promise.all([pool.submit(size, data), pool.submit(size, data)]);
    await lend(new ProcessPoolExecutor(1), both, { traffic: twice });
    assert.ok(once.bytes > 8000 && once.bytes < 9000, `${once.bytes}`);
    assert.ok(twice.bytes > 16_000 && twice.bytes < 2 * once.bytes, `${twice.bytes}`);
  });
});
