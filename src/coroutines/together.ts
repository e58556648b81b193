import { TimeoutError } from '../executors/errors.ts';
import type { LoopSteps, LoopTask } from './loop-task.ts';

/** Waits for all tasks and gives their results in order. When one fails, the others are cancelled, and it throws that. */
export function* allOf<T>(tasks: readonly LoopTask<T>[]): LoopSteps<T[]> {
  const ended = yield* together(tasks, ({ failed }) => failed);
  const failed = ended.find((task) => task.failed);
  if (failed) throw failed.error;
  return tasks.map(({ result }) => result);
}

/** Waits for the first task that ends, in whatever way, and gives it; the others are cancelled. @throws without tasks */
export function* firstOf<T>(tasks: readonly LoopTask<T>[]): LoopSteps<LoopTask<T>> {
  if (tasks.length === 0) throw new TypeError('race() needs a task or more: yield* loop.race(first, second).');
  return (yield* together(tasks, () => true))[0]!;
}

/** Gives the result of a task that ends before the alarm, which rings after so many ms. */
export function* inTime<T>(task: LoopTask<T>, alarm: LoopTask<void>, ms: number): LoopSteps<T> {
  const first = yield* firstOf<unknown>([task, alarm]);
  if (alarm.failed) throw alarm.error; // there is no such time
  if (first === alarm) throw new TimeoutError(`${task.name} had not ended after ${ms} ms.`);
  return task.result;
}

/** What a loop throws when none of its tasks can ever go on. */
export function deadlock(tasks: Iterable<LoopTask>): Error {
  return new Error(`Deadlock: ${Array.from(tasks, ({ name }) => name).join(', ')} wait for each other.`);
}

/**
 * Waits until the end of one is enough, or all have ended. In any case, also when it is cancelled itself, it cancels
 * those that still run and waits for their cleanup.
 *
 * @returns the tasks in the order of their ends
 */
function* together<T>(tasks: readonly LoopTask<T>[], enough: (ended: LoopTask) => boolean): LoopSteps<LoopTask<T>[]> {
  const ended: LoopTask<T>[] = [];
  try {
    yield (resolve) => {
      if (tasks.length === 0) resolve(undefined);
      for (const task of tasks) {
        task.whenDone(() => {
          ended.push(task);
          if (ended.length === tasks.length || enough(task)) resolve(undefined);
        });
      }
    };
  } finally {
    for (const task of tasks) task.cancel();
    for (const task of tasks) if (!task.done) yield (resolve) => task.whenDone(() => resolve(undefined));
  }
  return ended;
}
