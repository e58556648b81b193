import type { WaitOptions } from '../channels/ends.ts';
import { awaitMortal } from './deaths.ts';
import type { Guard } from './hold.ts';
import { runIn, Scope, scopeHere } from './owner.ts';
import type { Core } from './read-write-core.ts';
import { Row, type Spot } from './row.ts';
import { type BlockOptions, checkOptions, mustNotBlock, noBlock, notAsync, Sleep } from './sleep.ts';

/** One hold, which ends once. */
abstract class SideHold implements Guard {
  protected readonly core: Core;
  #isOver = false;

  static {
    // Not a method: the declarations must be readable by a TypeScript that does not know the symbol.
    Object.defineProperty(SideHold.prototype, Symbol.dispose, {
      value(this: SideHold): void {
        if (!this.#isOver) this.release();
      },
    });
  }

  constructor(core: Core) {
    this.core = core;
  }

  release(): void {
    if (this.#isOver) {
      throw new Error(`this hold of ${this.core.name} was released before, and a hold is released once`);
    }
    this.#isOver = true;
    this.end();
  }

  protected abstract end(): void;
}

/** One that writes. */
export class WriteHold extends SideHold {
  protected override end(): void {
    this.core.stopWriting();
  }
}

/** One that reads. */
export class ReadHold extends SideHold {
  readonly #scope: Scope | undefined;
  readonly #all: Reads;

  constructor(core: Core, scope: Scope | undefined, all: Reads) {
    super(core);
    this.#scope = scope;
    this.#all = all;
    all.begin(scope);
  }

  protected override end(): void {
    this.#all.end(this.#scope);
    this.core.stopReading();
  }
}

/**
 * The reads that this thread has open: how many in which scope. Those of one scope are a plain count, so that one that
 * reads again and again stores no pointer; a list of all holds took 5 of 75 ns more.
 */
export class Reads {
  #scope: Scope | undefined = undefined;
  #count = 0;
  /** Those of other scopes. */
  readonly #others = new Map<Scope | undefined, number>();

  begin(scope: Scope | undefined): void {
    if (this.#scope !== scope && this.#count === 0) this.#scope = scope;
    if (this.#scope === scope) this.#count += 1;
    else this.#others.set(scope, (this.#others.get(scope) ?? 0) + 1);
  }

  end(scope: Scope | undefined): void {
    if (this.#scope === scope && this.#count > 0) this.#count -= 1;
    else this.#endOther(scope);
  }

  /** Whether code of that scope runs inside of a read of this thread. */
  around(scope: Scope | undefined): boolean {
    if (scope === undefined || (this.#count === 0 && this.#others.size === 0)) return false;
    if (this.#count > 0 && scope.isWithin(this.#scope)) return true;
    return [...this.#others.keys()].some((other) => scope.isWithin(other));
  }

  /** In which scopes there are any. */
  get scopes(): (Scope | undefined)[] {
    return [...(this.#count > 0 ? [this.#scope] : []), ...this.#others.keys()];
  }

  #endOther(scope: Scope | undefined): void {
    const left = this.#others.get(scope)! - 1;
    if (left > 0) this.#others.set(scope, left);
    else this.#others.delete(scope);
  }
}

/** How each side takes the lock. */
export interface Ways {
  /** `read`, `write`. */
  readonly what: 'read' | 'write';
  tryIt(scope: Scope | undefined): boolean;
  steps(scope: Scope | undefined): Generator<Spot, void>;
  /** Why a wait that blocks this thread would never end, if so. */
  stuck(): string | undefined;
  taken(scope: Scope | undefined): Guard;
}

/** One side of a ReadWriteLock: what is held is released by the guard, or at the end of `with`. */
export class ReadWriteSide {
  readonly #core: Core;
  readonly #ways: Ways;
  readonly #row = new Row();

  constructor(core: unknown, ways: unknown) {
    this.#core = core as Core;
    this.#ways = ways as Ways;
  }

  /**
   * Takes this side, and waits until it can.
   *
   * @returns the guard whose `release()` gives it back
   * @throws TimeoutError, CancelledError, LockOwnerDied
   */
  async acquire(options?: WaitOptions): Promise<Guard> {
    return this.#acquireIn(scopeHere(), scopeHere(), options);
  }

  /** Like `acquire`, but blocks: in worker threads. @throws Error at once when the wait would never end */
  acquireSync(options?: BlockOptions): Guard {
    const { what } = this.#ways;
    if (mustNotBlock) throw noBlock(`${what}.acquireSync`, `await lock.${what}.acquire(…)`);
    if (options !== undefined) checkOptions(options);
    const scope = scopeHere();
    if (this.#ways.tryIt(scope)) return this.#hold(scope);
    const stuck = this.#ways.stuck();
    if (stuck !== undefined) {
      throw new Error(
        `${this.#core.name}: ${stuck}, so that a wait that blocks it would never end; release that first`,
      );
    }
    const sleep = this.#sleep(options);
    for (const { index, seen } of this.#ways.steps(scope)) sleep.block(this.#core.words, index, seen);
    return this.#hold(scope);
  }

  /** Takes this side if that needs no wait. @throws LockOwnerDied */
  tryAcquire(): Guard | undefined {
    const scope = scopeHere();
    return this.#ways.tryIt(scope) ? this.#hold(scope) : undefined;
  }

  /**
   * Runs a function while holding this side, which is released in every case.
   *
   * @returns what the function returns
   */
  async with<R>(fn: () => R | PromiseLike<R>, options?: WaitOptions): Promise<R> {
    const outer = scopeHere();
    const scope = new Scope(outer);
    const guard = await this.#acquireIn(outer, scope, options);
    try {
      return await runIn(scope, fn);
    } finally {
      guard.release();
    }
  }

  /** Like `with`, but blocks, in worker threads, and for functions that are not async. */
  withSync<R>(fn: () => R, options?: BlockOptions): R {
    const guard = this.acquireSync(options);
    try {
      return notAsync(fn(), `${this.#ways.what}.withSync`, 'with');
    } finally {
      guard.release();
    }
  }

  /** @param from who asks @param to who is to have it */
  async #acquireIn(from: Scope | undefined, to: Scope | undefined, options: WaitOptions = {}): Promise<Guard> {
    const sleep = this.#sleep(options);
    if (!this.#ways.tryIt(from)) {
      const over = awaitMortal(this.#core);
      try {
        await this.#row.sleepThrough(this.#ways.steps(from), this.#core.words, sleep);
      } finally {
        over();
      }
    }
    return this.#hold(to);
  }

  #sleep(options?: WaitOptions): Sleep {
    const core = this.#core;
    const { what } = this.#ways;
    return new Sleep(() => {
      const busy = core.busy(what);
      return `${core.name}${busy === undefined ? '' : ` (${busy})`} was not free to ${what}`;
    }, options);
  }

  #hold(scope: Scope | undefined): Guard {
    return this.#ways.taken(scope);
  }
}
