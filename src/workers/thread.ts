import { extname } from 'node:path';
import { type Transferable, Worker } from 'node:worker_threads';
import type { Order } from './entry.ts';
import { Runnable, type RunnableOptions } from './runnable.ts';

const entry = new URL(`./thread-entry${extname(import.meta.filename)}`, import.meta.url);

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
  #worker: Worker | undefined;
  #id: number | undefined;
  #killed = false;

  constructor(target: (...args: A) => unknown, ...args: A);
  constructor(options: RunnableOptions<A>);
  constructor(target: ((...args: A) => unknown) | RunnableOptions<A>, ...args: unknown[]) {
    super('thread', target, args);
  }

  /** Node's number of the thread, once it was started. */
  get id(): number | undefined {
    return this.#id;
  }

  /** Ends it at once, in the middle of whatever it does: exit code 1. Without effect when it is not alive. */
  terminate(): void {
    this.kill();
  }

  protected launch(order: Order, transfer: unknown[]): void {
    const worker = new Worker(entry, { workerData: order, transferList: transfer as Transferable[], name: this.name });
    this.#worker = worker;
    this.#id = worker.threadId;
    worker.on('message', (notice) => this.heard(notice));
    // Out of memory, or a failure of the entry itself; errors of the function are printed by the thread.
    worker.on('error', (error: Error) => console.error(`${order.who}: ${error.message}`));
    // Node gives 0 for a thread that was ended before it came to its code.
    worker.once('exit', (code) => this.ended(this.#killed ? 1 : code));
  }

  protected kill(): void {
    if (!this.alive) return;
    this.#killed = true;
    void this.#worker?.terminate();
  }
}
