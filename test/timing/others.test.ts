import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { choose } from '../../src/executors/choose.ts';
import { Diagnosis, watch } from '../../src/timing/diagnose.ts';
import { busyOthers, mostWithoutCore, watchOthers } from '../../src/timing/others.ts';
import { multiply } from './computing.ts';

/** Ends by itself, should nobody end it. */
const spin = 'for (const end = Date.now() + 60_000; Date.now() < end; );';

/** Keeps so many cores busy in processes that are not this one's: a shell starts them, and has ended by then. */
async function besides<R>(count: number, use: () => Promise<R>): Promise<R> {
  const start = `"$0" -e '${spin}' > /dev/null 2>&1 & echo $!`;
  const pids = Array.from({ length: count }, () =>
    Number(execFileSync('/bin/sh', ['-c', start, process.execPath], { encoding: 'utf8' })),
  );
  try {
    return await use();
  } finally {
    for (const pid of pids) process.kill(pid, 'SIGKILL');
  }
}

describe('what others compute meanwhile', function () {
  this.timeout(60_000);

  it('is what all cores did without what this process did, and nothing less than nothing', () => {
    const from = { time: 100, busy: 5000, idle: 0, own: 300 };
    assert.equal(busyOthers(from, { time: 1100, busy: 6500, idle: 0, own: 800 }), 1);
    assert.equal(busyOthers(from, { time: 1100, busy: 5500, idle: 0, own: 800 }), 0);
    assert.equal(busyOthers(from, { time: 1100, busy: 5490, idle: 0, own: 800 }), 0);
  });

  it('is how long this process can have had no core, with what a host took from all cores', () => {
    const from = { time: 100, busy: 5000, idle: 70, own: 300 };
    const after = (idle: number, own: number) => ({ time: 1100, busy: 0, idle: 70 + idle, own: 300 + own });
    assert.equal(mostWithoutCore(from, after(1400, 600), 2), 0);
    assert.equal(mostWithoutCore(from, after(1420, 600), 2), 0);
    assert.equal(mostWithoutCore(from, after(400, 600), 2), 500);
    assert.equal(mostWithoutCore(from, after(0, 600), 1), 400);
  });

  it('makes diagnose doubt, or changes nothing, where waits for a core are not told', async function () {
    if (watchOthers()() === undefined) this.skip();
    const run = () => multiply(0, 400);
    await besides(availableParallelism(), async () => {
      for (let tries = 0; tries < 5; tries += 1) {
        const found = new Diagnosis((await watch('matrix', run, false)).facts);
        assert.ok(!found.reliable || found.verdict === 'CPU-bound', String(found));
      }
    });
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

  it('is no matter to a choice for what only waits', async () => {
    const wait = (n: number) => {
      // A twentieth of its time it computes.
      for (const start = performance.now(); performance.now() < start + 0.5; );
      return new Promise<number>((go) => setTimeout(go, 10, n));
    };
    for (const busy of [1, availableParallelism()]) {
      const found = await besides(busy, () => choose(wait, [1, 2, 3, 4, 5, 6, 7, 8], { rounds: 2 }));
      assert.doesNotMatch(String(found), /Others kept/);
    }
  });
});
