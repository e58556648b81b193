import assert from 'node:assert/strict';
import type { SharedCounter } from '../../src/sync/counter.ts';
import { Thread } from '../../src/workers/thread.ts';

/** Starts as many threads with one function; `join` asserts that none failed. */
export function bunch<A extends unknown[]>(count: number, target: (...args: A) => unknown, ...args: A) {
  const threads = Array.from({ length: count }, () => new Thread(target, ...args));
  for (const thread of threads) thread.start();
  return {
    threads,
    async join(): Promise<void> {
      for (const thread of threads) {
        await thread.join();
        assert.equal(thread.exitCode, 0);
      }
    },
  };
}

/** Long enough for a thread to go to sleep; nothing depends on it but how much a test can find. */
export const aWhile = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));

/** What a promise gave, or the name of its error. */
export const outcome = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => value,
    (error: Error) => error.name,
  );

/** Waits, on a thread, until that many were counted. */
export function reach(counter: SharedCounter, count: number): void {
  const word = new Int32Array(new SharedArrayBuffer(4));
  while (counter.value < count) Atomics.wait(word, 0, 0, 1);
}
