import { Lock, RLock } from '../../src/index.ts';
import { Thread } from '../../src/workers/thread.ts';
import { stderrOf } from '../channels/makers.ts';

/** The locks that have an owner, for what holds of both. */
export const kinds = { Lock, RLock };
export type Either = Lock | RLock;

/** Starts a function on a thread of its own. */
export function start<A extends unknown[]>(target: (...args: A) => unknown, ...args: A): Thread<A> {
  const thread = new Thread(target, ...args);
  thread.start();
  return thread;
}

/** Runs a function on a thread of its own until it has ended; false when it failed. */
export async function run<A extends unknown[]>(target: (...args: A) => unknown, ...args: A): Promise<boolean> {
  const thread = start(target, ...args);
  await thread.join();
  return thread.exitCode === 0;
}

/** The lines that are printed on stderr while `use` runs. */
export const warningsOf = async (use: () => Promise<unknown>): Promise<string[]> =>
  (await stderrOf(use)).split('\n').filter((line) => line !== '');

/** Words that threads share. */
export const words = (count = 8): Int32Array => new Int32Array(new SharedArrayBuffer(4 * count));
