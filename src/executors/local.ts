import { AsyncLocalStorage } from 'node:async_hooks';
import { host } from '../show/host.ts';
import { now } from '../timing/clock.ts';
import { takeLane } from '../workers/lanes.ts';
import type { Backend } from './backend.ts';
import { TimeoutError } from './errors.ts';
import type { TaskOptions } from './executor.ts';
import { type Call, cancelled, type Job } from './job.ts';

type Fn = (...args: never[]) => unknown;
type LocalCall = Call & { readonly fn: Fn };
type LocalJob = Job & { readonly call: LocalCall };

const signals = new AsyncLocalStorage<AbortSignal>();

/**
 * The signal that aborts when the running task of an `AsyncExecutor` is cancelled or runs out of time; undefined
 * outside one. Pass it to whatever the task waits for. In a pool there is no need: a cancelled task ends there and then.
 *
 * @example
 * const load = (address: string) => fetch(address, { signal: currentSignal() });
 */
export function currentSignal(): AbortSignal | undefined {
  return signals.getStore();
}

/** Runs tasks on this thread, at most `workers` at the same time: the engine of the serial and the async executor. */
export class Local implements Backend {
  readonly workers: number;
  readonly #concurrent: boolean;
  #queue: LocalJob[] = [];
  readonly #running = new Map<LocalJob, AbortController>();
  #whenIdle: (() => void) | undefined;
  #offInterrupt: (() => void) | undefined;

  /** @param concurrent true to have tasks take turns on lanes of their own, and to signal them when cancelled */
  constructor(workers: number, concurrent: boolean) {
    this.workers = workers;
    this.#concurrent = concurrent;
  }

  prepare(fn: Fn, options: TaskOptions): LocalCall {
    return { fn, name: options.name ?? (fn.name || 'anonymous'), runTimeout: options.runTimeout };
  }

  add(job: LocalJob): void {
    this.#offInterrupt ??= host()?.onInterrupt(() => this.#interrupt());
    this.#queue.push(job);
    this.#next();
  }

  ahead(): number {
    return this.workers;
  }

  cancel(job: LocalJob): boolean {
    if (job.state === 'running' && !this.#concurrent) return false;
    const error = cancelled(job.call.name, job.reason);
    const controller = this.#running.get(job);
    job.abandon(error, now());
    controller?.abort(error);
    return true;
  }

  cancelWaiting(): void {
    for (const job of this.#queue.splice(0)) this.cancel(job);
  }

  async warmUp(): Promise<void> {}

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#whenIdle = resolve;
      this.#checkIdle();
    });
  }

  // A task begins in the very call that submits it, if there is room: nothing is gained by waiting.
  #next(): void {
    while (this.#running.size < this.workers) {
      const job = this.#queue.shift();
      if (job === undefined) break;
      if (!job.over) void this.#run(job);
    }
    this.#checkIdle();
  }

  async #run(job: LocalJob): Promise<void> {
    const controller = new AbortController();
    const lane = this.#concurrent ? takeLane('task') : undefined;
    this.#running.set(job, controller);
    const { fn, name, runTimeout } = job.call;
    const started = now();
    job.run(lane?.name ?? 'main', started);
    let timer: NodeJS.Timeout | undefined;
    if (runTimeout !== undefined) {
      timer = setTimeout(() => {
        const error = new TimeoutError(`task '${name}' ran for more than ${runTimeout} ms and was given up`);
        const time = now();
        job.finish(false, error, started, time, time);
        controller.abort(error);
      }, runTimeout);
    }
    let ok = true;
    let outcome: unknown;
    try {
      outcome = this.#concurrent
        ? signals.run(controller.signal, () => fn(...(job.args as never[])))
        : fn(...(job.args as never[]));
      if (isThenable(outcome)) outcome = await outcome;
    } catch (error) {
      ok = false;
      outcome = error;
    }
    clearTimeout(timer);
    const finished = now();
    // The place is taken until the function has really left, also when its future was given up before.
    this.#running.delete(job);
    lane?.release();
    job.finish(ok, outcome, started, finished, finished);
    this.#next();
  }

  #checkIdle(): void {
    if (this.#running.size > 0 || this.#queue.some((job) => !job.over)) return;
    this.#offInterrupt?.();
    this.#offInterrupt = undefined;
    this.#whenIdle?.();
  }

  #interrupt(): void {
    this.cancelWaiting();
    for (const job of [...this.#running.keys()]) this.cancel(job);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
