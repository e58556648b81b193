import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Recorder } from '../timing/recorder.ts';
import type { Timeline } from '../timing/timeline.ts';

/** What an answer did: what it gave, or why it gave nothing, and what happened meanwhile. */
export interface Observation {
  readonly value?: unknown;
  /** In words, when the answer threw or was still busy at the time limit. */
  readonly trouble?: string;
  readonly timeline: Timeline;
}

const shortest = new AsyncLocalStorage<number>();

/**
 * Runs `work` with no time limit in it longer than `ms`: for answers of which it is known that they never end, and that
 * are judged alike however long one waits for them.
 */
export function hurried<T>(ms: number, work: () => T): T {
  return shortest.run(ms, work);
}

/** Ms to wait where one would wait for `limit`. */
export function atMost(limit: number): number {
  return Math.min(limit, shortest.getStore() ?? limit);
}

/**
 * Runs an answer under observation.
 *
 * @param work calls the answer, and closes what it was given
 * @param limit ms to wait for it; an answer still busy then is reported and not waited for
 */
export async function observe(work: () => unknown, limit = 15_000): Promise<Observation> {
  const wait = atMost(limit);
  const recorder = new Recorder();
  const over = new AbortController();
  const late = async (): Promise<never> => {
    await sleep(wait, undefined, { signal: over.signal });
    throw new Error(`it was still busy after ${wait / 1000} s`);
  };
  recorder.start();
  try {
    const value = await Promise.race([work(), late()]);
    await sleep(1); // batched events of processes may still be on their way
    return { value, timeline: end() };
  } catch (error) {
    return { trouble: inWords(error), timeline: end() };
  } finally {
    over.abort();
  }

  function end(): Timeline {
    recorder.stop();
    return recorder.timeline();
  }
}

/** An error as one line, without a stack: stacks hold paths. */
export function inWords(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : `it threw ${String(error)}`;
}
