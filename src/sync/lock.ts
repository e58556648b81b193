import { inspect } from 'node:util';
import type { WaitOptions } from '../channels/ends.ts';
import { knowMortal, sharedMortal } from './deaths.ts';
import { type Guard, MutexGuard } from './hold.ts';
import { Mutex, type MutexData, noGuard } from './mutex.ts';
import { runIn, Scope, scopeHere } from './owner.ts';
import { failedWith, type Pause, pauseSymbol } from './pause.ts';
import { type BlockOptions, checkOptions, mustNotBlock, noBlock, notAsync } from './sleep.ts';
import { type Memory, type Naming, travelsByReference } from './travel.ts';
import { usual } from './usual.ts';
import { type Watch, watchSymbol } from './waiters.ts';

let mutexOf: (lock: Lock) => Mutex;

/**
 * A lock that one task on one thread holds at a time: give it to a `Thread` or a task of a `ThreadPoolExecutor`, or keep
 * it in a field of a class, and it is the same lock everywhere. The names are those of Python's `Lock`.
 *
 * `acquire` and `with` are awaited and go everywhere; `acquireSync` and `withSync` block, in worker threads. Who holds
 * it is a thread and, within it, a task; inside of a `Thread`, of an executor's task and of `with`, `release()` knows
 * its own. Anywhere else, as in a cell, keep the guard that `acquire` gives. All that one Thread's function or one task
 * of a pool starts outside of `with` is one task to `release()`: nothing tells its async functions apart, so that one
 * could release what another holds. The guard and `with` release their own hold alone, whoever else runs there.
 *
 * When a thread ends while it holds the lock, all who wait and all who come get `LockOwnerDied`, until `recover()`.
 *
 * Locks that are taken one inside the other, by any threads, in orders that make a circle of two or more are warned of
 * once by `console.warn`, before they ever deadlock. A circle of which every part is taken behind the same outermost
 * lock cannot deadlock and is not told; of gates further inside nothing is known, nor of more than 1024 pairs.
 *
 * @example
 * const lock = new Lock();
 * const add = async (counter: SharedCounter) => lock.with(() => { counter.value += 1; });
 */
export class Lock {
  readonly #mutex: Mutex;

  static {
    mutexOf = (lock) => lock.#mutex;
  }

