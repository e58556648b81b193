import { inspect } from 'node:util';
import { registerShippable } from '../shipping/index.ts';
import { isGiven, type Shared } from '../workers/holders.ts';
import type { Address, Core } from './core.ts';
import { ask, askSync, coreAt, notedObject, noteObject, type PutOptions, shareAll, type WaitOptions } from './ends.ts';
import { QueueClosed } from './errors.ts';
import { Hub } from './hub.ts';

let coreOf: (queue: Queue) => Core;
let sharedOf: (queue: Queue) => Shared;

/**
 * A queue between tasks, threads and processes: what one puts another gets, first in, first out. The names are those
 * of Python's `Queue`; `get` and `put` are awaited.
 *
 * Give it to a `Thread`, a `Process` or a task of a pool as an argument, or use it in a function that is sent: it is
 * the same queue everywhere. Any number may put and get; each item goes to one of them, and the items of one producer
 * stay in order. Values travel as arguments do: class instances and functions arrive whole, shared memory stays shared
 * between threads. Do not change a value after you have put it.
 *
 * The thread that made the queue serves it, so it must not block or compute for long while others wait, and must not
 * end before them. `close()` it when nothing more will be put: that ends the loops which read it and frees its ports.
 *
 * Like Python's, a bounded queue makes `put` wait while it is full; join whoever puts only after you have taken all.
 *
 * @example
 * const queue = new Queue<number>(2);
 * const child = new Process(produce, queue);
 * child.start();
 * for await (const item of queue) console.log(item); // until the child calls queue.close()
 */
export class Queue<T = unknown> {
  readonly #core: Core;
  readonly #shared: Shared = { give: () => this.#core.give('both') };

  static {
    coreOf = (queue) => queue.#core;
    sharedOf = (queue) => queue.#shared;
  }

  /** @param maxsize how many items it holds at most; 0, as in Python, for any number */
  constructor(maxsize?: number);
  constructor(maxsize: number | Core = 0) {
    if (typeof maxsize === 'object' && maxsize !== null) {
      this.#core = maxsize;
      return;
    }
    if (!Number.isInteger(maxsize) || maxsize < 0) {
      throw new RangeError(`maxsize is a whole number from 0 on (0: no bound), not ${String(maxsize)}`);
    }
    this.#core = new Hub(maxsize);
  }

  /** How many items it holds at most; 0 for any number. */
  get maxsize(): number {
    return this.#core.address.maxsize;
  }

  /**
   * Takes the oldest item, and waits for one while there is none.
   *
   * @throws TimeoutError, CancelledError; QueueClosed when it is closed and empty; QueueBroken when those who could put
   *   something died, or the thread that made the queue ended
   * @example
   * const item = await queue.get({ timeout: 500 });
   */
  get(options?: WaitOptions): Promise<T> {
    return ask(this.#core, { kind: 'get' }, options);
  }

  /**
   * Puts an item in, and waits for room while the queue is full. An item is put or not: after an error it is not.
   *
   * @throws TimeoutError, CancelledError, QueueClosed, QueueBroken; ShippingError when the item cannot travel
   * @example
   * await queue.put({ page: 7 });
   */
  put(item: T, options?: PutOptions): Promise<void> {
    return ask(this.#core, { kind: 'put', value: item, transfer: options?.transfer }, options);
  }

  /** Like `get`, but blocks: in worker threads that were given the queue. `timeout` in ms. */
  getSync(options?: { readonly timeout?: number }): T {
    return askSync(this.#core, 'queue.getSync', { kind: 'get' }, options?.timeout);
  }

  /** Like `put`, but blocks: in worker threads that were given the queue. `timeout` in ms. */
  putSync(item: T, options?: { readonly timeout?: number; readonly transfer?: readonly unknown[] }): void {
    askSync(this.#core, 'queue.putSync', { kind: 'put', value: item, transfer: options?.transfer }, options?.timeout);
  }

  /** How many items lie in it now, 0 also when it is closed and emptied; others may change that at any moment. */
  size(): Promise<number> {
    return ask(this.#core, { kind: 'size' });
  }

  /**
   * Nothing more can be put, from anywhere. What lies in the queue can still be taken; then `get` throws QueueClosed
   * and loops over the queue end.
   */
  close(): void {
    this.#core.close();
  }

  /** Takes items until the queue is closed and empty. Leaving the loop early leaves the queue as it is. */
  [Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    return items(() => this.get());
  }

  [inspect.custom](): string {
    return `Queue { ${this.#core} }`;
  }
}

/** What `get` gives until the queue is closed. */
export async function* items<T>(get: () => Promise<T>): AsyncGenerator<T, void, void> {
  for (;;) {
    let item: T;
    try {
      item = await get();
    } catch (error) {
      if (error instanceof QueueClosed) return;
      throw error;
    }
    yield item;
  }
}

registerShippable<Queue, Address>(
  'Queue',
  Queue,
  {
    ship(queue, to) {
      const core = coreOf(queue);
      shareAll([core], 'Queue', to);
      noteObject(core.address.id, queue, [core]);
      isGiven(sharedOf(queue));
      return core.address;
    },
    receive(address) {
      const noted = notedObject(address.id);
      if (noted !== undefined) return noted as Queue;
      const core = coreAt(address, 'both');
      const queue = new Queue(core as never);
      noteObject(address.id, queue, [core]);
      return queue;
    },
  },
  import.meta.url,
);
