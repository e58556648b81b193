import type { LoopWait } from './loop-task.ts';

/** Ms that a timer of Node can take at most. */
const longest = 2 ** 31 - 1;

/** Something to be called at a time, in ms of `performance.now()`. */
export interface Timer {
  readonly at: number;
  readonly ring: () => void;
  /** Where it lies in the heap; -1 when it lies there no more. */
  place: number;
  /** Of two for the same time, the one added first rings first. */
  readonly added: number;
}

/**
 * Timers, the next one first: a binary heap, in which no timer lies above one that rings before it. Adding and removing
 * one of n takes log₂ n steps.
 */
export class Timers {
  /** Below place p lie the places 2p + 1 and 2p + 2. Every timer knows its place. */
  readonly #heap: Timer[] = [];
  #added = 0;

  /** Ms until the next one rings, as Node's timers take them; undefined when there is none. */
  untilNext(): number | undefined {
    const next = this.#heap[0];
    return next && Math.min(Math.max(next.at - performance.now(), 0), longest);
  }

  /** Rings all that are due, in the order of their times. */
  ringDue(): void {
    for (let next = this.#heap[0]; next && next.at <= performance.now(); next = this.#heap[0]) {
      this.remove(next);
      next.ring();
    }
  }

  /** What a task yields to wait so many ms. */
  after(ms: number): LoopWait {
    if (!(ms >= 0)) throw new RangeError(`A time to wait is a number of ms from 0 on, not ${String(ms)}.`);
    return (resolve) => {
      const timer = this.add(performance.now() + ms, () => resolve(undefined));
      return () => this.remove(timer);
    };
  }

  add(at: number, ring: () => void): Timer {
    this.#added += 1;
    const timer = { at, ring, place: this.#heap.length, added: this.#added };
    this.#heap.push(timer);
    this.#rise(timer);
    return timer;
  }

  /** Takes a timer away, wherever it lies; one that is there no more changes nothing. */
  remove(timer: Timer): void {
    if (timer.place < 0) return;
    const last = this.#heap.pop()!;
    if (last !== timer) {
      this.#put(last, timer.place);
      this.#rise(last);
      this.#sink(last);
    }
    timer.place = -1;
  }

  #rise(timer: Timer): void {
    while (timer.place > 0) {
      const above = this.#heap[(timer.place - 1) >> 1]!;
      if (!isBefore(timer, above)) return;
      this.#swap(above, timer);
    }
  }

  #sink(timer: Timer): void {
    for (;;) {
      const left = this.#heap[2 * timer.place + 1];
      const right = this.#heap[2 * timer.place + 2];
      const next = left && right && isBefore(right, left) ? right : left;
      if (!next || !isBefore(next, timer)) return;
      this.#swap(timer, next);
    }
  }

  #swap(above: Timer, below: Timer): void {
    const { place } = above;
    this.#put(above, below.place);
    this.#put(below, place);
  }

  #put(timer: Timer, place: number): void {
    timer.place = place;
    this.#heap[place] = timer;
  }
}

function isBefore(one: Timer, other: Timer): boolean {
  return one.at < other.at || (one.at === other.at && one.added < other.added);
}
