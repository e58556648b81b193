import { inspect } from 'node:util';
import type { WaitOptions } from '../channels/ends.ts';
import type { Guard } from './hold.ts';
import { type Naming, nameOf } from './travel.ts';
import { Turns } from './turns.ts';
import { type Watch, watchSymbol } from './waiters.ts';

export let turnsOf: (lock: AsyncLock) => Turns;

/**
 * A lock for tasks of one thread, as Python's `asyncio.Lock`: it keeps a task out of a section that another has begun
 * and left at an `await`. Between threads take `Lock`, which this one cannot replace.
 *
 * Those who wait have it in the order in which they came. One that gives up, by time-out or signal, neither loses nor
 * swallows a turn. `acquire` gives a guard, and only that guard releases it: no task can release another's lock. It is
 * not re-entrant: a task that acquires it twice waits for itself.
 *
 * @example
 * const lock = new AsyncLock();
 * await lock.with(async () => {
 *   const read = account.balance;
 *   await pause(1);
 *   account.balance = read + 1;
 * });
 */
export class AsyncLock {
  readonly name: string;
  readonly #turns: Turns;

  static {
    turnsOf = (lock) => lock.#turns;
  }

  constructor(naming: Naming = {}) {
    this.name = nameOf('async lock', naming);
    this.#turns = new Turns(this.name, 1);
  }

  /** Whether a task has it now. */
  get locked(): boolean {
    return this.#turns.free === 0;
  }

  /** How many tasks wait for it. */
  get waiting(): number {
    return this.#turns.line.length;
  }

  /**
   * Waits for the lock. Release it by the guard, in a `finally`; `with` does so by itself.
   *
   * @throws TimeoutError, CancelledError: the lock is not held then
   * @example
   * const guard = await lock.acquire({ timeout: 500 });
   * try {
   *   await write();
   * } finally {
   *   guard.release();
   * }
   */
  acquire(options?: WaitOptions): Promise<Guard> {
    return this.#turns.acquire(options);
  }

  /**
   * Runs a function while it has the lock, and releases that in every case. Gives what the function gave.
   *
   * @throws TimeoutError, CancelledError: the function has not run then; and what the function throws
   */
  with<R>(fn: () => R | PromiseLike<R>, options?: WaitOptions): Promise<R> {
    return this.#turns.with(fn, options);
  }

  /** For the wait-for graph. */
  [watchSymbol](): Watch {
    return this.#turns.watch(true);
  }

  [inspect.custom](): string {
    return `AsyncLock { '${this.name}', ${this.locked ? `locked, ${this.waiting} waiting` : 'free'} }`;
  }
}
