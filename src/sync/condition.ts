import { inspect } from 'node:util';
import type { WaitOptions } from '../channels/ends.ts';
import { nextNumber } from '../workers/lives.ts';
import { knowMortal, type Mortal, sharedMortal } from './deaths.ts';
import type { Lock } from './lock.ts';
import { type Pause, pauseSymbol } from './pause.ts';
import { RLock } from './rlock.ts';
import { type BlockOptions, checkOptions, mayBlock, Sleep } from './sleep.ts';
import { mostTickets, Tickets, ticketWords, waiting } from './tickets.ts';
import { tellWaiting } from './told.ts';
import { type Memory, type Naming, nameOf, travelsByReference } from './travel.ts';
import { type Watch, watchSymbol } from './waiters.ts';

interface Making {
  readonly name: string;
  readonly lock: Lock | RLock;
}

let memoryOf: (condition: Condition) => Memory<Making>;
let mortalOf: (condition: Condition) => Mortal;

/**
 * A place to wait until what a lock guards has changed: `wait` releases the lock, sleeps until it is notified, and has
 * the lock again when it returns. Whoever changes something notifies, while holding the lock.
 *
 * Exactly as many go on as were notified, those first that waited longest. Still, another may have changed things again
 * before one has the lock, so look again: that is what `waitFor` does. Up to 256 may wait at the same time.
 *
 * @example
 * const filled = new Condition();
 * await filled.with(async () => {
 *   await filled.waitFor(() => stock.count > 0);
 *   stock.count -= 1;
 * });
 * // elsewhere: await filled.with(() => { stock.count += 1; filled.notify(); });
 */
export class Condition {
  /** What errors and pictures call it. */
  readonly name: string;
  /** The lock that one holds who waits or notifies. */
  readonly lock: Lock | RLock;
  readonly #memory: Memory<Making>;
  readonly #words: Int32Array;
  readonly #tickets: Tickets;
  readonly #mortal: Mortal = { threadEnded: () => this.#tickets.clear() };

  static {
    memoryOf = (condition) => condition.#memory;
    mortalOf = (condition) => condition.#mortal;
  }

