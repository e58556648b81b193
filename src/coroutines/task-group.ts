import { inspect } from 'node:util';
import { CancelledError } from '../executors/errors.ts';
import { runWithSignal } from '../executors/local.ts';
import { Group, type GroupTask, isCancellation, type TaskFunction } from './group.ts';

/** What the function of `withTaskGroup` is given. */
export interface TaskGroup {
  /** Aborts when the group is to stop: one of its tasks failed, or it was cancelled. */
  readonly signal: AbortSignal;
  /** How many tasks have not left. */
  readonly running: number;
  /**
   * Starts a task. Its function is given a signal of its own, which aborts when the group stops or the task is
   * cancelled; `currentSignal()` is the same. Tasks may spawn others.
   *
   * @throws CancelledError when the group is stopping; Error when it has ended
   */
  spawn<T>(fn: TaskFunction<T>, options?: { name?: string }): GroupTask<T>;
  /** Tells all tasks to stop, and waits for them. The group has not failed then. */
  cancel(reason?: unknown): void;
}

export interface TaskGroupOptions {
  /** What errors call it; `task group` if absent. */
  readonly name?: string;
  /** Stops the group when it aborts. A group within a task follows that task's signal without being told. */
  readonly signal?: AbortSignal;
}

/**
 * Runs tasks that belong together, as Python's `asyncio.TaskGroup`: it returns when all have left, and none outlives it.
 *
 * When one fails, or the function itself does, the signals of all others abort; the group waits until they have tidied
 * up and left, and throws all errors together. Nothing in JavaScript can end a task from outside, so a task has to
 * pass its signal on to what it waits for: one that does not is waited for to its end.
 *
 * @returns what `use` returns, when every task has left
 * @throws AggregateError with everything that failed in `errors`; CancelledError when it was stopped from outside
 * @example
 * const pages = await withTaskGroup(async (group) => {
 *   const news = group.spawn((signal) => load('/news', signal));
 *   const mail = group.spawn((signal) => load('/mail', signal));
 *   return [await news, await mail];
 * });
 */
export async function withTaskGroup<R>(
  use: (group: TaskGroup) => R | PromiseLike<R>,
  { name = 'task group', signal }: TaskGroupOptions = {},
): Promise<R> {
  if (typeof use !== 'function') {
    throw new TypeError(`withTaskGroup() needs a function to give the group to, not ${inspect(use)}.`);
  }
  const group = new Group(name, signal);
  let value: R | undefined;
  let interrupted: { readonly error: unknown } | undefined;
  try {
    if (group.signal.aborted) throw group.signal.reason;
    value = await runWithSignal(group.signal, () => use(group));
  } catch (error) {
    if (isCancellation(error, group.signal)) {
      interrupted = { error };
      group.cancel(error);
    } else group.fail(error);
  }
  await group.close();
  group.throwIfFailed();
  if (interrupted) {
    const { error } = interrupted;
    throw error instanceof CancelledError ? error : new CancelledError(`${name} was cancelled`, { cause: error });
  }
  return value as R;
}
