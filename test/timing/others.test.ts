import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { choose } from '../../src/executors/choose.ts';
import { busyOthers, watchOthers } from '../../src/timing/others.ts';

const spin = 'for (;;);';

/** Keeps so many cores busy in processes of which this one does not count the CPU time. */
async function besides<R>(count: number, use: () => Promise<R>): Promise<R> {
  const children = Array.from({ length: count }, () => spawn(process.execPath, ['-e', spin], { stdio: 'ignore' }));
  try {
    return await use();
  } finally {
    for (const child of children) child.kill('SIGKILL');
  }
}

describe('what others compute meanwhile', function () {
  this.timeout(60_000);

  it('is what all cores did without what this process did, and nothing less than nothing', () => {
    const from = { time: 100, busy: 5000, own: 300 };
    assert.equal(busyOthers(from, { time: 1100, busy: 6500, own: 800 }), 1);
    assert.equal(busyOthers(from, { time: 1100, busy: 5500, own: 800 }), 0);
    assert.equal(busyOthers(from, { time: 1100, busy: 5490, own: 800 }), 0);
  });

  it('is seen where this process may use all cores, and is said to be unknown elsewhere', async () => {
    const others = watchOthers();
    await besides(1, () => sleep(500));
    const seen = others();
    if (cpus().length === availableParallelism()) assert.ok(seen! > 0.3, String(seen));
    else assert.equal(seen, undefined);
  });

  it('makes a choice one that says little', async function () {
    if (cpus().length !== availableParallelism()) this.skip();
    const work = (n: number): number => {
      let sum = n;
      for (let i = 0; i < 1e6; i += 1) sum = (sum * 31 + i) | 0;
      return sum;
    };
    const items = Array.from({ length: 40 }, (_, n) => n);
    const found = await besides(availableParallelism(), () => choose(work, items, { rounds: 2 }));
    assert.equal(found.reliable, false);
    assert.match(String(found), /Others kept [\d.]+ of \d+ cores busy meanwhile, so this says little/);
  });
});
