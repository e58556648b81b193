import { availableParallelism } from 'node:os';
import type { ResourceLimits } from 'node:worker_threads';
import { ProcessEngine } from './engine-processes.ts';
import { ThreadEngine } from './engine-threads.ts';
import { BaseExecutor } from './executor.ts';
import { Local } from './local.ts';
import { Pool, type PoolSettings } from './pool.ts';

/** Options of the pools. */
export interface PoolOptions {
  /**
   * Runs in every worker before its first task. If it throws, the pool is broken: its tasks have a BrokenExecutor.
   */
  readonly initializer?: (...args: never[]) => unknown;
  /** The arguments of `initializer`. */
  readonly initargs?: readonly unknown[];
}

/** Options of `ProcessPoolExecutor`. */
export interface ProcessPoolOptions extends PoolOptions {
  /** Tasks after which a process is replaced by a new one; by default it lives as long as the pool. */
  readonly maxTasksPerChild?: number;
  /** Options of Node for each process beside those of this one, for instance `['--max-old-space-size=256']`. */
  readonly execArgv?: readonly string[];
}

/** Options of `ThreadPoolExecutor`. */
export interface ThreadPoolOptions extends PoolOptions {
  /** V8's limits for each thread, for instance `{ maxOldGenerationSizeMb: 64 }`. */
  readonly resourceLimits?: ResourceLimits;
}

/**
 * Runs one task after another on this thread: what the others are measured against. A task that is not async begins
 * and ends within `submit`. A running task cannot be cancelled.
 *
 * @example
 * const results = await withExecutor(new SerialExecutor(), (executor) => executor.map(gcd, pairs));
 */
export class SerialExecutor extends BaseExecutor {
  constructor() {
    super(new Local(1, false));
  }
}

/**
 * Runs async tasks on this thread, at most `limit` at the same time: for work that waits, not for work that computes.
 * Cancelling a running task aborts its `currentSignal()` and gives its future up at once.
 *
 * @example
 * const pages = await withExecutor(new AsyncExecutor(16), (executor) => executor.map(download, addresses));
 */
export class AsyncExecutor extends BaseExecutor {
  /** @param limit how many tasks may be under way at once; `Infinity` for no limit */
  constructor(limit = 16) {
    if (limit !== Number.POSITIVE_INFINITY) checkWorkers('limit', limit);
    super(new Local(limit, true));
  }
}

/**
 * Runs tasks on threads of this process, by piscina. Functions and arguments are copied to the thread; shared memory
 * is shared.
 *
 * A thread that runs out of memory takes only its task with it where V8 can tell (`resourceLimits`); a growing Map or
 * array can abort the whole process. Only a process contains that.
 *
 * @example
 * const results = await withExecutor(new ThreadPoolExecutor(2), (pool) => pool.map(gcd, pairs));
 */
export class ThreadPoolExecutor extends BaseExecutor {
  /** @param workers how many threads; by default one per core */
  constructor(workers: number = availableParallelism(), options: ThreadPoolOptions = {}) {
    checkWorkers('workers', workers);
    super(new Pool(workers, () => new ThreadEngine(options.resourceLimits), settings(options)));
  }
}

/**
 * Runs tasks on processes of their own, by tinypool. Functions, arguments and results are copied through a pipe;
 * nothing is shared, and nothing that happens to one process harms another.
 *
 * @example
 * const results = await withExecutor(new ProcessPoolExecutor(2), (pool) => pool.map(gcd, pairs));
 */
export class ProcessPoolExecutor extends BaseExecutor {
  /** @param workers how many processes; by default one per core */
  constructor(workers: number = availableParallelism(), options: ProcessPoolOptions = {}) {
    checkWorkers('workers', workers);
    const { maxTasksPerChild, execArgv } = options;
    if (maxTasksPerChild !== undefined) checkWorkers('maxTasksPerChild', maxTasksPerChild);
    super(new Pool(workers, () => new ProcessEngine(execArgv), { ...settings(options), maxTasksPerChild }));
  }
}

/** @throws RangeError for a number of workers that is none */
export function checkWorkers(name: string, value: unknown): void {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1) return;
  throw new RangeError(`${name} must be a whole number of at least 1, got ${String(value)}`);
}

function settings({ initializer: fn, initargs: args = [] }: PoolOptions): PoolSettings {
  return fn === undefined ? {} : { initializer: { fn, args } };
}
