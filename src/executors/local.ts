import { AsyncLocalStorage } from 'node:async_hooks';
import { host } from '../show/host.ts';
import { now } from '../timing/clock.ts';
import { laneHere, takeLane } from '../workers/lanes.ts';
import { runTask } from '../workers/scopes.ts';
import { timer } from '../workers/timer.ts';
import type { Backend } from './backend.ts';
import { noKeys } from './calls.ts';
import { TimeoutError } from './errors.ts';
import type { TaskOptions } from './executor.ts';
import { type Call, cancelled, type Job } from './job.ts';
import { JobQueue } from './job-queue.ts';
import { isThenable } from './outcome.ts';

type Fn = (...args: never[]) => unknown;
type LocalCall = Call & { readonly fn: Fn };
type LocalJob = Job & { readonly call: LocalCall };

const signals = new AsyncLocalStorage<AbortSignal>();

/**
 * The signal that aborts when the running task of an `AsyncExecutor` or a task group is cancelled or runs out of time;
 * undefined outside one. Pass it to whatever the task waits for. In a pool there is no need: a cancelled task ends there
 * and then.
 *
 * @example
 * const load = (address: string) => fetch(address, { signal: currentSignal() });
 */
export function currentSignal(): AbortSignal | undefined {
  return signals.getStore();
}

/** Runs `fn`, and all it starts, with that as its `currentSignal()`. */
export function runWithSignal<R>(signal: AbortSignal, fn: () => R): R {
  return signals.run(signal, fn);
}

/** Items of a map that are taken from its input when nothing bounds the number of tasks. */
const plenty = 65_536;

/** Runs tasks on this thread, at most `workers` at the same time: the engine of the serial and the async executor. */
export class Local implements Backend {
  readonly workers: number;
  readonly #concurrent: boolean;
  readonly #queue = new JobQueue<LocalJob>();
  /** The tasks whose function has not left, those that were given up among them. */
  readonly #running = new Map<LocalJob, AbortController>();
  /** How many jobs have no outcome. */
  #unfinished = 0;
  #whenIdle: (() => void) | undefined;
  #offInterrupt: (() => void) | undefined;

  /** @param concurrent true to have tasks take turns on lanes of their own, and to signal them when cancelled */
  constructor(workers: number, concurrent: boolean) {
    this.workers = workers;
    this.#concurrent = concurrent;
  }

  prepare(fn: Fn, options: TaskOptions): LocalCall {
    if (options.key !== undefined) throw new TypeError(noKeys);
    return { fn, name: options.name ?? (fn.name || 'anonymous'), runTimeout: options.runTimeout };
  }

  add(job: LocalJob): void {
    this.#offInterrupt ??= host()?.onInterrupt(() => this.#interrupt());
    this.#unfinished += 1;
    this.#queue.push(job);
    this.#next();
  }

  ahead(): number {
    return Math.min(this.workers, plenty);
  }

  cancel(job: LocalJob): boolean {
    if (job.state === 'running' && !this.#concurrent) return false;
    const error = cancelled(job.call.name, job.reason);
    this.#giveUp(job, error, () => job.abandon(error, now()));
    return true;
  }

  cancelWaiting(): void {
    for (const job of this.#queue.drain()) this.cancel(job);
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
      if (job === undefined) return;
      void this.#run(job);
    }
  }

  async #run(job: LocalJob): Promise<void> {
    const controller = new AbortController();
    const lane = this.#concurrent ? takeLane('task') : undefined;
    this.#running.set(job, controller);
    const { fn, runTimeout } = job.call;
    const args = job.args as never[];
    const started = now();
    job.run(lane?.name ?? laneHere(), started);
    const clock = timer(runTimeout, () => this.#overtime(job, runTimeout!));
    let ok = true;
    let isLater = false;
    let outcome: unknown;
    try {
      const run = (): unknown => runTask(() => fn(...args));
      outcome = this.#concurrent ? signals.run(controller.signal, run) : run();
      isLater = isThenable(outcome);
      if (isLater) outcome = await outcome;
    } catch (error) {
      ok = false;
      outcome = error;
    }
    clearTimeout(clock);
    const finished = now();
    // The place is taken until the function has really left, also when its future was given up before.
    this.#running.delete(job);
    lane?.release();
    if (!job.over) {
      this.#unfinished -= 1;
      job.finish(ok, outcome, started, finished, finished);
    }
    // Else `#next` is what called this, and goes on: calls within calls, one for each task, would overflow the stack.
    if (isLater) this.#next();
    this.#checkIdle();
  }

  #overtime(job: LocalJob, runTimeout: number): void {
    const time = now();
    const error = new TimeoutError(`task '${job.call.name}' ran for more than ${runTimeout} ms and was given up`);
    this.#giveUp(job, error, () => job.finish(false, error, job.started, time, time));
  }

  #giveUp(job: LocalJob, error: Error, settle: () => void): void {
    if (job.over) return;
    this.#unfinished -= 1;
    settle();
    this.#running.get(job)?.abort(error);
    this.#checkIdle();
  }

  #checkIdle(): void {
    if (this.#unfinished > 0) return;
    this.#offInterrupt?.();
    this.#offInterrupt = undefined;
    this.#whenIdle?.();
  }

  #interrupt(): void {
    this.cancelWaiting();
    for (const job of [...this.#running.keys()]) this.cancel(job);
  }
}
