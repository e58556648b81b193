import { Process } from '../../src/workers/process.ts';
import { Thread } from '../../src/workers/thread.ts';
import { printedBy } from '../workers/printed.ts';

/** Where the other side of a queue runs: most cases hold for both. */
export const kinds = { Thread, Process };

/** Starts a function on a thread or in a process of its own. */
export function start<A extends unknown[]>(
  kind: keyof typeof kinds,
  target: (...args: A) => unknown,
  ...args: A
): Thread<A> | Process<A> {
  const worker = kind === 'Thread' ? new Thread(target, ...args) : new Process(target, ...args);
  worker.start();
  return worker;
}

/** Runs `use` without what is printed on stderr meanwhile, and gives that. */
export const stderrOf = async (use: () => Promise<unknown>): Promise<string> => (await printedBy(use)).err;

/** Polls until `holds`; the end of a test's patience is mocha's. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 2));
}
