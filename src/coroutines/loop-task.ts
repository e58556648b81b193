import { inspect } from 'node:util';
import { CancelledError } from '../executors/errors.ts';
import { blame } from './blame.ts';

/** What a task yields to wait: it is told how to go on, and may give a function that undoes the waiting. */
export type LoopWait<T = unknown> = (resolve: (value: T) => void, reject: (error: unknown) => void) => unknown;
/** The steps of a task: a plain `yield` lets the others go on, `yield*` waits. */
export type LoopSteps<T = unknown> = Generator<LoopWait | undefined, T, unknown>;
/** What a task is made of: its steps, or a function that gives them, whose name it gets. */
export type LoopStart<T = unknown> = LoopSteps<T> | (() => LoopSteps<T>);
/** What each of several tasks returned, in their places. */
export type LoopResults<Starts> = { -readonly [At in keyof Starts]: Starts[At] extends LoopStart<infer T> ? T : never };
type Resume = (steps: LoopSteps) => IteratorResult<LoopWait | undefined, unknown>;
/** What a task needs of its loop. */
export interface LoopHost {
  /** Has a step made in the next turn. */
  soon(step: () => void): void;
  ended(task: LoopTask): unknown;
}
const wrongYield = 'A task yields nothing, or waits with yield*, as yield* loop.until(promise)';
const wrongStart = 'give a generator, or a function* (for a promise, yield* loop.until(promise) in one)';
const leave: Resume = (steps) => steps.return(undefined);

/**
 * Steps that an `EventLoop` runs. `yield* task` waits for it and gives its result.
 *
 * @example
 * const task = loop.spawn(function* nap() {
 *   yield* loop.sleep(20);
 *   return 7;
 * });
 * const seven = yield* task; // in another task; or task.cancel()
 */
export class LoopTask<T = unknown> {
  readonly name: string;
  readonly #steps: LoopSteps;
  readonly #host: LoopHost;
  #end: 'returned' | 'failed' | 'cancelled' | undefined;
  #outcome: unknown;
  /** Cancelling is asked for once, and told to the steps once: their cleanup is not cut short by another. */
  #cancel: 'asked' | 'told' | undefined;
  /** Wakes it while it waits. */
  #wake: ((how: Resume) => void) | undefined;
  readonly #watchers = new Set<() => void>();
  /** Whether somebody waited for its end or asked for its result: an error is not lost then. */
  #watched = false;

  /** @param name its name; a number counts only when it starts from no function with a name */
  constructor(start: LoopStart<T>, name: string | number, host: LoopHost) {
    const own = typeof start === 'function' ? start.name : '';
    this.name = `task ${(typeof name === 'number' && own) || name}`;
    this.#steps = typeof start === 'function' ? start() : start;
    if (typeof this.#steps?.next !== 'function' || typeof this.#steps[Symbol.iterator] !== 'function') {
      throw new TypeError(`${this.name} is made of ${inspect(this.#steps)}: ${wrongStart}.`);
    }
    this.#host = host;
    this.#wait();
  }

  /** Whether it has returned, failed or been cancelled, cleanup and all. */
  get done(): boolean {
    return this.#end !== undefined;
  }

  /** Whether its end was an error. */
  get failed(): boolean {
    return this.#end === 'failed';
  }

  /** What it threw. */
  get error(): unknown {
    this.#watched = true;
    return this.failed ? this.#outcome : undefined;
  }

  /** Whether it failed and nobody has asked how it ended. */
  get lost(): boolean {
    return this.failed && !this.#watched;
  }

  /** What it returned; throws what it threw, a CancelledError when it was cancelled, an Error while it runs. */
  get result(): T {
    this.#watched = true;
    if (this.#end === 'returned') return this.#outcome as T;
    if (this.#end === 'failed') throw this.#outcome;
    if (this.#end === 'cancelled') throw new CancelledError(`${this.name} was cancelled.`);
    throw new Error(`${this.name} still runs: wait for it with yield*.`);
  }

  /** Ends it where it waits: its `finally` blocks run, and may wait. False when it is over, or cancelled already. */
  cancel(): boolean {
    if (this.done || this.#cancel) return false;
    this.#cancel = 'asked';
    this.#wake?.(leave);
    return true;
  }

  *[Symbol.iterator](): LoopSteps<T> {
    if (!this.done) yield (resolve) => this.whenDone(() => resolve(undefined));
    return this.result;
  }

  /** Calls `watcher` at its end, unless what this gives is called before; at once when it is over. */
  whenDone(watcher: () => void): () => void {
    this.#watched = true;
    if (this.done) watcher();
    else this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  #step(how: Resume): void {
    this.#wake = undefined;
    const last = this.#cancel === 'asked' ? leave : how;
    if (last === leave) this.#cancel = 'told';
    try {
      const { done, value } = last(this.#steps);
      if (done) this.#finish(this.#cancel === 'told' ? 'cancelled' : 'returned', value);
      else this.#wait(value as LoopWait | undefined);
    } catch (error) {
      blame(error, this.name);
      this.#finish('failed', error);
    }
  }

  #wait(wait?: LoopWait): void {
    let undo: unknown;
    let woken = false;
    const wake = (how: Resume): void => {
      if (woken) return;
      woken = true;
      if (typeof undo === 'function') undo();
      this.#host.soon(() => this.#step(how));
    };
    this.#wake = wake;
    const fail = (error: unknown): void => wake((steps) => steps.throw(error));
    // A plain yield, or cancelled in its own step: it goes on in the next turn.
    if (wait === undefined || this.#cancel === 'asked') wake((steps) => steps.next());
    else if (typeof wait !== 'function') fail(new TypeError(`${wrongYield}, not ${String(wait)}.`));
    if (woken) return;
    try {
      undo = wait!((value) => wake((steps) => steps.next(value)), fail);
      if (woken && typeof undo === 'function') undo();
    } catch (error) {
      fail(error);
    }
  }

  #finish(end: 'returned' | 'failed' | 'cancelled', outcome: unknown): void {
    this.#end = end;
    this.#outcome = outcome;
    for (const watcher of this.#watchers) watcher();
    this.#watchers.clear();
    this.#host.ended(this);
  }
}
