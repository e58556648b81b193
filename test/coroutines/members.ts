import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { currentSignal } from '../../src/executors/local.ts';

/** Long enough for anything to fail that waits for it. */
export const long = 30_000;

export const sleep = (ms: number, signal = currentSignal()): Promise<void> => pause(ms, undefined, { signal });

export async function failing(error: unknown, ms = 1): Promise<never> {
  await sleep(ms);
  throw error;
}

/** A task that waits until it is told to stop, tidies up for a while, and notes that. */
export function tidy(log: string[], name = 'tidied') {
  return async (signal: AbortSignal) => {
    try {
      await pause(long, undefined, { signal });
    } finally {
      await pause(5);
      log.push(name);
    }
  };
}

export async function errorsOf(run: Promise<unknown>): Promise<unknown[]> {
  try {
    await run;
  } catch (error) {
    assert.ok(error instanceof AggregateError, String(error));
    return error.errors;
  }
  assert.fail('it did not throw');
}
