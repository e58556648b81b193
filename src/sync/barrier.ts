import { inspect } from 'node:util';
import type { WaitOptions } from '../channels/ends.ts';
import { registerShippable } from '../shipping/index.ts';
import type { Shared } from '../workers/holders.ts';
import { nextNumber } from '../workers/lives.ts';
import { knowMortal, type Mortal, sharedMortal } from './deaths.ts';
import { type BlockOptions, mayBlock, Sleep } from './sleep.ts';
import { tellWaiting } from './told.ts';
import { type Memory, type Naming, nameOf, travelsByReference } from './travel.ts';
import { Waiters, type Watch, waiterWords, watchSymbol } from './waiters.ts';

/** The barrier broke while one waited, or was broken before: one of its parties will not come. */
export class BrokenBarrierError extends Error {
  override readonly name: string = 'BrokenBarrierError';
}

/** What a barrier is made with. */
export interface BarrierOptions extends Naming {
  /** Ms that each wait takes at most where it says nothing else. */
  readonly timeout?: number;
}

interface Making {
  readonly name: string;
  readonly parties: number;
  readonly timeout: number | undefined;
}

let memoryOf: (barrier: Barrier) => Memory<Making>;
let sharedOf: (barrier: Barrier) => Shared;

/*
 * All that decides is in one word, so that each step is one compareExchange: how many are here (bits 0-9), whether it is
 * broken (10), how the last eight rounds ended (11-18: 1 for broken, the latest lowest) and which round this is (19-31).
 * Who waited in round 7 and wakes in round 8 or 9 finds there how its own round ended.
 */
const state = 0;
/** Why it broke last, for the error's text. */
const reason = 1;
const mostParties = 1023;
const brokenBit = 1 << 10;
const rounds = 1 << 13;
const countOf = (word: number): number => word & mostParties;
const roundOf = (word: number): number => word >>> 19;
const historyOf = (word: number): number => (word >>> 11) & 255;
/** The word once the round is over. */
const ended = (word: number, how: 'passed' | 'broken'): number => {
  const history = ((historyOf(word) << 1) | (how === 'broken' ? 1 : 0)) & 255;
  return (((roundOf(word) + 1) % rounds) << 19) | (history << 11);
};
const reasons = [
  'abort() was called',
  'a party’s time-out was over',
  'a party’s wait was cancelled',
  'reset() was called',
  'a party died',
] as const;

/**
 * Parties meet here: each waits until all have come, then all go on, and the barrier serves the next round.
 *
 * It breaks, for all who wait and all who come later, when a wait is over by time or cancelled, by `abort`, and when a
 * thread or task that was given the barrier dies or ends by an error, since it will not come; `reset` mends it.
 *
 * @example
 * const barrier = new Barrier(2);
 * const run = (at: Barrier) => at.waitSync(); // both go on together
 */
export class Barrier {
  /** What errors and pictures call it. */
  readonly name: string;
  /** How many meet. */
  readonly parties: number;
  readonly #memory: Memory<Making>;
  readonly #words: Int32Array;
  readonly #waiters: Waiters;
  readonly #mortal: Mortal = {
    // One that waited here when its thread ended was counted, and those who trust in that must know.
    threadEnded: () => void (this.#waiters.clear() > 0 && this.#break('a party died')),
  };
  readonly #shared: Shared = {
    give: () => {
      const leave = sharedMortal(this.#mortal).give();
      return (wrong) => {
        if (wrong !== undefined) this.#break('a party died');
        leave(wrong);
      };
    },
  };

  static {
    memoryOf = (barrier) => barrier.#memory;
    sharedOf = (barrier) => barrier.#shared;
  }