  /**
   * @param lock an RLock of its own by default; several conditions may share one
   * @param options its `name`; `condition 1`, `condition 2` … by default
   */
  constructor(lock?: Lock | RLock, options?: Naming);
  constructor(lock?: Lock | RLock | Memory<Making>, options: Naming = {}) {
    if (lock !== undefined && 'buffer' in lock) {
      this.#memory = lock;
    } else {
      const name = nameOf('condition', options);
      const buffer = new SharedArrayBuffer(4 * ticketWords);
      const data = { name, lock: lock ?? new RLock({ name: `lock of ${name}` }) };
      this.#memory = { number: nextNumber(), buffer, data };
    }
    this.name = this.#memory.data.name;
    this.lock = this.#memory.data.lock;
    this.#words = new Int32Array(this.#memory.buffer);
    this.#tickets = new Tickets(this.#words, 0);
    knowMortal(this.#mortal);
  }

  /** Runs `fn` while holding the lock, which is released in every case. @returns what `fn` gives */
  with<R>(fn: () => R | PromiseLike<R>, options?: WaitOptions): Promise<R> {
    return this.lock.with(fn, options);
  }

  /** Like `with`, but blocks, in worker threads, and for functions that are not async. */
  withSync<R>(fn: () => R, options?: BlockOptions): R {
    return this.lock.withSync(fn, options);
  }

  /**
   * Releases the lock, waits until it is notified, and takes the lock again, also when it throws.
   *
   * @throws TimeoutError, CancelledError, and then no notify was used up; LockOwnerDied, and then the lock is not held;
   *   Error when the caller does not hold the lock
   */
  async wait(options?: WaitOptions): Promise<void> {
    await this.#wait(() => new Sleep(`${this.name} was not notified`, options));
  }

  async #wait(patience: () => Sleep): Promise<void> {
    const { at, sleep, mutex, resume } = this.#begin(patience);
    let failure: unknown;
    const waited = tellWaiting(this.name);
    try {
      while (!this.#tickets.isCalled(at)) await sleep.pause(this.#words, at, waiting);
    } catch (error) {
      // Called in the last moment, it goes on as if it had been in time.
      if (this.#tickets.giveUp(at)) failure = error;
    }
    try {
      await mutex.wait(undefined, resume);
    } finally {
      if (failure === undefined) this.#tickets.done(at);
      waited(failure === undefined);
    }
    if (failure !== undefined) throw failure;
  }

  /** Like `wait`, but blocks: in worker threads. `timeout` in ms. */
  waitSync(options?: BlockOptions): void {
    mayBlock('condition.waitSync', 'await condition.wait(…)');
    this.#waitSync(() => new Sleep(`${this.name} was not notified`, options));
  }

  #waitSync(patience: () => Sleep): void {
    const { at, sleep, mutex, resume } = this.#begin(patience);
    let failure: unknown;
    const waited = tellWaiting(this.name);
    try {
      while (!this.#tickets.isCalled(at)) sleep.block(this.#words, at, waiting);
    } catch (error) {
      if (this.#tickets.giveUp(at)) failure = error;
    }
    try {
      if (!mutex.take()) mutex.block(undefined);
      resume();
    } finally {
      if (failure === undefined) this.#tickets.done(at);
      waited(failure === undefined);
    }
    if (failure !== undefined) throw failure;
  }

  /**
   * Waits until `holds` gives something true, and looks anew each time when it is notified.
   *
   * @param options `timeout` for all of it, in ms
   * @returns what `holds` gave
   * @throws as `wait`
   * @example
   * await filled.waitFor(() => stock.count > 0, { timeout: 500 });
   */
  async waitFor<R>(holds: () => R, options: WaitOptions = {}): Promise<R> {
    checkOptions(options);
    const patience = this.#patience(options);
    for (;;) {
      const result = holds();
      if (result) return result;
      await this.#wait(patience);
    }
  }

  /** Like `waitFor`, but blocks: in worker threads. */
  waitForSync<R>(holds: () => R, options: BlockOptions = {}): R {
    mayBlock('condition.waitForSync', 'await condition.waitFor(…)');
    checkOptions(options);
    const patience = this.#patience(options);
    for (;;) {
      const result = holds();
      if (result) return result;
      this.#waitSync(patience);
    }
  }

  /**
   * Wakes those who have waited longest; they go on once the lock is free.
   *
   * @param count how many at most
   * @throws Error when the caller does not hold the lock
   */
  notify(count = 1): void {
    this.#held('notify');
    this.#tickets.call(count);
  }

  /** Wakes all who wait. @throws Error when the caller does not hold the lock */
  notifyAll(): void {
    this.notify(Number.POSITIVE_INFINITY);
  }

  /** Draws a ticket and releases the lock: whoever notifies from then on finds the ticket. */
  #begin(patience: () => Sleep) {
    const pause = this.#held('wait');
    const sleep = patience();
    const at = this.#tickets.draw();
    if (at < 0) throw new RangeError(`${this.name} has ${mostTickets} waiters, and no more can wait at the same time`);
    return { at, sleep, mutex: pause.mutex, resume: pause.begin() };
  }

  /** @throws Error when the caller does not hold the lock */
  #held(what: string): Pause {
    try {
      return this.lock[pauseSymbol]();
    } catch (error) {
      const way = `${what} of ${this.name} needs its lock, so call it inside of with(…)`;
      throw new Error(`${way}: ${(error as Error).message}`, { cause: error });
    }
  }

  /** One patience for all the waits of a `waitFor`: made at the first, as there may be none. */
  #patience(options: WaitOptions): () => Sleep {
    let sleep: Sleep | undefined;
    return () => {
      sleep ??= new Sleep(`${this.name}: what is waited for did not come to hold`, options);
      return sleep;
    };
  }

  /** For the wait-for graph. */
  [watchSymbol](): Watch {
    const { number } = this.#memory;
    return { name: this.name, number, holders: [], waiters: this.#tickets.list() };
  }

  [inspect.custom](): string {
    return `Condition { name: ${inspect(this.name)}, lock: ${inspect(this.lock)}, waiters: ${this.#tickets.list().length} }`;
  }
}

travelsByReference<Condition, Making>('Condition', Condition, import.meta.url, {
  memoryOf: (condition) => memoryOf(condition),
  make: (memory) => new Condition(memory as never),
  sharedOf: (condition) => sharedMortal(mortalOf(condition)),
});
