import { Line, Place } from './line.ts';
import type { Sleep } from './sleep.ts';

/** A place to sleep until the word there may have changed. */
export interface Spot {
  readonly index: number;
  readonly seen: number;
  /** True when all tasks of this thread that came before and have not gone sleep for the very same. */
  readonly isShared: boolean;
}

/** One task in a row. */
class Standing extends Place {
  /** Tells it that it is the first. */
  call: () => void = () => {};
  readonly called: Promise<void>;

  constructor() {
    super();
    this.called = new Promise((resolve) => {
      this.call = resolve;
    });
  }
}

/**
 * The tasks of this thread that wait for the same word: the first sleeps on it for all, and when it goes the next one
 * looks. If each slept there itself, each wake-up would wake them all: with 4,000 tasks writing by a ReadWriteLock took
 * 16 s, and a Semaphore 1.5 s; by a row it is 20 ms and 30.
 */
export class Row {
  readonly #line = new Line<Standing>();

  /**
   * Sleeps at each spot that `steps` gives, until they end.
   *
   * @throws what `sleep` throws
   */
  async sleepThrough(steps: Iterable<Spot>, words: Int32Array, sleep: Sleep): Promise<void> {
    const place = new Standing();
    this.#line.push(place);
    try {
      for (const { index, seen, isShared } of steps) {
        if (isShared && this.#line.first !== place) await sleep.until(place.called);
        else await sleep.pause(words, index, seen);
      }
    } finally {
      this.#line.remove(place);
      this.#line.first?.call();
    }
  }
}
