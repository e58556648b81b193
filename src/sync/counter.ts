import { inspect } from 'node:util';
import { nextNumber } from '../workers/lives.ts';
import { type Memory, travelsByReference } from './travel.ts';

let memoryOf: (counter: SharedCounter) => Memory<undefined>;

/**
 * A whole number that all threads see: give it to a `Thread` or to a task of a `ThreadPoolExecutor`, or keep it in a
 * field of a class, and it is the same number everywhere.
 *
 * `counter.value += 1` reads, adds and writes, as in every language, and another thread may come in between: then an
 * update is lost. Under a lock none is, and `add` is one step that nobody can come into. From -2³¹ to 2³¹ - 1.
 *
 * @example
 * const counter = new SharedCounter();
 * const count = (to: SharedCounter) => {
 *   for (let n = 0; n < 100_000; n += 1) to.value += 1; // loses updates; to.add() loses none
 * };
 */
export class SharedCounter {
  readonly #memory: Memory<undefined>;
  readonly #word: Int32Array;

  static {
    memoryOf = (counter) => counter.#memory;
  }

  /** @param value where it starts */
  constructor(value?: number);
  constructor(value: number | Memory<undefined> = 0) {
    const isMemory = typeof value === 'object' && value !== null;
    this.#memory = isMemory ? value : { number: nextNumber(), buffer: new SharedArrayBuffer(4), data: undefined };
    this.#word = new Int32Array(this.#memory.buffer);
    if (!isMemory) this.#word[0] = checked(value);
  }

  /** The number, by a plain read or a plain write, in any order that the processor likes: on purpose no atomic one. */
  get value(): number {
    return this.#word[0]!;
  }

  set value(value: number) {
    this.#word[0] = checked(value);
  }

  /**
   * Adds in one atomic step.
   *
   * @param amount a whole number, which may be negative
   * @returns the number after it
   * @throws RangeError when the sum leaves the range; the number then is as before
   */
  add(amount = 1): number {
    const sum = Atomics.add(this.#word, 0, checked(amount)) + amount;
    if (sum === (sum | 0)) return sum;
    Atomics.sub(this.#word, 0, amount);
    throw rangeError(sum);
  }

  [inspect.custom](): string {
    return `SharedCounter { value: ${Atomics.load(this.#word, 0)} }`;
  }
}

function checked(value: number): number {
  if (typeof value === 'number' && value === (value | 0)) return value;
  throw rangeError(value);
}

const rangeError = (value: unknown): RangeError =>
  new RangeError(`a SharedCounter is a whole number from -2147483648 to 2147483647, not ${inspect(value)}`);

travelsByReference<SharedCounter, undefined>('SharedCounter', SharedCounter, import.meta.url, {
  memoryOf: (counter) => memoryOf(counter),
  make: (memory) => new SharedCounter(memory as never),
});
