import { inspect } from 'node:util';
import type { WaitOptions } from '../channels/ends.ts';
import type { Shared } from '../workers/holders.ts';
import { nextNumber } from '../workers/lives.ts';
import { knowMortal, type Mortal, sharedMortal } from './deaths.ts';
import { Permits, permitWords } from './permits.ts';
import { Row, type Spot } from './row.ts';
import { type BlockOptions, mayBlock, notAsync, Sleep } from './sleep.ts';
import { tellWaiting } from './told.ts';
import { type Memory, type Naming, nameOf, travelsByReference } from './travel.ts';
import { Waiters, type Watch, waiterWords, watchSymbol } from './waiters.ts';

interface Making {
  readonly name: string;
  readonly permits: number;
}

let memoryOf: (semaphore: Semaphore) => Memory<Making>;
let sharedOf: (semaphore: Semaphore) => Shared;

/** Permits that are free. */
const free = 0;
/** How many sleep: those whose thread sleeps with them, and, times 1024, those that are awaited. */
const sleepers = 1;
const awaited = 1 << 10;
/** Lost permits of which somebody was told. */
const told = 2;
const waitersFrom = 3;
const permitsFrom = waitersFrom + waiterWords;

/**
 * As many permits as were given: who takes one goes on, and where there is none one waits. It limits how many do the
 * same at a time, or counts what is there (then others release than acquire).
 *
 * A permit has no owner: whoever likes may release. When a thread ends that took permits and gave none back, they are
 * lost: `lost` says how many, the thread that gave it the semaphore prints a warning when it died, and `recover()`
 * brings them back.
 *
 * @example
 * const atOnce = new Semaphore(3);
 * const load = (page: string, limit: Semaphore) => limit.with(() => fetch(page));
 */
