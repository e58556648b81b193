import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { race } from './race.ts';

const script = join(import.meta.dirname, 'race.ts');

describe('the race that always shows', function () {
  this.timeout(120_000);

  it('loses updates in 50 of 50 runs', async () => {
    everyRunLost(await race());
  });

  it('loses updates in 50 of 50 runs on one core', async function () {
    if (process.platform !== 'linux') this.skip(); // taskset is Linux’s
    const { stdout } = await promisify(execFile)('taskset', ['-c', '0', process.execPath, script]);
    everyRunLost(JSON.parse(stdout));
  });
});

function everyRunLost(lost: number[]): void {
  assert.equal(lost.length, 50);
  assert.deepEqual(
    lost.filter((updates) => updates <= 0),
    [],
  );
}
