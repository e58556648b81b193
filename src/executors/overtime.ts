import { now } from '../timing/clock.ts';
import { timer } from '../workers/timer.ts';
import { TimeoutError } from './errors.ts';
import type { PoolJob } from './hand.ts';

/** What is asked of the worker that has the job, and of its slot. */
export interface Overseen {
  /** Whether the job is the one that it runs, as far as is known. */
  isAt(job: PoolJob): boolean;
  /** When that one began, in ms of `now()`; undefined when it has not, as far as is known. */
  began(): number | undefined;
  /** Ends it. */
  end(): void;
}

/**
 * Ends a job that has run for more than `runTimeout` ms, counted from when its worker began it.
 *
 * @returns what stops watching
 */
export function watchOvertime(job: PoolJob, runTimeout: number, worker: Overseen): () => void {
  let handle: NodeJS.Timeout | undefined;
  const watch = (ms: number): void => {
    handle = timer(ms, look);
  };
  // The report that it is done may lie unread, if this thread was busy: look once more.
  const look = (): NodeJS.Immediate => setImmediate(decide);
  const decide = (): void => {
    if (job.over || !worker.isAt(job)) return;
    const time = now();
    // On a crowded machine its worker may not even have come to it.
    const left = runTimeout - (time - (worker.began() ?? time));
    if (left > 0) {
      watch(left);
      return;
    }
    const error = new TimeoutError(`task '${job.call.name}' ran for more than ${runTimeout} ms and was ended`);
    job.finish(false, error, job.started, time, time);
    worker.end();
  };
  watch(runTimeout);
  return () => clearTimeout(handle);
}
