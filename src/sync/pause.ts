import type { Guard } from './hold.ts';
import type { Mutex } from './mutex.ts';

/** What a `Condition` does with its lock. */
export interface Pause {
  readonly mutex: Mutex;
  /**
   * Releases the lock, however often it was taken.
   *
   * @returns to be called as soon as this thread has taken the mutex again: all holds are what they were
   */
  begin(): () => void;
}

/** The method of a lock that gives its `Pause`. @throws Error when the caller's task does not hold the lock */
export const pauseSymbol: unique symbol = Symbol('interleaved.pause');

/**
 * What a `with` does when its function has failed: releases the lock if it is held still. It is not when a condition
 * could not have it again, whose error must not be hidden by another; or when a wait on one goes on, which then gives the
 * lock back as soon as it has it.
 *
 * @returns the error
 */
export function failedWith(guard: Guard, error: unknown): unknown {
  (guard as Guard & { [Symbol.dispose](): void })[Symbol.dispose]();
  return error;
}
