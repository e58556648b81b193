import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { gather } from '../../src/coroutines/gather.ts';
import { CancelledError, TimeoutError } from '../../src/executors/errors.ts';
import { crowd, long } from './crowd.ts';

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

  it('closes a source that gave what is no function', async () => {
    let isClosed = false;
    function* wrong() {
      try {
        yield 5 as never;
      } finally {
        isClosed = true;
      }
    }
    await assert.rejects(gather(wrong()), /was given 5 at 0/);
    assert.equal(isClosed, true);
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
