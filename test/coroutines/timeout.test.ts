import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { timeout } from '../../src/coroutines/gather.ts';
import { TimeoutError } from '../../src/executors/errors.ts';
import { long } from './crowd.ts';

describe('timeout', () => {
  it('gives what the function returns in time, and its error', async () => {
    assert.equal(await timeout(long, async () => 5), 5);
    assert.equal(await timeout(Number.POSITIVE_INFINITY, () => 6), 6);
    await assert.rejects(
      timeout(long, () => {
        throw new RangeError('mine');
      }),
      /RangeError: mine/,
    );
  });

  it('aborts when time is out, and waits for the cleanup', async () => {
    let tidied = false;
    const run = timeout(2, async (signal) => {
      try {
        await pause(long, undefined, { signal });
      } finally {
        await pause(5);
        tidied = true;
      }
    });
    await assert.rejects(run, /TimeoutError: time was out after 2 ms$/);
    assert.equal(tidied, true);
  });

  it('throws the error of a cleanup, and TimeoutError for a result that comes too late', async () => {
    const late = timeout(1, (signal) => once(signal, 'abort').then(() => 'late'));
    await assert.rejects(late, TimeoutError);
    const broken = timeout(1, (signal) => once(signal, 'abort').then(() => Promise.reject(new RangeError('cleanup'))));
    await assert.rejects(broken, /RangeError: cleanup/);
  });

  it('does not wait for ever for a function that does not listen', async () => {
    const deaf = timeout(1, () => pause(long, undefined, { ref: false }), { grace: 5 });
    await assert.rejects(
      deaf,
      /TimeoutError: time was out after 1 ms, and the function still runs 5 ms after its signal/,
    );
  });

  it('keeps inner and outer time-outs apart', async () => {
    const inner = () => timeout(long, (signal) => pause(long, undefined, { signal }));
    await assert.rejects(timeout(2, inner), /TimeoutError: time was out after 2 ms/);
    const outer = timeout(long, () => timeout(1, (signal) => pause(long, undefined, { signal })).catch(() => 'caught'));
    assert.equal(await outer, 'caught');
  });

  it('refuses what is no time and no function', async () => {
    await assert.rejects(
      timeout(-1, () => 1),
      /A timeout is ms from 0 on, not -1/,
    );
    await assert.rejects(timeout(1, pause(0) as never), /timeout\(\) needs a function to run/);
  });
});
