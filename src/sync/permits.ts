import { hasEnded, threadHere } from '../workers/lives.ts';

/** Threads whose permits are counted at the same time; others may take permits too, but nobody knows who has them. */
const lines = 32;
const perLine = 2;
/** How many words that takes. */
export const permitWords = lines * perLine;

/**
 * Who has how many permits, in words that only that thread writes: taken less given back. Below 0 for one that gives
 * back what others took. Nothing is decided by them: they tell how many permits died with a thread.
 */
export class Permits {
  readonly #words: Int32Array;
  readonly #from: number;
  /** Where this thread counts its own; -1 before it took any. */
  #own = -1;
  /** Where it counts when all lines are taken. */
  #spare = false;

  constructor(words: Int32Array, from: number) {
    this.#words = words;
    this.#from = from;
  }

  /** This thread took as many, or gave them back. */
  add(count: number): void {
    if (this.#own < 0) this.#claim();
    if (this.#own >= 0) this.#words[this.#own]! += count;
  }

  /** How many the threads have that have ended. */
  get dead(): number {
    let dead = 0;
    for (const line of this.#deadLines()) dead += Math.max(0, this.#words[line + 1]!);
    return dead;
  }

  /** Whoever has ended has none any more. */
  forgetDead(): void {
    for (const line of this.#deadLines()) this.#words[line + 1] = 0;
  }

  *#deadLines(): Generator<number> {
    for (let line = this.#from; line < this.#from + permitWords; line += perLine) {
      const thread = Atomics.load(this.#words, line);
      if (thread !== 0 && hasEnded(thread)) yield line;
    }
  }

  /** A line of its own for this thread: the one it has, a free one, or that of one that ended and had none. */
  #claim(): void {
    if (this.#spare) return;
    const words = this.#words;
    const end = this.#from + permitWords;
    for (let line = this.#from; line < end; line += perLine) {
      if (Atomics.load(words, line) === threadHere) this.#own = line + 1;
    }
    for (let line = this.#from; line < end && this.#own < 0; line += perLine) {
      const thread = Atomics.load(words, line);
      if (thread !== 0 && !(words[line + 1]! <= 0 && hasEnded(thread))) continue;
      if (Atomics.compareExchange(words, line, thread, threadHere) !== thread) continue;
      words[line + 1] = 0;
      this.#own = line + 1;
    }
    this.#spare = this.#own < 0;
  }
}
