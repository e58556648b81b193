import { inspect } from 'node:util';
import type { WaitOptions } from '../channels/ends.ts';
import type { Guard } from './hold.ts';
import { type Naming, nameOf } from './travel.ts';
import { Turns } from './turns.ts';
import { type Watch, watchSymbol } from './waiters.ts';

/**
 * Lets so many tasks of one thread in at a time, as Python's `asyncio.Semaphore`. First come, first served; one that
 * gives up, by time-out or signal, neither loses nor swallows a permit.
 *
 * @example
 * const three = new AsyncSemaphore(3);
 * await Promise.all(addresses.map((address) => three.with(() => download(address))));
 */
export class AsyncSemaphore {
  readonly name: string;
  readonly #turns: Turns;

  /** @param permits how many can be had at once; 0 when `release` is to make the first */
  constructor(permits = 1, naming: Naming = {}) {
    if (!Number.isInteger(permits) || permits < 0) {
      throw new RangeError(`permits is a whole number from 0 on, not ${String(permits)}`);
    }
    this.name = nameOf('async semaphore', naming);
    this.#turns = new Turns(this.name, permits);
  }

  /** How many permits are free. */
  get value(): number {
    return this.#turns.free;
  }

  /** Whether one who acquires now has to wait. */
  get locked(): boolean {
    return this.#turns.free === 0;
  }

  /** How many tasks wait for a permit. */
  get waiting(): number {
    return this.#turns.line.length;
  }

  /**
   * Waits for a permit. Give it back by the guard, in a `finally`; `with` does so by itself.
   *
   * @throws TimeoutError, CancelledError: no permit is taken then
   */
  acquire(options?: WaitOptions): Promise<Guard> {
    return this.#turns.acquire(options);
  }

  /**
   * Adds permits that no guard gives back: a semaphore also counts things that one task makes and another takes.
   *
   * @param count how many
   */
  release(count = 1): void {
    if (!Number.isInteger(count) || count < 1) {
      throw new RangeError(`count is a whole number from 1 on, not ${String(count)}`);
    }
    for (let added = 0; added < count; added += 1) this.#turns.pass();
  }

  /** Runs a function while it has a permit, which is given back in every case. Gives what the function gave. */
  with<R>(fn: () => R | PromiseLike<R>, options?: WaitOptions): Promise<R> {
    return this.#turns.with(fn, options);
  }

  /** For the wait-for graph. */
  [watchSymbol](): Watch {
    return this.#turns.watch(false);
  }

  [inspect.custom](): string {
    return `AsyncSemaphore { '${this.name}', ${this.value} free, ${this.waiting} waiting }`;
  }
}
