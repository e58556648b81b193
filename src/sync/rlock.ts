import { inspect } from 'node:util';
import type { WaitOptions } from '../channels/ends.ts';
import { knowMortal, sharedMortal } from './deaths.ts';
import { type Guard, MutexGuard } from './hold.ts';
import { type MutexData, noGuard } from './mutex.ts';
import { runIn, Scope, scopeHere } from './owner.ts';
import { failedWith, type Pause, pauseSymbol } from './pause.ts';
import { Reentry } from './reentry.ts';
import { type BlockOptions, checkOptions, mustNotBlock, noBlock, notAsync } from './sleep.ts';
import { type Memory, type Naming, travelsByReference } from './travel.ts';
import { turnHere } from './turn.ts';
import { usual } from './usual.ts';
import { type Watch, watchSymbol } from './waiters.ts';

let reentryOf: (lock: RLock) => Reentry;

/**
 * A lock that the task which holds it may take again, and must release as often. The names are those of Python's
 * `RLock`; what is not said here is as for `Lock`.
 *
 * Who holds it is a task, not a thread: one enters again inside of one's own `with` or `withSync`, and with
 * `acquireSync` in one synchronous stretch of code, as in a function that calls itself. Two tasks of one thread never
 * share it by `with` or `acquire`, also when both are plain async functions that one function started together: the
 * second waits. `acquireSync` throws at once when another task of this very thread has it, or the same one before an
 * `await`, as it would wait for ever. Two limits, as JavaScript tells nobody which async function runs: functions that
 * are started inside of a `with` belong to it, also side by side, and between those the lock keeps no order; and two
 * that are started in one stretch both enter by `acquireSync` or `tryAcquire`, so that a hold which was entered again
 * must not last across an `await` (it is warned of). In an async function take `with`.
 *
 * @example
 * const lock = new RLock();
 * const deposit = async (amount: number) => lock.with(() => { balance.value += amount; });
 * const move = async (amount: number) => lock.with(async () => { await deposit(-amount); await other.deposit(amount); });
 */
export class RLock {
  readonly #reentry: Reentry;

  static {
    reentryOf = (lock) => lock.#reentry;
  }

