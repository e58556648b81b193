import { now } from '../timing/clock.ts';
import type { Backend } from './backend.ts';
import { BrokenExecutor } from './errors.ts';
import { Future, FutureJob } from './future.ts';
import { cancelled } from './job.ts';
import { MapRun } from './map-run.ts';
import { type MapOptions, Mapped } from './mapped.ts';

declare global {
  // For the TypeScript that cells are compiled with, which does not know them; the same as in newer ones.
  interface SymbolConstructor {
    readonly asyncDispose: unique symbol;
    readonly dispose: unique symbol;
  }
}

/** A function that executors run: of any arguments. */
export type Task<A extends unknown[], R> = (...args: A) => R;

/** What may be asked for a task beyond its arguments; see `Executor.with`. */
export interface TaskOptions {
  /** Ms from its start after which the task is ended: its worker is replaced and its future has a TimeoutError. */
  readonly runTimeout?: number;
  /** Cancels the task when it aborts, waiting or running. */
  readonly signal?: AbortSignal;
  /** What timelines and messages call it; by default the function's name. */
  readonly name?: string;
  /**
   * Of a `ClusterExecutor`: the name under which the result is kept in the cluster for a time. A program that died and
   * comes back with the same function, arguments and key gets the kept result, or waits for the task that still runs,
   * instead of running it again. Each item of a `map` has the key of its own that its place makes of this.
   */
  readonly key?: string;
  /** ArrayBuffers and ports among the arguments that move to the worker thread instead of being copied. */
  readonly transfer?: readonly unknown[];
  /** True to have the ArrayBuffers of the result move back from the thread instead of being copied. */
  readonly transferResult?: boolean;
}

/** `submit` and `map` of an executor, with options set; made by `Executor.with`. */
export interface Submitter {
  submit<A extends unknown[], R>(fn: Task<A, R>, ...args: A): Future<Awaited<R>>;
  map<T, R>(fn: (item: T) => R, items: Iterable<T> | AsyncIterable<T>, options?: MapOptions): Mapped<Awaited<R>>;
}

/**
 * What all executors have in common; the names are those of Python's `concurrent.futures`. Change the class and the
 * same program runs one thing after another, as async tasks on one thread, on threads, or on processes.
 */
export interface Executor extends Submitter {
  /** How many tasks it runs at the same time. */
  readonly workers: number;

  /**
   * Asks for one call of `fn(...args)`.
   *
   * @returns its future
   * @throws BrokenExecutor after `shutdown`; an error by name when `fn` or an argument cannot travel to a worker
   * @example
   * const future = pool.submit(gcd, 1963309, 2265973);
   * console.log(await future);
   */
  submit<A extends unknown[], R>(fn: Task<A, R>, ...args: A): Future<Awaited<R>>;

  /**
   * Calls `fn` once for each item, several at the same time, results in the order of the items.
   *
   * Await what it gives for an array of all results, or stream it by `for await`. See `Mapped` and `MapOptions`.
   *
   * @example
   * const sizes = await pool.map(sizeOf, files);
   */
  map<T, R>(fn: (item: T) => R, items: Iterable<T> | AsyncIterable<T>, options?: MapOptions): Mapped<Awaited<R>>;

  /**
   * The same executor with options for what is submitted through it.
   *
   * @example
   * pool.with({ runTimeout: 500 }).submit(mayHang, input);
   */
  with(options: TaskOptions): Submitter;

  /** Starts all workers now, so that a timed cell does not pay for their start. */
  warmUp(): Promise<void>;

  /**
   * Takes no more tasks, and releases every worker once the tasks it has are done.
   *
   * @param options `wait` (default true): resolve when all is released, else at once; `cancelFutures` (default false):
   *   cancel the tasks that have not started
   */
  shutdown(options?: ShutdownOptions): Promise<void>;

  [Symbol.asyncDispose](): Promise<void>;
}

/** For those who give none: an object for each submit would be one more to collect. */
const noOptions: TaskOptions = {};