export class Semaphore {
  /** What errors and pictures call it. */
  readonly name: string;
  /** How many permits there were at first. */
  readonly permits: number;
  readonly #memory: Memory<Making>;
  readonly #words: Int32Array;
  readonly #waiters: Waiters;
  readonly #taken: Permits;
  readonly #row = new Row();
  readonly #mortal: Mortal = {
    threadEnded: () => {
      this.#waiters.clear();
      // It may have been woken for a permit that it could not take any more.
      Atomics.notify(this.#words, free);
      if (this.#cut !== undefined) this.#report(this.#cut);
      this.#cut = undefined;
    },
  };
  /** What became of a task that was ended, as long as its thread may not have: only then are its permits lost. */
  #cut: string | undefined;
  readonly #shared: Shared = {
    give: () => {
      const leave = sharedMortal(this.#mortal).give();
      return (wrong) => {
        if (wrong !== undefined) {
          this.#cut = wrong;
          this.#report(wrong);
        }
        leave(wrong);
      };
    },
  };

  static {
    memoryOf = (semaphore) => semaphore.#memory;
    sharedOf = (semaphore) => semaphore.#shared;
  }

  /**
   * @param permits how many, from 0 on
   * @param options its `name`; `semaphore 1`, `semaphore 2` … by default
   */
  constructor(permits?: number, options?: Naming);
  constructor(permits: number | Memory<Making> = 1, options: Naming = {}) {
    if (typeof permits === 'object' && permits !== null) {
      this.#memory = permits;
    } else {
      checkCount('permits', permits, 0);
      const buffer = new SharedArrayBuffer(4 * (permitsFrom + permitWords));
      new Int32Array(buffer)[free] = permits;
      const data = { name: nameOf('semaphore', options), permits };
      this.#memory = { number: nextNumber(), buffer, data };
    }
    this.name = this.#memory.data.name;
    this.permits = this.#memory.data.permits;
    this.#words = new Int32Array(this.#memory.buffer);
    this.#waiters = new Waiters(this.#words, waitersFrom);
    this.#taken = new Permits(this.#words, permitsFrom);
    knowMortal(this.#mortal);
  }

  /** Permits that are free now; others may change that at any moment. */
  get value(): number {
    return Atomics.load(this.#words, free);
  }

  /** Permits that threads had which ended, as far as nobody else has released for them. */
  get lost(): number {
    return this.#missing(this.#taken.dead);
  }

  /**
   * Takes a permit, and waits for one while there is none.
   *
   * @throws TimeoutError, CancelledError
   * @example
   * await limit.acquire({ timeout: 500 });
   */
  async acquire(options?: WaitOptions): Promise<void> {
    if (options === undefined && this.tryAcquire()) return;
    const sleep = new Sleep(`${this.name} had no permit`, options);
    if (this.tryAcquire()) return;
    await this.#row.sleepThrough(this.#stay(awaited), this.#words, sleep);
  }

  /** Like `acquire`, but blocks: in worker threads. `timeout` in ms. */
  acquireSync(options?: BlockOptions): void {
    mayBlock('semaphore.acquireSync', 'await semaphore.acquire(…)');
    if (options === undefined && this.tryAcquire()) return;
    const sleep = new Sleep(`${this.name} had no permit`, options);
    if (this.tryAcquire()) return;
    for (const { index, seen } of this.#stay(1)) sleep.block(this.#words, index, seen);
  }

  /** Takes a permit in the end; one sleeps each time it yields. @param how what to count among the sleepers */
  *#stay(how: number): Generator<Spot, void> {
    Atomics.add(this.#words, sleepers, how);
    const slot = this.#waiters.enter();
    const waited = tellWaiting(this.name);
    try {
      while (!this.tryAcquire()) yield { index: free, seen: 0, isShared: true };
      waited(true);
    } finally {
      this.#waiters.leave(slot);
      Atomics.sub(this.#words, sleepers, how);
      waited(false);
    }
  }

  /** Takes a permit if there is one. @returns whether it did */
  tryAcquire(): boolean {
    const words = this.#words;
    const { own } = this.#taken;
    for (;;) {
      const seen = Atomics.load(words, free);
      if (seen === 0) return false;
      if (Atomics.compareExchange(words, free, seen, seen - 1) !== seen) continue;
      words[own]! += 1;
      return true;
    }
  }

  /**
   * Gives permits back, or adds new ones.
   *
   * @param count how many
   * @throws RangeError from a BoundedSemaphore that would have more than at first
   */
  release(count = 1): void {
    if (count !== 1) checkCount('count', count, 1);
    this.#give(count, this.#taken.own);
  }

  /** Runs `fn` with a permit, which is given back in every case. @returns what `fn` gives */
  async with<R>(fn: () => R | PromiseLike<R>, options?: WaitOptions): Promise<R> {
    await this.acquire(options);
    try {
      return await fn();
    } finally {
      this.release();
    }
  }

  /** Like `with`, but blocks while there is no permit: in worker threads. @param fn not async */
  withSync<R>(fn: () => R, options?: BlockOptions): R {
    this.acquireSync(options);
    try {
      return notAsync(fn(), 'semaphore.withSync', 'with');
    } finally {
      this.release();
    }
  }

  /** Makes lost permits free again. @returns how many */
  recover(): number {
    const lost = this.#missing(this.#taken.forgetDead());
    Atomics.store(this.#words, told, 0);
    if (lost > 0) this.#give(lost);
    return lost;
  }

  /** How many of those that the dead had nobody else has released. */
  #missing(dead: number): number {
    return Math.max(0, Math.min(dead, this.permits - this.value));
  }

  /** @param own where this thread counts, if the permits are its own */
  #give(count: number, own?: number): void {
    const words = this.#words;
    const most = this instanceof BoundedSemaphore ? this.permits : mostPermits;
    for (;;) {
      const seen = Atomics.load(words, free);
      if (seen + count > most) {
        const how = `over its bound of ${most}; release only what was acquired`;
        throw new RangeError(`${this.name} would have ${seen + count} free permits, ${how}`);
      }
      if (Atomics.compareExchange(words, free, seen, seen + count) !== seen) continue;
      if (own !== undefined) words[own]! -= count;
      break;
    }
    const sleeping = Atomics.load(words, sleepers);
    if (sleeping === 0) return;
    // One that is awaited may be of a thread that is busy or asleep over something else: then another must go on.
    Atomics.notify(words, free, sleeping >= awaited ? Number.POSITIVE_INFINITY : count);
  }

  /** One that was given the semaphore has died. */
  #report(who: string): void {
    const { lost } = this;
    const more = lost - Atomics.load(this.#words, told);
    if (more <= 0) return;
    Atomics.store(this.#words, told, lost);
    const what = more === 1 ? 'a permit of it is lost' : `${more} permits of it are lost`;
    console.warn(`${this.name}: ${who}, and ${what}; recover() brings back what is lost`);
  }

  [watchSymbol](): Watch {
    const { number } = this.#memory;
    return { name: this.name, number, holders: [], waiters: this.#waiters.list() };
  }

  [inspect.custom](): string {
    const of = this instanceof BoundedSemaphore ? `/${this.permits}` : '';
    return `${this.constructor.name} { name: ${inspect(this.name)}, value: ${this.value}${of} }`;
  }
}

/**
 * A semaphore that never has more free permits than it had at first: a `release` without an `acquire` is an error.
 *
 * @example
 * const places = new BoundedSemaphore(2);
 */
export class BoundedSemaphore extends Semaphore {}

const mostPermits = 2 ** 31 - 1;

function checkCount(what: string, count: number, least: number): void {
  if (Number.isInteger(count) && count >= least && count <= mostPermits) return;
  throw new RangeError(`${what} is a whole number from ${least} on, not ${String(count)}`);
}

for (const cls of [Semaphore, BoundedSemaphore]) {
  travelsByReference<Semaphore, Making>(cls.name, cls, import.meta.url, {
    memoryOf: (semaphore) => memoryOf(semaphore),
    make: (memory) => new cls(memory as never),
    sharedOf: (semaphore) => sharedOf(semaphore),
  });
}