  constructor(options?: Naming);
  constructor(options: Naming = {}, memory?: unknown) {
    this.#mutex = new Mutex('Lock', options, memory as Memory<MutexData> | undefined);
    if (memory !== undefined) knowMortal(this.#mutex);
  }

  /** What errors, graphs and timelines call it. */
  get name(): string {
    return this.#mutex.name;
  }

  /** True while somebody holds it, or has died with it. */
  get locked(): boolean {
    return this.#mutex.isLocked;
  }

  /** Who holds it, such as `thread 2`; undefined when it is free. */
  get holder(): string | undefined {
    return this.#mutex.holder;
  }

  /**
   * Takes the lock, and waits until it is free.
   *
   * @returns the guard whose `release()` gives it back
   * @throws TimeoutError, CancelledError, LockOwnerDied
   * @example
   * const guard = await lock.acquire({ timeout: 500 });
   * try { counter.value += 1; } finally { guard.release(); }
   */
  async acquire(options?: WaitOptions): Promise<Guard> {
    return this.#acquireIn(scopeHere(), options);
  }

  /** Like `acquire`, but blocks: in worker threads. @throws Error at once when this very thread holds it */
  acquireSync(options?: BlockOptions): Guard {
    const mutex = this.#mutex;
    if (mutex === usual && options === undefined) {
      if (mutex.take()) return new MutexGuard(mutex, mutex.takenAgain());
    } else {
      if (mustNotBlock) throw noBlock('acquireSync', 'await lock.acquire(…)');
      if (options !== undefined) checkOptions(options);
      if (mutex.take()) return this.#taken(scopeHere());
    }
    mutex.block(options);
    return this.#taken(scopeHere());
  }

  /** Takes the lock if it is free now. @throws LockOwnerDied */
  tryAcquire(): Guard | undefined {
    if (this.#mutex.take()) return this.#taken(scopeHere());
    this.#mutex.checkDeath();
    return undefined;
  }

  /**
   * Runs a function while holding the lock, which is released in every case.
   *
   * @returns what the function returns
   * @example
   * await lock.with(async () => { balance.value -= 10; await save(); });
   */
  async with<R>(fn: () => R | PromiseLike<R>, options?: WaitOptions): Promise<R> {
    const scope = new Scope(scopeHere());
    const hold = await this.#acquireIn(scope, options);
    let result: R;
    try {
      result = await runIn(scope, fn);
      hold.release();
    } catch (error) {
      throw failedWith(hold, error);
    }
    return result;
  }

  /** Like `with`, but blocks, in worker threads, and for functions that are not async. */
  withSync<R>(fn: () => R, options?: BlockOptions): R {
    const mutex = this.#mutex;
    // Without a guard a lock and its release take 19 ns instead of 22.
    if (mutex === usual && options === undefined && mutex.take()) mutex.takenAgain(noGuard);
    else this.#beginSync(options);
    let result: R;
    try {
      result = notAsync(fn(), 'withSync', 'with');
      mutex.release(noGuard);
    } catch (error) {
      throw failedWith(new MutexGuard(mutex, noGuard), error);
    }
    return result;
  }

  #beginSync(options: BlockOptions | undefined): void {
    if (mustNotBlock) throw noBlock('withSync', 'await lock.with(…)');
    if (options !== undefined) checkOptions(options);
    const mutex = this.#mutex;
    if (!mutex.take()) mutex.block(options);
    mutex.taken(scopeHere(), noGuard);
  }

  /**
   * Releases the lock, for the task that holds it.
   *
   * @throws Error that says who holds it, when that is another or nobody
   */
  release(): void {
    const mutex = this.#own();
    mutex.release(mutex.serial);
  }

  /**
   * Frees the lock when the thread that held it has ended: call it once what the lock guards is in order again.
   *
   * @returns true when this call freed it; false when no owner had died
   */
  recover(): boolean {
    return this.#mutex.recover();
  }

  /** For a `Condition`. */
  [pauseSymbol](): Pause {
    const mutex = this.#own();
    return {
      mutex,
      begin() {
        const { serial, scope } = mutex;
        mutex.release(serial);
        mutex.paused.add(serial);
        return () => {
          mutex.taken(scope);
          mutex.serial = serial;
          if (!mutex.paused.delete(serial)) mutex.release(serial);
        };
      },
    };
  }

  /** @throws Error when the caller's task does not hold it */
  #own(): Mutex {
    const mutex = this.#mutex;
    const here = scopeHere();
    if (mutex.serial === 0 || here === undefined || !here.isWithin(mutex.scope)) throw mutex.notHeld();
    return mutex;
  }

  /** For the wait-for graph. */
  [watchSymbol](): Watch {
    return this.#mutex.watch();
  }

  [inspect.custom](): string {
    return `Lock { ${this.name}: ${this.holder === undefined ? 'free' : `held by ${this.holder}`} }`;
  }

  async #acquireIn(scope: Scope | undefined, options: WaitOptions | undefined): Promise<Guard> {
    if (options !== undefined) checkOptions(options);
    if (options?.signal?.aborted !== true && this.#mutex.take()) return this.#taken(scope);
    return this.#mutex.wait(options, () => this.#taken(scope));
  }

  #taken(scope: Scope | undefined): Guard {
    return new MutexGuard(this.#mutex, this.#mutex.taken(scope));
  }
}

travelsByReference<Lock, MutexData>('Lock', Lock, import.meta.url, {
  memoryOf: (lock) => mutexOf(lock).memory,
  make: (memory) => new Lock(...([{}, memory] as never[])),
  sharedOf: (lock) => sharedMortal(mutexOf(lock)),
});
