import assert from 'node:assert/strict';
import { withExecutor } from '../../src/executors/executor.ts';
import { ProcessPoolExecutor, ThreadPoolExecutor } from '../../src/executors/executors.ts';

describe('arguments that are more than plain data', function () {
  this.timeout(120_000);
  const double = (n: number) => n * 2;

  for (const Pool of [ThreadPoolExecutor, ProcessPoolExecutor]) {
    it(`arrive whole, alone and beside others: ${Pool.name}`, async () => {
      await withExecutor(new Pool(1), async (pool) => {
        const bytes = Buffer.from('abc');
        assert.equal(await pool.submit((given: Buffer) => given.toString(), bytes), 'abc');
        const both = (word: string, given: Buffer, fn: typeof double) => `${word} ${given.toString()} ${fn(4)}`;
        assert.equal(await pool.submit(both, 'x', bytes, double), 'x abc 8');
        assert.deepEqual(await pool.map((fn: typeof double) => fn(3), [double, double]), [6, 6]);
      });
    });
  }
});
