import { inspect } from 'node:util';
import { registerShippable } from '../shipping/index.ts';
import { isGiven, type Shared } from '../workers/holders.ts';
import type { Address, Core } from './core.ts';
import { ask, askSync, coreAt, notedObject, noteObject, type PutOptions, shareAll, type WaitOptions } from './ends.ts';
import { Hub } from './hub.ts';
import { items } from './queue.ts';

let coresOf: (end: PipeEnd) => { readonly from: Core; readonly to: Core };
let sharedOf: (end: PipeEnd) => Shared;

/** One end of a pipe: see `Pipe`. */
export class PipeEnd<T = unknown> {
  /** The queue that the other end fills. */
  readonly #from: Core;
  readonly #to: Core;
  readonly #shared: Shared = {
    give: () => {
      const leaves = [this.#from.give('get'), this.#to.give('put')];
      return (wrong) => {
        for (const leave of leaves) leave(wrong);
      };
    },
  };

  static {
    coresOf = (end) => ({ from: end.#from, to: end.#to });
    sharedOf = (end) => end.#shared;
  }

  /** Ends are made by `Pipe()`. */
  constructor(from: unknown, to: unknown) {
    if (to === undefined) throw new TypeError('an end of a pipe is made by Pipe(): const [left, right] = Pipe()');
    this.#from = from as Core;
    this.#to = to as Core;
  }

  /**
   * Sends a value to the other end, and waits for room if the pipe is bounded and full.
   *
   * @throws TimeoutError, CancelledError; QueueClosed when either end was closed; QueueBroken when nobody is left there
   */
  send(value: T, options?: PutOptions): Promise<void> {
    return ask(this.#to, { kind: 'put', value, transfer: options?.transfer }, options);
  }

  /**
   * Receives what the other end sent, in its order.
   *
   * @throws TimeoutError, CancelledError; QueueClosed when the other end is closed and all was received (Python's
   *   EOFError); QueueBroken when the one who had it died
   */
  recv(options?: WaitOptions): Promise<T> {
    return ask(this.#from, { kind: 'get' }, options);
  }

  /** Like `send`, but blocks: in worker threads. `timeout` in ms. */
  sendSync(value: T, options?: { readonly timeout?: number; readonly transfer?: readonly unknown[] }): void {
    askSync(this.#to, 'end.sendSync', { kind: 'put', value, transfer: options?.transfer }, options?.timeout);
  }

  /** Like `recv`, but blocks: in worker threads. `timeout` in ms. */
  recvSync(options?: { readonly timeout?: number }): T {
    return askSync(this.#from, 'end.recvSync', { kind: 'get' }, options?.timeout);
  }

  /** Closes this end: the other one receives what was sent, and then no more; it can send nothing. */
  close(): void {
    this.#to.close();
    this.#from.close();
  }

  /** Receives until the other end is closed. */
  [Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    return items(() => this.recv());
  }

  [inspect.custom](): string {
    return `PipeEnd { to receive: ${this.#from}; sent: ${this.#to} }`;
  }
}

/**
 * A pipe between two: two ends, each of which sends to the other and receives from it. Keep one and give the other to a
 * `Thread`, a `Process` or a task; an end closes with the one it was given to, as in Python.
 *
 * @param maxsize how many values may lie in it each way before `send` waits; 0 for any number
 * @example
 * const [left, right] = Pipe<string>();
 * const child = new Process(async (end: PipeEnd<string>) => end.send(`hello, ${await end.recv()}`), right);
 * child.start();
 * await left.send('parent');
 * console.log(await left.recv());
 */
export function Pipe<T = unknown>(maxsize = 0): [left: PipeEnd<T>, right: PipeEnd<T>] {
  if (!Number.isInteger(maxsize) || maxsize < 0) {
    throw new RangeError(`maxsize is a whole number from 0 on (0: no bound), not ${String(maxsize)}`);
  }
  const toRight = new Hub(maxsize);
  const toLeft = new Hub(maxsize);
  return [new PipeEnd(toLeft, toRight), new PipeEnd(toRight, toLeft)];
}

registerShippable<PipeEnd, { from: Address; to: Address }>(
  'PipeEnd',
  PipeEnd,
  {
    ship(end, target) {
      const { from, to } = coresOf(end);
      shareAll([from, to], 'PipeEnd', target);
      noteObject(`end ${from.address.id}`, end, [from, to]);
      isGiven(sharedOf(end));
      return { from: from.address, to: to.address };
    },
    receive({ from, to }) {
      const key = `end ${from.id}`;
      const noted = notedObject(key);
      if (noted !== undefined) return noted as PipeEnd;
      const cores = [coreAt(from, 'get'), coreAt(to, 'put')] as const;
      const end = new PipeEnd(...cores);
      noteObject(key, end, cores);
      return end;
    },
  },
  import.meta.url,
);
