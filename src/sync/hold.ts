import type { Mutex } from './mutex.ts';
import type { Scope } from './owner.ts';

/** What `acquire` of a lock gave: the one thing that releases exactly that hold. */
export interface Guard {
  /**
   * Releases what was acquired with it.
   *
   * @throws Error when that was released before, whoever holds the lock now
   */
  release(): void;
}

/** One time that this thread took a lock, until it is released. These objects are used again and again. */
export class Hold {
  /** Above 0 while it lasts, and different for each time; 0 when it is over. */
  serial = 0;
  /** Where it was taken; undefined outside of scopes. */
  scope: Scope | undefined = undefined;

  begin(serial: number, scope: Scope | undefined): void {
    this.serial = serial;
    // To store a pointer costs more than to see that it is there.
    if (this.scope !== scope) this.scope = scope;
  }
}

/**
 * The guard of the hold that is the mutex' own. A new one is made each time, 3 of the 22 ns of a lock and its release:
 * one that was used again would release the hold of another when it is released twice. V8 cannot save the object, as
 * `this` of a method in which anything can be called or deoptimized is made in every case.
 */
export class MutexGuard implements Guard {
  readonly #mutex: Mutex;
  readonly #serial: number;

  constructor(mutex: Mutex, serial: number) {
    this.#mutex = mutex;
    this.#serial = serial;
  }

  release(): void {
    this.#mutex.release(this.#serial);
  }

  /** A hold that waits on a condition meanwhile is not taken up again. */
  [Symbol.dispose](): void {
    if (this.#mutex.serial === this.#serial) this.release();
    else this.#mutex.paused.delete(this.#serial);
  }
}
