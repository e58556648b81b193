import { largestChunk } from './pace.ts';

// What the state word of a task says. A task leaves 0 once: for 1 when its worker begins it, for 2 when its pool takes
// it back, so that the two never disagree. From 3 on it is over; it is over at 1, too, once its outcome came by message.
const waiting = 0;
const begun = 1;
const withdrawn = 2;
/** Over; the result is in the number word. */
const number = 3;
/** Over; the result is one of these, by the order of the list. */
const constants: readonly unknown[] = [undefined, null, true, false];
const firstConstant = 4;
const names = ['waiting', 'begun', 'withdrawn'] as const;

const bytes = 8 + largestChunk * 28;

/**
 * The state, the times and the plain results of the tasks of a batch, in memory that a worker thread shares with its
 * pool. What a thread did is known here to the task, also when the thread was ended in the middle of the next one.
 */
export class Words {
  readonly buffer: SharedArrayBuffer;
  /** When the worker was ready for its first batch; 0 until then. */
  readonly #ready: Float64Array;
  readonly #numbers: Float64Array;
  /** Per task start and end. */
  readonly #times: Float64Array;
  readonly #states: Int32Array;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(bytes)) {
    this.buffer = buffer;
    this.#ready = new Float64Array(buffer, 0, 1);
    this.#numbers = new Float64Array(buffer, 8, largestChunk);
    this.#times = new Float64Array(buffer, 8 + 8 * largestChunk, 2 * largestChunk);
    this.#states = new Int32Array(buffer, 8 + 24 * largestChunk, largestChunk);
  }

  get ready(): number {
    return this.#ready[0]!;
  }

  /** The worker, once. */
  set ready(time: number) {
    this.#ready[0] = time;
  }

  /** The pool, before it sends a batch: nothing has begun. */
  clear(count: number): void {
    this.#states.fill(waiting, 0, count);
  }

  /** The pool takes a task back. False when it has begun. */
  withdraw(index: number): boolean {
    const before = Atomics.compareExchange(this.#states, index, waiting, withdrawn);
    return before === waiting || before === withdrawn;
  }

  /** The worker begins a task. False when the pool took it back. */
  begin(index: number, time: number): boolean {
    // Before the state: who reads that it has begun must not read the time of another batch.
    this.#times[2 * index] = time;
    return Atomics.compareExchange(this.#states, index, waiting, begun) === waiting;
  }

  /** The worker has left a task. False when the result does not fit and must be told by a message. */
  leave(index: number, time: number, value: unknown): boolean {
    let state = number;
    if (typeof value === 'number') this.#numbers[index] = value;
    else {
      const constant = typeof value === 'object' && value !== null ? -1 : constants.indexOf(value);
      if (constant < 0) return false;
      state = firstConstant + constant;
    }
    this.#times[2 * index + 1] = time;
    Atomics.store(this.#states, index, state);
    return true;
  }

  /** The worker has left a task, and is going to tell the outcome by a message. */
  leaveUntold(index: number, time: number): void {
    this.#times[2 * index + 1] = time;
  }

  /** What became of a task. */
  state(index: number): 'waiting' | 'begun' | 'withdrawn' | 'here' {
    const state = Atomics.load(this.#states, index);
    return state >= number ? 'here' : names[state]!;
  }

  /** The result of a task whose state is 'here'. */
  value(index: number): unknown {
    const state = this.#states[index]!;
    return state === number ? this.#numbers[index] : constants[state - firstConstant];
  }

  /** Per task start and end, a copy. */
  times(from: number, to: number): Float64Array {
    return this.#times.slice(2 * from, 2 * to);
  }
}
