import { inspect } from 'node:util';
import type { WaitOptions } from '../channels/ends.ts';
import { nextNumber } from '../workers/lives.ts';
import { knowMortal, type Mortal, sharedMortal } from './deaths.ts';
import { type BlockOptions, mayBlock, Sleep } from './sleep.ts';
import { tellWaiting } from './told.ts';
import { type Memory, type Naming, nameOf, travelsByReference } from './travel.ts';
import { Waiters, type Watch, waiterWords, watchSymbol } from './waiters.ts';

let memoryOf: (event: Event) => Memory<string>;
let mortalOf: (event: Event) => Mortal;

/** The lowest bit says whether it is set, the others count how often it was: a set between two looks is not missed. */
const isSetBit = 1;

/**
 * A flag that threads wait for: one sets it, and all who wait go on. It has no owner: anybody may set and clear it.
 *
 * @example
 * const ready = new Event();
 * const thread = new Thread((when: Event) => when.waitSync(), ready);
 * thread.start();
 * ready.set();
 */
export class Event {
  /** What errors and pictures call it. */
  readonly name: string;
  readonly #memory: Memory<string>;
  /** The flag, then the waiters. */
  readonly #words: Int32Array;
  readonly #waiters: Waiters;
  readonly #mortal: Mortal = { threadEnded: () => void this.#waiters.clear() };

  static {
    memoryOf = (event) => event.#memory;
    mortalOf = (event) => event.#mortal;
  }

  /** @param options its `name`; `event 1`, `event 2` … by default */
  constructor(options?: Naming);
  constructor(options: Naming | Memory<string> = {}) {
    this.#memory =
      'buffer' in options
        ? options
        : {
            number: nextNumber(),
            buffer: new SharedArrayBuffer(4 * (1 + waiterWords)),
            data: nameOf('event', options),
          };
    this.name = this.#memory.data;
    this.#words = new Int32Array(this.#memory.buffer);
    this.#waiters = new Waiters(this.#words, 1);
    knowMortal(this.#mortal);
  }

  /** Whether it is set now; others may change that at any moment. */
  get isSet(): boolean {
    return (Atomics.load(this.#words, 0) & isSetBit) !== 0;
  }

  /** Sets it: all who wait go on, and whoever waits from now on does not. */
  set(): void {
    for (;;) {
      const seen = Atomics.load(this.#words, 0);
      if ((seen & isSetBit) !== 0) return;
      // From 2n to 2(n + 1) + 1: set, once more than before.
      if (Atomics.compareExchange(this.#words, 0, seen, (seen + 3) | 0) === seen) break;
    }
    Atomics.notify(this.#words, 0);
  }

  /** Whoever waits from now on waits for the next `set`; those whom the last one freed go on all the same. */
  clear(): void {
    Atomics.and(this.#words, 0, ~isSetBit);
  }

  /**
   * Waits until it is set, and not at all if it is.
   *
   * @throws TimeoutError, CancelledError
   * @example
   * await ready.wait({ timeout: 500 });
   */
  async wait(options?: WaitOptions): Promise<void> {
    const sleep = new Sleep(`${this.name} was not set`, options);
    for (const seen of this.#stay()) await sleep.pause(this.#words, 0, seen);
  }

  /** Like `wait`, but blocks: in worker threads. `timeout` in ms. */
  waitSync(options?: BlockOptions): void {
    mayBlock('event.waitSync', 'await event.wait(…)');
    const sleep = new Sleep(`${this.name} was not set`, options);
    for (const seen of this.#stay()) sleep.block(this.#words, 0, seen);
  }

  /** Until it was set; gives the word to sleep on. */
  *#stay(): Generator<number, void> {
    const first = Atomics.load(this.#words, 0);
    if (!this.#isUnchanged(first)) return;
    const slot = this.#waiters.enter();
    const waited = tellWaiting(this.name);
    try {
      while (this.#isUnchanged(first)) yield first;
      waited(true);
    } finally {
      this.#waiters.leave(slot);
      waited(false);
    }
  }

  /** True while the word is what it was when it said that the event is not set. */
  #isUnchanged(first: number): boolean {
    return (first & isSetBit) === 0 && Atomics.load(this.#words, 0) === first;
  }

  [watchSymbol](): Watch {
    const { number } = this.#memory;
    return { name: this.name, number, holders: [], waiters: this.#waiters.list() };
  }

  [inspect.custom](): string {
    return `Event { name: ${inspect(this.name)}, isSet: ${this.isSet} }`;
  }
}

travelsByReference<Event, string>('Event', Event, import.meta.url, {
  memoryOf: (event) => memoryOf(event),
  make: (memory) => new Event(memory as never),
  sharedOf: (event) => sharedMortal(mortalOf(event)),
});
