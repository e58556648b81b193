import type { PoolJob } from './hand.ts';
import type { Call } from './job.ts';
import type { JobQueue } from './job-queue.ts';
import { largestChunk, Pace } from './pace.ts';

/** A task that travels alone, so that ending it, moving its memory or keeping its result concerns no other. */
export function alone(call: Call): boolean {
  const { runTimeout, transfer, transferResult, key } = call;
  return runTimeout !== undefined || transfer !== undefined || transferResult === true || key !== undefined;
}

/**
 * Takes jobs for one message: as many as the first one's `chunksize` says, or as many as together should take long
 * enough to pay for a message, and no more than one worker's share unless that is too little to divide.
 *
 * @param queue jobs, at least one of them waiting
 * @param most how many the worker may still be given
 */
export function takeChunk(queue: JobQueue<PoolJob>, workers: number, most: number): PoolJob[] {
  const first = queue.shift()!;
  const jobs = [first];
  if (alone(first.call)) return jobs;
  const { chunksize } = first.call;
  const share = Math.max(first.call.pace.least, Math.ceil((queue.length + 1) / workers));
  const limit = Math.min(largestChunk, most, chunksize ?? share);
  let { call } = first;
  let { each } = call.pace;
  let ms = each;
  while (jobs.length < limit) {
    const next = queue.peek();
    if (next === undefined || (chunksize === undefined && Pace.full(ms))) break;
    if (next.call !== call) {
      call = next.call;
      each = call.pace.each;
      if (alone(call) || call.chunksize !== chunksize) break;
    }
    ms += each;
    jobs.push(next);
    queue.drop();
  }
  return jobs;
}
