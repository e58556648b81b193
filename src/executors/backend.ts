import type { TaskOptions } from './executor.ts';
import type { Call, Holder, Job } from './job.ts';

/** How tasks run: what `SerialExecutor`, `AsyncExecutor` and the pools each supply to the shape they share. */
export interface Backend extends Holder {
  readonly workers: number;
  /** Makes a function ready to be called; throws by name what cannot travel, before anything runs. */
  prepare(fn: (...args: never[]) => unknown, options: TaskOptions & { readonly chunksize?: number }): Call;
  /** Takes a job. Submits and the items of a map come one by one; a pool joins those of one turn in a message. */
  add(job: Job): void;
  /** How many items of this call are well under way at once: enough that no worker waits for the next one. */
  ahead(call: Call): number;
  /** Cancels the jobs that have not started. */
  cancelWaiting(): void;
  warmUp(): Promise<void>;
  /** Lets all jobs end and releases everything; called once. */
  close(): Promise<void>;
}
