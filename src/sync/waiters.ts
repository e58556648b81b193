import { threadHere } from '../workers/lives.ts';

/** Waiters of one primitive that can be known at the same time; more wait as well, unknown. */
export const waiterWords = 32;

/**
 * Who waits for a primitive, in words of its own: each the number of a thread, 0 for nobody. A thread enters before it
 * sleeps and leaves in a `finally`; one that died asleep is cleared by the notice of its death. The words alone say who
 * waits, as a thread that is stuck can tell nobody.
 */
export class Waiters {
  readonly #words: Int32Array;
  readonly #from: number;

  /** @param from the first of `waiterWords` words */
  constructor(words: Int32Array, from: number) {
    this.#words = words;
    this.#from = from;
  }

  /** This thread is about to sleep. @returns what `leave` must be given */
  enter(): number {
    const end = this.#from + waiterWords;
    for (let index = this.#from; index < end; index += 1) {
      if (Atomics.compareExchange(this.#words, index, 0, threadHere) === 0) return index;
    }
    return -1;
  }

  leave(slot: number): void {
    if (slot >= 0) Atomics.store(this.#words, slot, 0);
  }

  /** The threads that wait, one number per wait. */
  list(): number[] {
    return [...this.#words.subarray(this.#from, this.#from + waiterWords)].filter((thread) => thread !== 0);
  }

  /** Removes those for whom `isOver` holds. @returns how many */
  clear(isOver: (thread: number) => boolean): number {
    let cleared = 0;
    for (let index = this.#from; index < this.#from + waiterWords; index += 1) {
      const thread = Atomics.load(this.#words, index);
      if (thread !== 0 && isOver(thread) && Atomics.compareExchange(this.#words, index, thread, 0) === thread) {
        cleared += 1;
      }
    }
    return cleared;
  }
}

/** What the words of a primitive say about it now, for the wait-for graph. */
export interface Watch {
  /** `Lock`, `Semaphore`. */
  readonly kind: string;
  readonly name: string;
  /** The same for the objects that threads have of one primitive, and for no other primitive. */
  readonly number: number;
  /** Threads that hold it, by `threadHere`; see `threadName`. None where holding has no owner. */
  readonly holders: readonly number[];
  /** Threads that wait for it, one number per wait. */
  readonly waiters: readonly number[];
}

/** The method of a primitive that gives its `Watch`. */
export const watchSymbol: unique symbol = Symbol('interleaved.watch');
