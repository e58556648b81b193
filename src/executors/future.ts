import { inspect } from 'node:util';
import { timer } from '../workers/timer.ts';
import { TimeoutError } from './errors.ts';
import { Job } from './job.ts';

type Resolve = (value: unknown) => void;
type Reject = (reason: unknown) => void;

// Where a new promise puts its functions, until they are taken: a function made for each promise to put them somewhere
// would cost three objects.
let resolve: Resolve | undefined;
let reject: Reject | undefined;
const take = (resolver: Resolve, rejecter: Reject): void => {
  resolve = resolver;
  reject = rejecter;
};

/** The job behind a future. */
export class FutureJob extends Job {
  #promise: Promise<unknown> | undefined;
  #resolve: Resolve | undefined;
  #reject: Reject | undefined;
  #callbacks: (() => void)[] | undefined;

  /**
   * Of the outcome. It is made when first asked for: thousands of submits do not pay for it, and an error that nobody
   * asks for is no unhandled rejection.
   */
  get promise(): Promise<unknown> {
    if (this.#promise === undefined) {
      this.#promise = new Promise(take);
      this.#resolve = resolve;
      this.#reject = reject;
      resolve = undefined;
      reject = undefined;
      if (this.over) this.#settle();
    }
    return this.#promise;
  }

  /** Calls `callback` once there is an outcome, which is not there yet; callbacks are called in order. */
  whenOver(callback: () => void): void {
    this.#callbacks ??= [];
    this.#callbacks.push(callback);
  }

  protected settled(): void {
    if (this.#promise !== undefined) this.#settle();
    const callbacks = this.#callbacks;
    this.#callbacks = undefined;
    if (callbacks !== undefined) for (const callback of callbacks) callback();
  }

  #settle(): void {
    if (this.state === 'finished') this.#resolve!(this.outcome);
    else this.#reject!(this.outcome);
    this.#resolve = undefined;
    this.#reject = undefined;
  }
}

/** True for a future whose function threw; a cancelled one has not failed, as in Python's `wait`. */
export let hasFailed: (future: Future<unknown>) => boolean;

/**
 * The outcome, present or to come, of a call that was submitted to an executor.
 *
 * It is a promise: `await future` gives the result or throws what the function threw. It also has what Python's
 * futures have: `cancel()`, `done()`, `running()`, `cancelled()`, `result()`, `exception()`; and four times in ms of
 * the clock `now()`: `submitted` and `received` taken here, `started` and `finished` where it ran.
 *
 * As in Python, the error of a future that nobody looks at stays in it: it raises no unhandled rejection. Once
 * `await`, `then`, `catch`, `finally` or `result()` has asked, it behaves as any promise.
 *
 * @example
 * const future = pool.submit(slowSquare, 7);
 * console.log(future.done()); // false
 * console.log(await future); // 49
 */
export class Future<T> implements Promise<T> {
  readonly #job: FutureJob;

  static {
    hasFailed = (future) => future.#job.state === 'failed';
  }

  /** Futures are made by executors; `job` is theirs. */
  constructor(job: unknown) {
    if (!(job instanceof FutureJob)) throw new TypeError('a Future is made by an executor: call submit(fn, ...args)');
    this.#job = job;
  }

  /** The name of the task: its function's, or the one given by `with({ name })`. */
  get name(): string {
    return this.#job.call.name;
  }

  /** When it was submitted. */
  get submitted(): number {
    return this.#job.submitted;
  }

  /** When the function was entered; undefined before that is known. */
  get started(): number | undefined {
    return this.#job.started || undefined;
  }

  /** When the function was left; undefined before that is known. */
  get finished(): number | undefined {
    return this.#job.finished || undefined;
  }

  /** When the outcome was here; undefined before. */
  get received(): number | undefined {
    return this.#job.received || undefined;
  }

  /**
   * Cancels the task: one that waits never starts; one that runs in a pool ends with its worker, which is replaced;
   * one that runs in an `AsyncExecutor` is told by its signal.
   *
   * @returns false when it has an outcome already, or runs where it cannot be ended (`SerialExecutor`)
   */
  cancel(): boolean {
    if (this.#job.over) return this.#job.state === 'cancelled';
    return this.#job.holder.cancel(this.#job);
  }

  /** True once it was cancelled. */
  cancelled(): boolean {
    return this.#job.state === 'cancelled';
  }

  /** True while a worker has it. */
  running(): boolean {
    return this.#job.state === 'running';
  }

  /** True when there is an outcome: a result, an error, or a cancellation. */
  done(): boolean {
    return this.#job.over;
  }

  /**
   * The result, waiting for it at most `timeout` ms. Running out of time ends the wait, not the task.
   *
   * @throws TimeoutError, CancelledError, or what the function threw
   */
  result(timeout?: number): Promise<T> {
    const settled = this.#settled();
    if (timeout === undefined || this.#job.over) return settled;
    return new Promise((resolve, reject) => {
      const late = (): void => reject(new TimeoutError(`task '${this.name}' has no result after ${timeout} ms`));
      const clock = timer(timeout, late);
      settled.then(resolve, reject).finally(() => clearTimeout(clock));
    });
  }

  /**
   * What the function threw, or undefined when it returned.
   *
   * @throws TimeoutError after `timeout` ms; CancelledError when the task was cancelled
   */
  async exception(timeout?: number): Promise<unknown> {
    await this.result(timeout).catch((error: unknown) => {
      if (this.#job.state !== 'failed') throw error;
    });
    return this.#job.state === 'failed' ? this.#job.outcome : undefined;
  }

  /** Calls `callback` with this future when it is done, at once if it is. What the callback throws is reported. */
  addDoneCallback(callback: (future: Future<T>) => void): void {
    const call = (): void => {
      try {
        callback(this);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    };
    if (this.#job.over) call();
    else this.#job.whenOver(call);
  }

  // biome-ignore lint/suspicious/noThenProperty: a future is a promise
  then<A = T, B = never>(
    onResult?: ((value: T) => A | PromiseLike<A>) | null,
    onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#settled().then(onResult, onError);
  }

  catch<B = never>(onError?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.#settled().catch(onError);
  }

  finally(onEnd?: (() => void) | null): Promise<T> {
    return this.#settled().finally(onEnd);
  }

  get [Symbol.toStringTag](): string {
    return 'Future';
  }

  [inspect.custom](): string {
    return `Future { '${this.name}', ${this.#job.state} }`;
  }

  #settled(): Promise<T> {
    return this.#job.promise as Promise<T>;
  }
}