/** See `Executor.shutdown`. */
export interface ShutdownOptions {
  readonly wait?: boolean;
  readonly cancelFutures?: boolean;
}

/** The part that every executor shares: the shape; how tasks run is the backend's. */
export abstract class BaseExecutor implements Executor {
  readonly #backend: Backend;
  readonly #maps = new Set<MapRun>();
  #closed: Promise<void> | undefined;

  protected constructor(backend: unknown) {
    this.#backend = backend as Backend;
  }

  get workers(): number {
    return this.#backend.workers;
  }

  submit<A extends unknown[], R>(fn: Task<A, R>, ...args: A): Future<Awaited<R>> {
    return this.#submit(fn, args);
  }

  map<T, R>(fn: (item: T) => R, items: Iterable<T> | AsyncIterable<T>, options: MapOptions = {}): Mapped<Awaited<R>> {
    this.#refuseWhenClosed();
    if (typeof fn !== 'function') throw new TypeError(`map needs a function to call, got ${typeof fn}`);
    const run = new MapRun(this.#backend, fn as (...args: never[]) => unknown, items, options);
    this.#maps.add(run);
    run.over.then(() => this.#maps.delete(run));
    run.begin();
    return new Mapped(run);
  }

  with(options: TaskOptions): Submitter {
    // What moves to one call's worker cannot move to another's: transfer is for submit.
    const { transfer: _, ...forMap } = options;
    return {
      submit: (fn, ...args) => this.#submit(fn, args, options),
      map: (fn, items, mapOptions) => this.map(fn, items, { ...forMap, ...mapOptions }),
    };
  }

  warmUp(): Promise<void> {
    this.#refuseWhenClosed();
    return this.#backend.warmUp();
  }

  shutdown(options: ShutdownOptions = {}): Promise<void> {
    const { wait = true, cancelFutures = false } = options;
    for (const map of this.#maps) {
      if (cancelFutures) map.stop('waiting');
      else map.drain();
    }
    if (cancelFutures) this.#backend.cancelWaiting();
    this.#closed ??= this.#close();
    return wait ? this.#closed : Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown();
  }

  async #close(): Promise<void> {
    while (this.#maps.size > 0) await Promise.all([...this.#maps].map((map) => map.over));
    await this.#backend.close();
  }

  #submit<A extends unknown[], R>(fn: Task<A, R>, args: A, options: TaskOptions = noOptions): Future<Awaited<R>> {
    this.#refuseWhenClosed();
    if (typeof fn !== 'function') throw new TypeError(`submit needs a function to call, got ${typeof fn}`);
    const call = this.#backend.prepare(fn as (...args: never[]) => unknown, options);
    const job = new FutureJob(call, args, this.#backend, now());
    job.key = options.key;
    const { signal } = options;
    if (signal !== undefined) cancelBySignal(job, signal);
    if (!job.over) this.#backend.add(job);
    return new Future(job);
  }

  #refuseWhenClosed(): void {
    if (this.#closed !== undefined) {
      throw new BrokenExecutor('this executor was shut down: it takes no more tasks; make a new one');
    }
  }
}

/**
 * Runs `use` with the executor and shuts the executor down in every case, waiting for its tasks.
 * Python says `with ProcessPoolExecutor(2) as pool:`.
 *
 * @returns what `use` returned
 * @example
 * const results = await withExecutor(new ProcessPoolExecutor(2), (pool) => pool.map(gcd, pairs));
 */
export async function withExecutor<E extends Executor, R>(executor: E, use: (executor: E) => R): Promise<Awaited<R>> {
  try {
    return await use(executor);
  } finally {
    await executor.shutdown();
  }
}

function cancelBySignal(job: FutureJob, signal: AbortSignal): void {
  if (signal.aborted) {
    // Its backend never had it.
    job.abandon(cancelled(job.call.name, signal.reason), now());
    return;
  }
  const abort = (): void => {
    job.reason = signal.reason;
    job.holder.cancel(job);
  };
  signal.addEventListener('abort', abort, { once: true });
  job.whenOver(() => signal.removeEventListener('abort', abort));
}
