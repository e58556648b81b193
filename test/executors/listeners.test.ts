import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const executors = new URL('../../src/executors/executors.ts', import.meta.url).href;

describe('a process pool beside many threads', () => {
  it('opens without a warning of listeners', async () => {
    const program = `
      import { Worker } from 'node:worker_threads';
      import { ProcessPoolExecutor } from '${executors}';
      const threads = Array.from({ length: 12 }, () => new Worker('setInterval(() => {}, 1000)', { eval: true }));
      const pool = new ProcessPoolExecutor(2);
      console.log(await pool.map((n) => n * 2, [1, 2]));
      await pool.shutdown();
      await Promise.all(threads.map((thread) => thread.terminate()));
    `;
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
    assert.deepEqual([stdout, stderr], ['[ 2, 4 ]\n', '']);
  });
});