  constructor(options?: Naming);
  constructor(options: Naming = {}, memory?: unknown) {
    this.#reentry = new Reentry(options, memory as Memory<MutexData> | undefined);
    if (memory !== undefined) knowMortal(this.#reentry);
  }

  /** What errors, graphs and timelines call it. */
  get name(): string {
    return this.#reentry.name;
  }

  /** True while somebody holds it, or has died with it. */
  get locked(): boolean {
    return this.#reentry.isLocked;
  }

  /** Who holds it, such as `thread 2`; undefined when it is free. */
  get holder(): string | undefined {
    return this.#reentry.holder;
  }

  /**
   * Takes the lock, at once inside of a `with` of it, and otherwise waits until it is free.
   *
   * @returns the guard whose `release()` takes back this one entry
   * @throws TimeoutError, CancelledError, LockOwnerDied
   */
  async acquire(options?: WaitOptions): Promise<Guard> {
    return this.#acquireIn(scopeHere(), undefined, options);
  }

  /** Like `acquire`, but blocks: in worker threads. @throws Error at once when another task of this thread holds it */
  acquireSync(options?: BlockOptions): Guard {
    const reentry = this.#reentry;
    if (reentry === usual && options === undefined && reentry.take()) {
      return new MutexGuard(reentry, reentry.beginUsual(turnHere()));
    }
    if (mustNotBlock) throw noBlock('acquireSync', 'await lock.acquire(…)');
    if (options !== undefined) checkOptions(options);
    return this.#enter(scopeHere(), turnHere(), undefined) ?? this.#block(options);
  }

  /** Takes the lock if it can be had now. @throws LockOwnerDied */
  tryAcquire(): Guard | undefined {
    const guard = this.#enter(scopeHere(), turnHere(), undefined);
    if (guard === undefined) this.#reentry.checkDeath();
    return guard;
  }

  /**
   * Runs a function while holding the lock, which is released in every case.
   *
   * @returns what the function returns
   */
  async with<R>(fn: () => R | PromiseLike<R>, options?: WaitOptions): Promise<R> {
    const scope = new Scope(scopeHere());
    const guard = await this.#acquireIn(scope, scope, options);
    let result: R;
    try {
      result = await runIn(scope, fn);
      guard.release();
    } catch (error) {
      throw failedWith(guard, error);
    }
    return result;
  }

  /** Like `with`, but blocks, in worker threads, and for functions that are not async. */
  withSync<R>(fn: () => R, options?: BlockOptions): R {
    const reentry = this.#reentry;
    if (reentry === usual && options === undefined && reentry.take()) reentry.beginUsual(turnHere(), noGuard);
    else {
      if (mustNotBlock) throw noBlock('withSync', 'await lock.with(…)');
      if (options !== undefined) checkOptions(options);
      if (reentry.isHeldHere || !reentry.take()) return this.#withGuard(fn, options);
      reentry.beginFirst(scopeHere(), turnHere(), undefined, noGuard);
    }
    let result: R;
    try {
      result = notAsync(fn(), 'withSync', 'with');
      reentry.release(noGuard);
    } catch (error) {
      throw failedWith(new MutexGuard(reentry, noGuard), error);
    }
    return result;
  }

  /**
   * Takes back the last entry of the task that holds it; with the last one the lock is free.
   *
   * @throws Error that says who holds it, when that is another or nobody
   */
  release(): void {
    if (!this.#reentry.leaveLatest()) throw this.#reentry.notHeld();
  }

  /**
   * Frees the lock when the thread that held it has ended: call it once what the lock guards is in order again.
   *
   * @returns true when this call freed it; false when no owner had died
   */
  recover(): boolean {
    return this.#reentry.recover();
  }

  /** For a `Condition`. */
  [pauseSymbol](): Pause {
    const reentry = this.#reentry;
    if (!reentry.isOwn) throw reentry.notHeld();
    return { mutex: reentry, begin: () => reentry.pause() };
  }

  /** For the wait-for graph. */
  [watchSymbol](): Watch {
    return this.#reentry.watch();
  }

  [inspect.custom](): string {
    return `RLock { ${this.name}: ${this.holder === undefined ? 'free' : `held by ${this.holder}`} }`;
  }

  /** Takes it, for the first time or again, if that needs no waiting. */
  #enter(scope: Scope | undefined, turn: object | undefined, inside: Scope | undefined): Guard | undefined {
    const reentry = this.#reentry;
    if (reentry.isHeldHere) return reentry.enterAgain(scope, turn, inside);
    return reentry.take() ? reentry.enterFirst(scope, turn, inside) : undefined;
  }

  #withGuard<R>(fn: () => R, options: BlockOptions | undefined): R {
    const guard = this.acquireSync(options);
    let result: R;
    try {
      result = notAsync(fn(), 'withSync', 'with');
      guard.release();
    } catch (error) {
      throw failedWith(guard, error);
    }
    return result;
  }

  #block(options: BlockOptions | undefined): Guard {
    this.#reentry.block(options);
    return this.#reentry.enterFirst(scopeHere(), turnHere(), undefined);
  }

  async #acquireIn(
    scope: Scope | undefined,
    inside: Scope | undefined,
    options: WaitOptions | undefined,
  ): Promise<Guard> {
    if (options !== undefined) checkOptions(options);
    const guard = options?.signal?.aborted === true ? undefined : this.#enter(scope, undefined, inside);
    return guard ?? this.#reentry.wait(options, () => this.#reentry.enterFirst(scope, undefined, inside));
  }
}

travelsByReference<RLock, MutexData>('RLock', RLock, import.meta.url, {
  memoryOf: (lock) => reentryOf(lock).memory,
  make: (memory) => new RLock(...([{}, memory] as never[])),
  sharedOf: (lock) => sharedMortal(reentryOf(lock)),
});
