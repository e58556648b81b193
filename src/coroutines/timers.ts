import { Heap } from '../workers/heap.ts';
import type { LoopWait } from './loop-task.ts';

/** Ms that a timer of Node can take at most. */
const longest = 2 ** 31 - 1;

/** Something to be called at a time, in ms of `performance.now()`. */
interface Timer {
  readonly at: number;
  readonly ring: () => void;
  /** Where it lies in the heap; -1 when it lies there no more. */
  place: number;
  /** Of two for the same time, the one added first rings first. */
  readonly added: number;
}

/** Timers, the next one first. Adding and removing one of n takes log₂ n steps. */
export class Timers {
  /** Every timer knows its place. */
  readonly #heap = new Heap<Timer>(isBefore, (timer, place) => {
    timer.place = place;
  });
  #added = 0;

  /** Ms until the next one rings, as Node's timers take them; undefined when there is none. */
  untilNext(): number | undefined {
    const next = this.#heap.first;
    return next && Math.min(Math.max(next.at - performance.now(), 0), longest);
  }

  /** Rings all that are due, in the order of their times. */
  ringDue(): void {
    for (let next = this.#heap.first; next && next.at <= performance.now(); next = this.#heap.first) {
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
    const timer = { at, ring, place: -1, added: this.#added };
    this.#heap.add(timer);
    return timer;
  }

  /** Takes a timer away, wherever it lies; one that is there no more changes nothing. */
  remove(timer: Timer): void {
    if (timer.place >= 0) this.#heap.take(timer.place);
  }
}

function isBefore(one: Timer, other: Timer): boolean {
  return one.at < other.at || (one.at === other.at && one.added < other.added);
}
