import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { gather, mapAsync, timeout } from '../../src/coroutines/gather.ts';
import { CancelledError, TimeoutError } from '../../src/executors/errors.ts';
import { currentSignal } from '../../src/executors/local.ts';

const long = 30_000;

/** Counts how many are inside at the same time. */
function crowd() {
  const seen = { inside: 0, most: 0, begun: 0 };
  const enter = async <T>(value: T, ms = 1, signal?: AbortSignal): Promise<T> => {
    seen.begun += 1;
    seen.inside += 1;
    seen.most = Math.max(seen.most, seen.inside);
    try {
      await pause(ms, undefined, { signal });
      return value;
    } finally {
      seen.inside -= 1;
    }
  };
  return { seen, enter };
}

describe('gather', () => {
  it('gives the results in order, whoever ends first, with their types', async () => {
    const [number, text]: [number, string] = await gather([() => pause(5, 1), () => 'two']);
    assert.deepEqual([number, text], [1, 'two']);
    assert.deepEqual(await gather([]), []);
  });

  it('runs all at once, or at most `limit`', async () => {
    for (const [limit, most] of [
      [undefined, 20],
      [3, 3],
      [1, 1],
      [50, 20],
    ] as const) {
      const { seen, enter } = crowd();
      const numbers = Array.from({ length: 20 }, (_, n) => n);
      const found = await gather(
        numbers.map((n) => () => enter(n, n % 3)),
        { limit },
      );
      assert.deepEqual(found, numbers);
      assert.equal(seen.most, most);
    }
  });

  it('asks an iterable for the next function only when there is room', async () => {
    const { seen, enter } = crowd();
    let asked = 0;
    function* endless() {
      for (;;) {
        assert.ok(asked - seen.begun < 1);
        asked += 1;
        const n = asked;
        yield (signal: AbortSignal) => (n === 10 ? Promise.reject(new Error('ten')) : enter(n, 1, signal));
      }
    }
    await assert.rejects(gather(endless(), { limit: 2 }), /^Error: ten$/);
    assert.ok(asked <= 12);
    assert.equal(seen.inside, 0);
  });

  it('stops the others when one fails, waits for them and throws that error', async () => {
    const { seen, enter } = crowd();
    const error = new RangeError('mine');
    const fns = [0, 1, 2].map((n) => (signal: AbortSignal) => enter(n, long, signal));
    const run = gather([...fns, () => pause(1).then(() => Promise.reject(error)), ...fns], { limit: 4 });
    await assert.rejects(run, (thrown) => thrown === error);
    assert.deepEqual(seen, { inside: 0, most: 3, begun: 3 });
  });

  it('stops all by time-out and by signal', async () => {
    const { seen, enter } = crowd();
    const fns = [0, 1].map((n) => (signal: AbortSignal) => enter(n, long, signal));
    await assert.rejects(gather(fns, { timeout: 5 }), TimeoutError);
    const controller = new AbortController();
    const run = gather(fns, { signal: controller.signal });
    controller.abort();
    await assert.rejects(run, CancelledError);
    await assert.rejects(gather(fns, { signal: AbortSignal.abort() }), CancelledError);
    assert.deepEqual([seen.inside, seen.begun], [0, 4]);
  });

  it('is stopped with the gather around it', async () => {
    const { seen, enter } = crowd();
    const inner = () => gather([(signal) => enter(1, long, signal)]);
    await assert.rejects(
      gather([inner, () => pause(1).then(() => Promise.reject(new Error('outer')))]),
      /^Error: outer/,
    );
    assert.equal(seen.inside, 0);
  });

  it('runs each in the context of its caller, not of the task that made room', async () => {
    const store = new AsyncLocalStorage<string>();
    const ask = async () => {
      const before = store.getStore();
      store.enterWith('leaked');
      await pause(1);
      return before;
    };
    const found = await store.run('caller', () => gather([ask, ask, ask], { limit: 1 }));
    assert.deepEqual(found, ['caller', 'caller', 'caller']);
  });

  it('throws what a task gives up with by itself, in the place of a result that is none', async () => {
    const gaveUp = new CancelledError('the one that it waited for was cancelled');
    const run = gather([() => Promise.reject(gaveUp), () => 2]);
    await assert.rejects(run, (error) => error === gaveUp);
  });

  it('throws the error of the task, also when the source fails to close', async () => {
    function* broken() {
      try {
        for (;;) yield () => Promise.reject(new Error('of the task'));
      } finally {
        close();
      }
    }
    const close = (): never => {
      throw new Error('of the source');
    };
    await assert.rejects(gather(broken(), { limit: 1 }), /^Error: of the task/);
  });

  it('refuses promises, no functions and bad limits', async () => {
    await assert.rejects(gather([pause(0) as never]), /gather\(\) was given a promise, which runs already at 0/);
    await assert.rejects(gather([5 as never]), /gather\(\) was given 5 at 0/);
    await assert.rejects(gather(5 as never), /needs a list of functions, not 5/);
    await assert.rejects(gather([], { limit: 0 }), /limit is a whole number of at least 1, not 0/);
  });
});

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
    await pause(2);
    assert.equal(log.closed, true);
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
