import { hasEnded, threadHere } from '../workers/lives.ts';

/** Threads that have a place of their own; all others share the last place, and their deaths are not seen. */
const places = 32;
/** A place fills a line of the processor's cache, so that readers do not disturb each other. */
const perPlace = 16;
/** In place of a thread's number: the count is that of one that has ended, and about to be cleared. */
const forgotten = -1;
/** How many words that takes, with room to begin at a line. */
export const readerWords = (places + 1) * perPlace;

/**
 * How many reads each thread has open: a thread's number and its count, in a place of its own.
 */
export class Readers {
  readonly #words: Int32Array;
  readonly #from: number;
  /** This thread's place; 0 before it read. */
  #place = 0;
  /** Reads that this object has open on this thread. */
  own = 0;

  constructor(words: Int32Array, from: number) {
    this.#words = words;
    this.#from = Math.ceil(from / perPlace) * perPlace;
  }

  enter(): void {
    if (this.#place === 0) this.#place = this.#claim();
    Atomics.add(this.#words, this.#place + 1, 1);
    this.own += 1;
  }

  leave(): void {
    Atomics.sub(this.#words, this.#place + 1, 1);
    this.own -= 1;
  }

  /** Whether anybody reads. */
  get any(): boolean {
    for (let place = 0; place < places; place += 1) {
      const at = this.#from + place * perPlace;
      if (Atomics.load(this.#words, at + 1) !== 0 && Atomics.load(this.#words, at) !== forgotten) return true;
    }
    return false;
  }

  /** The threads that read. */
  list(): number[] {
    const found: number[] = [];
    for (let place = 0; place < places - 1; place += 1) {
      const at = this.#from + place * perPlace;
      const thread = Atomics.load(this.#words, at);
      if (thread !== forgotten && Atomics.load(this.#words, at + 1) > 0) found.push(thread);
    }
    return found;
  }

  /** A thread that has ended reads no more. */
  forget(ended: number): void {
    for (let place = 0; place < places - 1; place += 1) {
      const at = this.#from + place * perPlace;
      // Of two that forget it one clears the place, before any other thread can have that.
      if (Atomics.compareExchange(this.#words, at, ended, forgotten) !== ended) continue;
      Atomics.store(this.#words, at + 1, 0);
      Atomics.store(this.#words, at, 0);
    }
  }

  #claim(): number {
    const words = this.#words;
    const last = this.#from + (places - 1) * perPlace;
    for (let at = this.#from; at < last; at += perPlace) if (Atomics.load(words, at) === threadHere) return at;
    for (let at = this.#from; at < last; at += perPlace) {
      const thread = Atomics.load(words, at);
      if (thread !== 0 && !(Atomics.load(words, at + 1) === 0 && hasEnded(thread))) continue;
      if (Atomics.compareExchange(words, at, thread, threadHere) === thread) return at;
    }
    return last;
  }
}