  /**
   * @param parties how many meet, from 1 to 1023
   * @param options its `name`; a `timeout` in ms for each wait
   */
  constructor(parties: number, options?: BarrierOptions);
  constructor(parties: number | Memory<Making>, options: BarrierOptions = {}) {
    if (typeof parties === 'object' && parties !== null) {
      this.#memory = parties;
    } else {
      if (!Number.isInteger(parties) || parties < 1 || parties > mostParties) {
        throw new RangeError(`parties is a whole number from 1 to ${mostParties}, not ${String(parties)}`);
      }
      const name = nameOf('barrier', options);
      const data = { name, parties, timeout: options.timeout };
      this.#memory = { number: nextNumber(), buffer: new SharedArrayBuffer(4 * (2 + waiterWords)), data };
    }
    this.name = this.#memory.data.name;
    this.parties = this.#memory.data.parties;
    this.#words = new Int32Array(this.#memory.buffer);
    this.#waiters = new Waiters(this.#words, 2);
    knowMortal(this.#mortal);
  }

  /** How many wait now. */
  get waiting(): number {
    return countOf(Atomics.load(this.#words, state));
  }

  /** Whether it is broken now. */
  get broken(): boolean {
    return (Atomics.load(this.#words, state) & brokenBit) !== 0;
  }

  /**
   * Waits until all parties have come.
   *
   * @returns in which place one came: 0 for the first, `parties - 1` for the last; good to choose one of them
   * @throws BrokenBarrierError; TimeoutError and CancelledError, which break the barrier for the others
   */
  async wait(options?: WaitOptions): Promise<number> {
    // One that was cancelled before it came will not come either.
    if (options?.signal?.aborted) this.#break('a party’s wait was cancelled');
    const sleep = this.#sleep(options);
    const { index, round } = this.#arrive();
    for (const seen of this.#stay(index, round)) {
      await sleep.pause(this.#words, state, seen).catch((error) => this.#giveUp(round, error));
    }
    return index;
  }

  /** Like `wait`, but blocks: in worker threads. `timeout` in ms. */
  waitSync(options?: BlockOptions): number {
    mayBlock('barrier.waitSync', 'await barrier.wait(…)');
    const sleep = this.#sleep(options);
    const { index, round } = this.#arrive();
    for (const seen of this.#stay(index, round)) {
      try {
        sleep.block(this.#words, state, seen);
      } catch (error) {
        this.#giveUp(round, error);
      }
    }
    return index;
  }

  /** Breaks it: all who wait, and all who come before `reset`, have a BrokenBarrierError. */
  abort(): void {
    this.#break('abort() was called');
  }

  /** Makes it whole and empty; those who wait have a BrokenBarrierError. */
  reset(): void {
    Atomics.store(this.#words, reason, reasons.indexOf('reset() was called'));
    for (;;) {
      const word = Atomics.load(this.#words, state);
      const next = countOf(word) > 0 ? ended(word, 'broken') : word & ~brokenBit;
      if (Atomics.compareExchange(this.#words, state, word, next) === word) break;
    }
    Atomics.notify(this.#words, state);
  }

  #sleep(options: WaitOptions = {}): Sleep {
    const { timeout = this.#memory.data.timeout, signal } = options;
    return new Sleep(`${this.name} has not all its ${this.parties} parties`, { timeout, signal });
  }

  /** Comes to the barrier; the last one ends the round. */
  #arrive(): { readonly index: number; readonly round: number } {
    for (;;) {
      const word = Atomics.load(this.#words, state);
      if ((word & brokenBit) !== 0) throw this.#brokenError();
      const index = countOf(word);
      const isLast = index === this.parties - 1;
      const next = isLast ? ended(word, 'passed') : word + 1;
      if (Atomics.compareExchange(this.#words, state, word, next) !== word) continue;
      if (isLast) Atomics.notify(this.#words, state);
      return { index, round: roundOf(word) };
    }
  }

  /** Until the round is over; gives the word to sleep on. @throws BrokenBarrierError */
  *#stay(index: number, round: number): Generator<number, void> {
    if (index === this.parties - 1) return;
    const slot = this.#waiters.enter();
    const waited = tellWaiting(this.name);
    try {
      for (let seen = this.#look(round); seen !== undefined; seen = this.#look(round)) yield seen;
      waited(true);
    } finally {
      this.#waiters.leave(slot);
      waited(false);
    }
  }

  /** The word as long as the round goes on; undefined when all have come. @throws BrokenBarrierError */
  #look(round: number): number | undefined {
    const word = Atomics.load(this.#words, state);
    const since = (roundOf(word) - round + rounds) % rounds;
    if (since === 0) return word;
    if (since <= 8 && ((historyOf(word) >> (since - 1)) & 1) === 1) throw this.#brokenError();
    return undefined;
  }

  /** One that waited in that round goes away. @throws that error, unless the round had ended before */
  #giveUp(round: number, error: unknown): void {
    if (error instanceof BrokenBarrierError) throw error;
    const why =
      (error as Error).name === 'TimeoutError' ? 'a party’s time-out was over' : 'a party’s wait was cancelled';
    if (this.#break(why, round)) throw error;
    this.#look(round);
  }

  /** @param round if given, nothing happens when that round is over @returns whether it broke by this */
  #break(why: (typeof reasons)[number], round?: number): boolean {
    for (;;) {
      const word = Atomics.load(this.#words, state);
      if ((word & brokenBit) !== 0 || (round !== undefined && roundOf(word) !== round)) return false;
      Atomics.store(this.#words, reason, reasons.indexOf(why));
      if (Atomics.compareExchange(this.#words, state, word, ended(word, 'broken') | brokenBit) === word) break;
    }
    Atomics.notify(this.#words, state);
    return true;
  }

  #brokenError(): BrokenBarrierError {
    const why = reasons[Atomics.load(this.#words, reason)];
    return new BrokenBarrierError(`${this.name} is broken: ${why}${this.broken ? '; reset() makes it whole' : ''}`);
  }

  [watchSymbol](): Watch {
    const { number } = this.#memory;
    return { name: this.name, number, holders: [], waiters: this.#waiters.list() };
  }

  [inspect.custom](): string {
    const is = this.broken ? 'broken' : `waiting: ${this.waiting}`;
    return `Barrier { name: ${inspect(this.name)}, parties: ${this.parties}, ${is} }`;
  }
}

registerShippable('BrokenBarrierError', BrokenBarrierError);
travelsByReference<Barrier, Making>('Barrier', Barrier, import.meta.url, {
  memoryOf: (barrier) => memoryOf(barrier),
  make: (memory) => new Barrier(memory as never),
  sharedOf: (barrier) => sharedOf(barrier),
});
