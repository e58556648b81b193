import { inspect } from 'node:util';
import type { WaitOptions } from '../channels/ends.ts';
import { TimeoutError } from '../executors/errors.ts';
import { nextNumber } from '../workers/lives.ts';
import { AsyncLock, turnsOf } from './async-lock.ts';
import type { Guard } from './hold.ts';
import { Line } from './line.ts';
import { scopeHere } from './owner.ts';
import { checkOptions } from './sleep.ts';
import { type Naming, nameOf } from './travel.ts';
import { checkLimits, Hold, limit, type Turns, unlessLeft, Waiting, watchLine } from './turns.ts';
import { type Watch, watchSymbol } from './waiters.ts';

/** How to wait on a condition. */
export interface ConditionWaitOptions extends WaitOptions {
  /** What `acquire` gave; inside `with` there is no need of it. */
  readonly guard?: Guard;
}

/**
 * Lets tasks of one thread wait until another says that something has changed, as Python's `asyncio.Condition`.
 *
 * @example
 * const changed = new AsyncCondition();
 * await changed.with(() => changed.waitFor(() => items.length > 0)); // one task
 * await changed.with(() => { items.push(7); changed.notify(); });    // another
 */
export class AsyncCondition {
  readonly name: string;
  /** What one must hold to wait and to notify. */
  readonly lock: AsyncLock;
  readonly #turns: Turns;
  readonly #number = nextNumber();
  readonly #line: Line<Waiting> = new Line();
  /** What is done, for errors. */
  readonly #what = { toString: () => `wait on ${this.name}` };

  /** @param lock one that several conditions share; by default a lock of its own */
  constructor(lock?: AsyncLock, naming: Naming = {}) {
    this.name = nameOf('async condition', naming);
    this.lock = lock ?? new AsyncLock({ name: `lock of ${this.name}` });
    this.#turns = turnsOf(this.lock);
  }

  /** How many tasks wait to be notified. */
  get waiting(): number {
    return this.#line.length;
  }

  /** Waits for the lock, as `lock.acquire` does. */
  acquire(options?: WaitOptions): Promise<Guard> {
    return this.lock.acquire(options);
  }

  /** Runs a function while it has the lock, as `lock.with` does. */
  with<R>(fn: () => R | PromiseLike<R>, options?: WaitOptions): Promise<R> {
    return this.lock.with(fn, options);
  }

  /**
   * Releases the lock, waits to be notified, and has the lock again when it is over, in every case. Others may have
   * changed things again by then: wait in a loop, or by `waitFor`. The time that the lock takes to be free again is no
   * part of the time-out. One that gives up has not been notified: that goes to another.
   *
   * @throws TimeoutError, CancelledError; Error when the lock is not held by the caller
   */
  wait(options?: ConditionWaitOptions): Promise<void> {
    return new Promise((resolve, reject) => {
      checkLimits(options, this.#what);
      const hold = this.#hold(options?.guard, 'wait');
      const over = (settle: () => void) => () => {
        settle();
        unlessLeft(hold);
      };
      const waiting = new Waiting(hold, this.#turns.scope, over(resolve));
      this.#line.push(waiting);
      limit(waiting, options, this.#what, 'nobody notified it', (error) => {
        this.#line.remove(waiting);
        this.#turns.join(
          new Waiting(
            hold,
            waiting.scope,
            over(() => reject(error)),
          ),
        );
      });
      this.#turns.suspend(hold);
    });
  }

  /**
   * Waits until a predicate holds, which is called with the lock held: at once, and after each notification.
   *
   * @param options `timeout` is for all of it together
   * @throws TimeoutError, CancelledError; RangeError for a time-out that is none; and what the predicate throws
   */
  async waitFor(predicate: () => boolean, { timeout, ...options }: ConditionWaitOptions = {}): Promise<void> {
    checkOptions({ timeout });
    const end = timeout === undefined ? undefined : performance.now() + timeout;
    this.#hold(options.guard, 'waitFor');
    while (!predicate()) {
      const left = end === undefined ? undefined : Math.max(0, end - performance.now());
      if (left === 0) throw new TimeoutError(`waitFor on ${this.name} waited ${timeout} ms, and it never held`);
      await this.wait({ ...options, timeout: left });
    }
  }

  /**
   * Wakes so many of those that wait, the first first; each goes on when it has the lock again.
   *
   * @throws Error when nobody holds the lock
   */
  notify(count = 1): void {
    if (!this.lock.locked) throw new Error(`notify of ${this.name} needs its lock: call it inside with(…)`);
    for (let woken = 0; woken < count; woken += 1) {
      const waiting = this.#line.shift();
      if (waiting === undefined) return;
      // From here on neither time-out nor signal ends its wait, so that what it was told cannot be lost with it.
      waiting.stop?.();
      waiting.stop = undefined;
      this.#turns.join(waiting);
    }
  }

  /** Wakes all that wait. */
  notifyAll(): void {
    this.notify(this.#line.length);
  }

  /** For the wait-for graph. */
  [watchSymbol](): Watch {
    return watchLine(this.#line, { name: this.name, number: this.#number });
  }

  [inspect.custom](): string {
    return `AsyncCondition { '${this.name}', ${this.waiting} waiting, ${this.lock.locked ? 'locked' : 'free'} }`;
  }

  /** The caller's hold of the lock. @throws Error when it has none */
  #hold(guard: Guard | undefined, method: string): Hold {
    const turns = this.#turns;
    const call = `${method} of ${this.name}`;
    if (guard === undefined && turns.free === 0 && !scopeHere()?.isWithin(turns.scope)) {
      throw new Error(`${call}: the lock is another’s, or was got by acquire(); then give the guard: { guard }`);
    }
    const hold = guard ?? turns.latest;
    if (!(hold instanceof Hold) || hold.turns !== turns || !hold.held) {
      throw new Error(`${call} needs ${this.lock.name}: call it inside with(…)`);
    }
    return hold;
  }
}
