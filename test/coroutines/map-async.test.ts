import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { mapAsync } from '../../src/coroutines/gather.ts';
import { CancelledError } from '../../src/executors/errors.ts';
import { currentSignal } from '../../src/executors/local.ts';
import { crowd, long } from './crowd.ts';

describe('mapAsync', () => {
  /** A source that knows how far it was asked, and whether it was closed. */
  function counted(end: number) {
    const log = { asked: 0, closed: false };
    async function* numbers() {
      try {
        for (let n = 0; n < end; n++) {
          log.asked += 1;
          await pause(0);
          yield n;
        }
      } finally {
        log.closed = true;
      }
    }
    return { log, numbers };
  }

  it('gives results in order, of sync and async sources', async () => {
    const { enter } = crowd();
    for (const source of [[0, 1, 2, 3, 4, 5], counted(6).numbers()]) {
      const found: number[] = [];
      for await (const n of mapAsync(source, (n) => enter(n * 10, 5 - n), { limit: 3 })) found.push(n);
      assert.deepEqual(found, [0, 10, 20, 30, 40, 50]);
    }
  });

  it('never has more than `limit` under way, however slow its reader', async () => {
    const { seen, enter } = crowd();
    const { log, numbers } = counted(20);
    let taken = 0;
    for await (const _ of mapAsync(numbers(), (n) => enter(n), { limit: 4 })) {
      taken += 1;
      const most = Math.min(20, taken + 4);
      while (log.asked < most) await pause(1);
      await pause(2);
      assert.equal(log.asked, most);
    }
    assert.equal(taken, 20);
    assert.ok(seen.most <= 4);
  });

  it('stops what runs and closes the source when its loop is left early', async () => {
    const { seen, enter } = crowd();
    const { log, numbers } = counted(1000);
    for await (const n of mapAsync(numbers(), (n, signal) => enter(n, n === 0 ? 1 : long, signal), { limit: 3 })) {
      assert.equal(n, 0);
      break;
    }
    assert.equal(seen.inside, 0);
    while (!log.closed) await pause(1);
    assert.ok(log.asked <= 5);
  });

  it('throws the error of function or source, not what it made of others', async () => {
    const { seen, enter } = crowd();
    const found: number[] = [];
    const fail = async (n: number) => {
      if (n === 2) throw new RangeError('two');
      return enter(n, 5);
    };
    await assert.rejects(async () => {
      for await (const n of mapAsync([0, 1, 2, 3], fail, { limit: 2 })) found.push(n);
    }, /RangeError: two/);
    async function* broken() {
      yield 0;
      throw new RangeError('source');
    }
    await assert.rejects(async () => {
      for await (const n of mapAsync(broken(), (n) => enter(n))) found.push(n);
    }, /RangeError: source/);
    assert.equal(found.at(-1), 0);
    const obedient = (n: number, signal: AbortSignal) =>
      n === 1 ? Promise.reject(new RangeError('one')) : enter(n, long, signal);
    await assert.rejects(mapAsync([0, 1], obedient).next(), /RangeError: one/);
    assert.equal(seen.inside, 0);
  });

  it('throws the error of the function, also when the source fails to close', async () => {
    function* broken() {
      try {
        for (;;) yield 0;
      } finally {
        close();
      }
    }
    const close = (): never => {
      throw new RangeError('of the source');
    };
    const fail = () => Promise.reject(new RangeError('of the function'));
    await assert.rejects(mapAsync(broken(), fail, { limit: 1 }).next(), /RangeError: of the function/);
    await assert.rejects(async () => {
      for await (const _ of mapAsync(broken(), () => 1, { limit: 1 })) break;
    }, /RangeError: of the source/);
  });

  it('gives each call a signal, which currentSignal() is too', async () => {
    for await (const isSame of mapAsync([1, 2], (_, signal) => signal === currentSignal())) assert.ok(isSame);
  });

  it('goes through a string, and refuses what nobody can go through', async () => {
    const all = async (source: never, fn = (item: unknown) => item): Promise<unknown[]> => {
      const found: unknown[] = [];
      for await (const one of mapAsync(source, fn)) found.push(one);
      return found;
    };
    assert.deepEqual(await all('ab' as never), ['a', 'b']);
    for (const bad of [5, null, undefined]) {
      await assert.rejects(all(bad as never), new RegExp(`mapAsync\\(\\) needs something to go through, not ${bad}`));
    }
    await assert.rejects(all([1] as never, 5 as never), /mapAsync\(\) needs a function for each item, not 5/);
  });

  it('stops by signal, also while it waits for its source', async () => {
    const controller = new AbortController();
    async function* silent() {
      await once(new EventTarget(), 'never');
      yield 0;
    }
    const run = mapAsync(silent(), (n) => n, { signal: controller.signal }).next();
    setTimeout(() => controller.abort(), 2);
    await assert.rejects(run, CancelledError);
  });
});
