import { hasEnded, threadHere } from '../workers/lives.ts';

/** How many can wait for one condition at the same time. */
export const mostTickets = 256;
const perTicket = 3;
/** How many words they take, with two more. */
export const ticketWords = 2 + mostTickets * perTicket;

// The state of a ticket.
const unused = 0;
export const waiting = 1;
const called = 2;

/**
 * Those who wait for a condition, each with a word of its own to sleep on: so exactly those are woken that were called,
 * the longest waiting first, and one who gives up takes no call along. Tickets are drawn and called under the
 * condition's lock, and given back by whoever has them.
 */
export class Tickets {
  readonly #words: Int32Array;
  /** Counts tickets, so that they have an order. */
  readonly #count: number;
  /** Words that were ever used: nobody need look behind them. */
  readonly #used: number;
  readonly #first: number;

  constructor(words: Int32Array, from: number) {
    this.#words = words;
    this.#count = from;
    this.#used = from + 1;
    this.#first = from + 2;
  }

  /** Draws a ticket. @returns the index of the word to sleep on while it is `waiting`; -1 when there are no more */
  draw(): number {
    const words = this.#words;
    for (let number = 0; number < mostTickets; number += 1) {
      const at = this.#first + number * perTicket;
      if (Atomics.load(words, at) !== unused) continue;
      Atomics.store(words, at + 1, threadHere);
      if (Atomics.load(words, this.#used) <= number) Atomics.store(words, this.#used, number + 1);
      Atomics.store(words, at + 2, Atomics.load(words, this.#count));
      Atomics.store(words, at, waiting);
      // Last, so that one who looks for tickets outside of the lock, and finds as many drawn after it, has seen this one.
      Atomics.add(words, this.#count, 1);
      return at;
    }
    return -1;
  }

  /** Whether it was called. */
  isCalled(at: number): boolean {
    return Atomics.load(this.#words, at) === called;
  }

  /** Gives the ticket back, unless it was called. @returns whether it was not */
  giveUp(at: number): boolean {
    return Atomics.compareExchange(this.#words, at, waiting, unused) === waiting;
  }

  /** The wait is over; the ticket was called. */
  done(at: number): void {
    Atomics.store(this.#words, at, unused);
  }

  /** Calls those who have waited longest. */
  call(count: number): void {
    const words = this.#words;
    let calls = 0;
    let drawn: number;
    do {
      drawn = Atomics.load(words, this.#count);
      const all = this.#inState(waiting);
      all.sort((a, b) => (words[a + 2]! - words[b + 2]!) | 0);
      for (const at of all) {
        if (calls >= count) return;
        if (Atomics.compareExchange(words, at, waiting, called) !== waiting) continue;
        Atomics.notify(words, at);
        calls += 1;
      }
      // Outside of the lock another may have called the one who was meant, in place of one who has come since.
    } while (Atomics.load(words, this.#count) !== drawn);
  }

  /** The threads that wait. */
  list(): number[] {
    return this.#inState(waiting).map((at) => this.#words[at + 1]!);
  }

  /** Takes back the tickets of threads that have ended; a call that one of them had goes to the next. */
  clear(): void {
    const words = this.#words;
    for (const at of [...this.#inState(waiting), ...this.#inState(called)]) {
      const thread = Atomics.load(words, at + 1);
      // Whoever takes its name off has the ticket: once another has taken it back, it may be that of one who lives.
      if (!hasEnded(thread) || Atomics.compareExchange(words, at + 1, thread, 0) !== thread) continue;
      if (Atomics.exchange(words, at, unused) === called) this.call(1);
    }
  }

  #inState(state: number): number[] {
    const found: number[] = [];
    const end = this.#first + Atomics.load(this.#words, this.#used) * perTicket;
    for (let at = this.#first; at < end; at += perTicket) if (Atomics.load(this.#words, at) === state) found.push(at);
    return found;
  }
}
