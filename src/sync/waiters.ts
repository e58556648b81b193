import { hasEnded, threadHere } from '../workers/lives.ts';
import { type Scope, scopeHere } from './owner.ts';

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
  /** In which scope this thread's own waits were begun, by slot: the words know threads only. */
  readonly #scopes = new Map<number, Scope | undefined>();

  /** @param from the first of `waiterWords` words */
  constructor(words: Int32Array, from: number) {
    this.#words = words;
    this.#from = from;
  }

  /** This thread is about to sleep. @returns what `leave` must be given */
  enter(): number {
    const end = this.#from + waiterWords;
    // Asked before: a thread is never ended between its entry and the count that some keep beside it.
    const scope = scopeHere();
    for (let index = this.#from; index < end; index += 1) {
      if (Atomics.compareExchange(this.#words, index, 0, threadHere) === 0) {
        this.#scopes.set(index, scope);
        return index;
      }
    }
    return -1;
  }

  leave(slot: number): void {
    if (slot < 0) return;
    Atomics.store(this.#words, slot, 0);
    this.#scopes.delete(slot);
  }

  /** The threads that wait, one number per wait. */
  list(): number[] {
    return [...this.#words.subarray(this.#from, this.#from + waiterWords)].filter((thread) => thread !== 0);
  }

  /** The scopes in which this thread's own waits were begun. */
  scopes(): (Scope | undefined)[] {
    return [...this.#scopes.values()];
  }

  /** Removes those that have ended. @returns how many */
  clear(): number {
    let cleared = 0;
    for (let index = this.#from; index < this.#from + waiterWords; index += 1) {
      const thread = Atomics.load(this.#words, index);
      if (thread !== 0 && hasEnded(thread) && Atomics.compareExchange(this.#words, index, thread, 0) === thread) {
        cleared += 1;
      }
    }
    return cleared;
  }
}

/** What the words of a primitive say about it now, for the wait-for graph. */
export interface Watch {
  readonly name: string;
  /** The same for the objects that threads have of one primitive, and for no other primitive. */
  readonly number: number;
  /** Threads that hold it, by `threadHere`; see `threadName`. None where holding has no owner. */
  readonly holders: readonly number[];
  /** Threads that wait for it, one number per wait. */
  readonly waiters: readonly number[];
  /** Which tasks of this very thread those are, where it has a part: the words know threads only. */
  readonly here?: {
    readonly holder?: Scope | undefined;
    /** Where several can hold it: one for each of the holders that are this thread, in their order. */
    readonly holders?: readonly (Scope | undefined)[];
    readonly waiters: readonly (Scope | undefined)[];
  };
}

/** The method of a primitive that gives its `Watch`. */
export const watchSymbol: unique symbol = Symbol('interleaved.watch');

/** A primitive that a wait-for graph can be drawn of. */
export interface Watched {
  [watchSymbol](): Watch;
}
