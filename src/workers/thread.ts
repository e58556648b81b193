import { type Transferable, Worker } from 'node:worker_threads';
import { threadOptions } from './children.ts';
import { compiledEnv, workerFile } from './files.ts';
import { noteStarted } from './lanes.ts';
import { threadEnded } from './lives.ts';
import { type Launch, Runnable, type RunnableOptions } from './runnable.ts';

const entry = workerFile(import.meta.filename, 'thread-entry');

/**
 * A function that runs on a thread of its own, beside this one, with Python's words.
 *
 * The function and its arguments are copied to the thread; shared memory is shared. What it prints appears here. An
 * error in it is printed and gives exit code 1. The thread ends when the function has returned and left nothing to
 * wait for.
 *
 * @example
 * const thread = new Thread(count, 1_000_000);
 * thread.start();
 * await thread.join();
 */
export class Thread<A extends unknown[] = unknown[]> extends Runnable<A> {
  constructor(target: (...args: A) => unknown, ...args: A);
  constructor(options: RunnableOptions<A>);
  constructor(target: ((...args: A) => unknown) | RunnableOptions<A>, ...args: unknown[]) {
    super('thread', launch, target, args);
  }
}

const launch: Launch = (order, transfer, { heard, ended }) => {
  const worker = new Worker(entry, {
    workerData: order,
    execArgv: threadOptions(),
    env: compiledEnv(),
    transferList: transfer as Transferable[],
    name: order.who,
  });
  const id = worker.threadId;
  const forget = noteStarted(id, order.who);
  let killed = false;
  worker.on('message', heard);
  // Out of memory, or a failure of the entry itself; errors of the function are printed by the thread.
  worker.on('error', (error: Error) => console.error(`${order.who}: ${error.message}`));
  // Node gives 0 for a thread that was ended before it came to its code.
  worker.once('exit', (code) => {
    forget();
    threadEnded(id);
    ended(killed ? 1 : code);
  });
  const kill = (): void => {
    killed = true;
    void worker.terminate();
  };
  return { id, terminate: kill, kill };
};
