import { receiveError, receiveValue, type Shipment } from '../shipping/index.ts';
import { now } from '../timing/clock.ts';
import type { Shared } from '../workers/holders.ts';
import type { Call, Job } from './job.ts';
import type { Pace } from './pace.ts';
import type { Report } from './protocol.ts';

/** A function made ready for the workers of a pool. */
export interface PoolCall extends Call {
  readonly shipment: Shipment;
  readonly pace: Pace;
  /** Queues and the like that the function uses. */
  readonly shared?: readonly Shared[] | undefined;
}

/** A job of a pool; its arguments are as `shipValue` made them. */
export type PoolJob = Job & { readonly call: PoolCall };

/**
 * The batch that a worker has in hand, as its pool knows it.
 *
 * Invariant: the jobs before `reported` are settled or no longer here; the one at `reported` is taken to be running,
 * unless it waits at a remote place; those after it are taken not to have begun.
 */
export class Hand {
  readonly sent: number = now();
  /** Ms that it took to send. */
  postMs = 0;
  readonly #lane: string;
  /** In the order of the batch; undefined for those that were taken back. */
  readonly #jobs: (PoolJob | undefined)[];
  #reported = 0;

  /** @param begins false when the first job may have to wait where it is sent to */
  constructor(jobs: readonly PoolJob[], lane: string, begins: boolean) {
    this.#jobs = [...jobs];
    this.#lane = lane;
    if (begins) this.begin();
  }

  /** Its worker has come to the first job, if there is one and it did not before. */
  begin(): void {
    const { running } = this;
    if (running?.state === 'waiting') running.run(this.#lane, now());
  }

  /** The index of the first job without a report: the one that runs. */
  get reported(): number {
    return this.#reported;
  }

  /** The job that runs, as far as is known. */
  get running(): PoolJob | undefined {
    return this.#jobs[this.#reported];
  }

  /** The jobs that are not over, the running one first. */
  get unfinished(): PoolJob[] {
    return this.#jobs.slice(this.#reported).filter((job) => job !== undefined && !job.over) as PoolJob[];
  }

  /** The indices of the jobs that have not begun. */
  get unstarted(): number[] {
    const indices: number[] = [];
    const first = this.running?.state === 'waiting' ? this.#reported : this.#reported + 1;
    for (let index = first; index < this.#jobs.length; index += 1) {
      if (this.#jobs[index]?.over === false) indices.push(index);
    }
    return indices;
  }

  /** Those of them that may go to another worker: not those of a given chunksize. */
  get shareable(): number[] {
    return this.unstarted.filter((index) => this.#jobs[index]!.call.chunksize === undefined);
  }

  /** True when it has a job that was cancelled. */
  get hasCancelled(): boolean {
    return this.#jobs.some((job) => job?.over);
  }

  at(index: number): PoolJob | undefined {
    return this.#jobs[index];
  }

  indexOf(job: PoolJob): number {
    return this.#jobs.indexOf(job);
  }

  /** Removes jobs that certainly do not begin here, and returns those of them that were there. */
  remove(indices: readonly number[]): PoolJob[] {
    const removed = indices.map((index) => this.#jobs[index]);
    for (const index of indices) this.#jobs[index] = undefined;
    this.#skipRemoved();
    return removed.filter((job) => job !== undefined);
  }

  /**
   * Settles the jobs of a report.
   *
   * @returns those that the worker left out and that are not over: they run elsewhere
   */
  settle({ from, times, values, failed, shipped, end, lane = this.#lane }: Report): PoolJob[] {
    const received = now();
    const back: PoolJob[] = [];
    let nextFailed = 0;
    this.#learn(from, times, values.length);
    for (let index = 0; index < values.length; index += 1) {
      const ok = failed?.[nextFailed] !== index;
      if (!ok) nextFailed += 1;
      const job = this.#jobs[from + index];
      this.#jobs[from + index] = undefined;
      this.#reported = Math.max(this.#reported, from + index + 1);
      if (job === undefined || job.over) continue;
      const started = times[2 * index]!;
      if (Number.isNaN(started)) {
        back.push(job);
        continue;
      }
      job.lane = lane;
      const finished = times[2 * index + 1]!;
      if (!ok) job.finish(false, receiveError(values[index]), started, finished, received);
      else if (shipped) finishShipped(job, values[index], started, finished, received);
      else job.finish(true, values[index], started, finished, received);
    }
    this.#skipRemoved();
    if (!end) this.running?.run(this.#lane, times[times.length - 1] || received);
    return back;
  }

  #skipRemoved(): void {
    while (this.#reported < this.#jobs.length && this.#jobs[this.#reported] === undefined) this.#reported += 1;
  }

  #learn(from: number, times: ArrayLike<number>, count: number): void {
    const pace = this.#jobs[from]?.call.pace;
    const ms = times[2 * count - 1]! - times[0]!;
    if (pace !== undefined && ms >= 0) pace.learn(count, ms, this.#jobs.length, this.postMs);
  }
}

/** Settles a job with a result that must be unpacked. If that fails, so has the task. */
function finishShipped(job: PoolJob, value: unknown, ...times: [number, number, number]): void {
  let result: unknown;
  try {
    result = receiveValue(value);
  } catch (error) {
    job.finish(false, error, ...times);
    return;
  }
  job.finish(true, result, ...times);
}
