import assert from 'node:assert/strict';
import { TimeoutError } from '../../src/executors/errors.ts';
import type { Executor } from '../../src/executors/executor.ts';
import { AsyncExecutor } from '../../src/executors/executors.ts';
import type { Future } from '../../src/executors/future.ts';
import { asCompleted, wait } from '../../src/executors/wait.ts';

/** Futures that settle when told to, in any order. */
function controlled(executor: Executor, count: number) {
  const ends: { resolve(value: number): void; reject(error: Error): void }[] = [];
  const futures = Array.from({ length: count }, (_, index) =>
    executor.submit(
      () =>
        new Promise<number>((resolve, reject) => {
          ends[index] = { resolve, reject };
        }),
    ),
  );
  return { futures, ends };
}

describe('wait', () => {
  const executor = new AsyncExecutor(Number.POSITIVE_INFINITY);
  const indices = (futures: Future<number>[], set: Set<Future<number>>) =>
    [...set].map((f) => futures.indexOf(f)).sort();

  it('returns when all are done', async () => {
    const { futures, ends } = controlled(executor, 3);
    const waiting = wait(futures);
    for (const end of ends.toReversed()) end.resolve(1);
    const { done, notDone } = await waiting;
    assert.deepEqual([indices(futures, done), notDone.size], [[0, 1, 2], 0]);
  });

  it('returns when the first is done', async () => {
    const { futures, ends } = controlled(executor, 3);
    const waiting = wait(futures, { returnWhen: 'FIRST_COMPLETED' });
    ends[1]!.resolve(1);
    const { done, notDone } = await waiting;
    assert.deepEqual([indices(futures, done), indices(futures, notDone)], [[1], [0, 2]]);
    for (const end of ends) end.resolve(0);
  });

  it('returns when the first has failed, and not for one that was cancelled', async () => {
    const { futures, ends } = controlled(executor, 4);
    const waiting = wait(futures, { returnWhen: 'FIRST_EXCEPTION' });
    ends[0]!.resolve(1);
    futures[3]!.cancel();
    ends[1]!.reject(new Error('no'));
    const { done, notDone } = await waiting;
    assert.deepEqual([indices(futures, done), indices(futures, notDone)], [[0, 1, 3], [2]]);
    ends[2]!.resolve(0);
  });

  it('returns without error when time runs out', async () => {
    const { futures, ends } = controlled(executor, 2);
    ends[0]!.resolve(1);
    const { done, notDone } = await wait(futures, { timeout: 5 });
    assert.deepEqual([indices(futures, done), indices(futures, notDone)], [[0], [1]]);
    ends[1]!.resolve(1);
  });

  it('returns at once for futures that are done, and for none', async () => {
    const { futures, ends } = controlled(executor, 1);
    ends[0]!.resolve(1);
    await futures[0];
    assert.equal((await wait(futures, { returnWhen: 'FIRST_EXCEPTION' })).done.size, 1);
    assert.deepEqual(await wait([]), { done: new Set(), notDone: new Set() });
  });

  it('refuses a word it does not know', async () => {
    await assert.rejects(wait([], { returnWhen: 'SOME' as never }), /not 'SOME'/);
  });
});

describe('asCompleted', () => {
  const executor = new AsyncExecutor(Number.POSITIVE_INFINITY);

  it('gives each future when it is done, once, also when it is named twice', async () => {
    const { futures, ends } = controlled(executor, 3);
    const seen: number[] = [];
    ends[2]!.resolve(2);
    await futures[2];
    const order = [0, 1];
    for await (const { future } of asCompleted([...futures, futures[0]!])) {
      seen.push(await future);
      const next = order.shift();
      if (next !== undefined) ends[next]!.resolve(next);
    }
    assert.deepEqual(seen, [2, 0, 1]);
  });

  it('says which future it is', async () => {
    const { futures, ends } = controlled(executor, 2);
    ends[1]!.resolve(7);
    for await (const { future, index } of asCompleted(futures)) {
      assert.equal(futures[index], future);
      ends[0]!.resolve(8);
    }
  });

  it('gives failed and cancelled ones too', async () => {
    const { futures, ends } = controlled(executor, 2);
    ends[0]!.reject(new Error('no'));
    futures[1]!.cancel();
    let count = 0;
    for await (const { future } of asCompleted(futures)) {
      assert.equal(future.done(), true);
      count += 1;
    }
    assert.equal(count, 2);
  });

  it('throws when time runs out, and says how many are missing', async () => {
    const { futures, ends } = controlled(executor, 3);
    ends[0]!.resolve(0);
    const seen: unknown[] = [];
    await assert.rejects(
      async () => {
        for await (const { future } of asCompleted(futures, { timeout: 5 })) seen.push(await future);
      },
      (error) => error instanceof TimeoutError && /2 of 3 futures are not done after 5 ms/.test(error.message),
    );
    assert.deepEqual(seen, [0]);
    for (const end of ends) end.resolve(0);
  });
});
