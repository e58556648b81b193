import { hasEnded, threadHere } from '../workers/lives.ts';

/** Threads whose permits are counted at the same time; others may take permits too, but nobody knows who has them. */
const lines = 32;
const perLine = 2;
/** In place of a thread's number, while the line of one that has ended is cleared. */
const nobody = -1;
/** How many words that takes: the last is for all who have no line. */
export const permitWords = lines * perLine + 1;

/**
 * Who has how many permits, in words that only that thread writes: taken less given back. Below 0 for one that gives
 * back what others took. Nothing is decided by them: they tell how many permits died with a thread.
 */
export class Permits {
  readonly #words: Int32Array;
  readonly #from: number;
  #own = -1;

  constructor(words: Int32Array, from: number) {
    this.#words = words;
    this.#from = from;
  }

  /**
   * The word in which this thread counts. It does so in the step after the one that takes or gives back a permit: a
   * thread is never ended between the two where no function is called and no loop goes round.
   */
  get own(): number {
    if (this.#own < 0) this.#own = this.#claim();
    return this.#own;
  }

  /** How many the threads have that have ended. */
  get dead(): number {
    let dead = 0;
    for (const [line] of this.#deadLines()) dead += Math.max(0, this.#words[line + 1]!);
    return dead;
  }

  /** Whoever has ended has none any more. @returns how many those had; of two that ask at a time, one is told of each */
  forgetDead(): number {
    const words = this.#words;
    let dead = 0;
    for (const [line, thread] of this.#deadLines()) {
      // Nobody's for the moment: once it is cleared by another, it may count for one that lives.
      if (Atomics.compareExchange(words, line, thread, nobody) !== thread) continue;
      dead += Math.max(0, Atomics.exchange(words, line + 1, 0));
      Atomics.store(words, line, 0);
    }
    return dead;
  }

  *#deadLines(): Generator<readonly [line: number, thread: number]> {
    for (let line = this.#from; line < this.#from + lines * perLine; line += perLine) {
      const thread = Atomics.load(this.#words, line);
      if (thread !== 0 && hasEnded(thread)) yield [line, thread];
    }
  }

  /** A line of its own for this thread: the one it has, a free one, or that of one that ended and had none. */
  #claim(): number {
    const words = this.#words;
    const end = this.#from + lines * perLine;
    for (let line = this.#from; line < end; line += perLine) {
      if (Atomics.load(words, line) === threadHere) return line + 1;
    }
    for (let line = this.#from; line < end; line += perLine) {
      const thread = Atomics.load(words, line);
      if (thread !== 0 && !(words[line + 1]! <= 0 && hasEnded(thread))) continue;
      if (Atomics.compareExchange(words, line, thread, threadHere) !== thread) continue;
      words[line + 1] = 0;
      return line + 1;
    }
    return end;
  }
}
