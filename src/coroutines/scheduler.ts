import { inspect } from 'node:util';
import { TimeoutError } from '../executors/errors.ts';
import { blame } from './blame.ts';

/** A task that hands over at each `yield`: a generator, or a generator function without parameters. */
export type RoundRobinTask<Yielded = unknown, Returned = unknown> =
  | Generator<Yielded, Returned, undefined>
  | (() => Generator<Yielded, Returned, undefined>);

/** What each task returned, in the tasks' own places. */
export type RoundRobinResults<Tasks extends readonly RoundRobinTask[]> = {
  -readonly [Place in keyof Tasks]: Tasks[Place] extends RoundRobinTask<unknown, infer Returned> ? Returned : never;
};

export interface RoundRobinOptions {
  /** Called at each `yield`, with the name of the task (its function's, else its number) and what it yielded. */
  readonly onYield?: (task: string, yielded: unknown) => void;
  /** Ms after which no further round begins. */
  readonly timeout?: number;
}

/**
 * Runs generators in turn on one thread: each goes on to its next `yield`, which hands over to the next one, until all
 * have returned. Nothing comes between two yields of a task. When it ends early, the other tasks' `finally` blocks run.
 *
 * @returns what each returned, in the order of the tasks
 * @throws what a task throws, with the task's name in its message; TimeoutError; RangeError when `timeout` is no time,
 *   TypeError when a task is no generator
 * @example
 * function* count(to: number) {
 *   for (let n = 1; n <= to; n += 1) yield console.log(n);
 *   return to;
 * }
 * roundRobin([count(3), count(2)]); // prints 1 1 2 2 3, gives [3, 2]
 */
export function roundRobin<const Tasks extends readonly RoundRobinTask[]>(
  tasks: Tasks,
  options: RoundRobinOptions = {},
): RoundRobinResults<Tasks> {
  const { onYield, timeout = Number.POSITIVE_INFINITY } = options;
  if (!(timeout >= 0)) throw new RangeError(`timeout is a number of ms from 0 on, not ${String(timeout)}.`);
  const end = performance.now() + timeout;
  const nameOf = (place: number): string => {
    const task = tasks[place];
    return `task ${(typeof task === 'function' && task.name) || place + 1}`;
  };
  const live = tasks.map((task) => (typeof task === 'function' ? task() : task));
  for (const [place, task] of live.entries()) {
    if (typeof task?.next !== 'function' || typeof task[Symbol.iterator] !== 'function') {
      throw new TypeError(`${nameOf(place)} is no generator but ${inspect(task)}: give what a function* gives.`);
    }
  }
  /** Where each of the live ones stood among the tasks. */
  const places = live.map((_, place) => place);
  const results: unknown[] = new Array(live.length).fill(undefined);
  let at = 0;
  try {
    while (live.length > 0) {
      /** Those before it have had their turn in this round and go on, in their order. */
      let kept = 0;
      for (at = 0; at < live.length; at += 1) {
        const task = live[at]!;
        const step = task.next();
        if (step.done) {
          results[places[at]!] = step.value;
          continue;
        }
        if (onYield) onYield(nameOf(places[at]!), step.value);
        if (kept !== at) {
          live[kept] = task;
          places[kept] = places[at]!;
        }
        kept += 1;
      }
      live.length = kept;
      if (end !== Number.POSITIVE_INFINITY && performance.now() >= end && kept > 0)
        throw new TimeoutError(`${kept} of ${tasks.length} tasks had not returned after ${timeout} ms.`);
    }
  } catch (error) {
    if (at < live.length) blame(error, nameOf(places[at]!));
    throw error;
  } finally {
    closeAll(live);
  }
  return results as RoundRobinResults<Tasks>;
}

/** Runs the `finally` blocks of those that have not returned; all of them, even if one throws there. */
function closeAll(tasks: readonly Generator[]): void {
  for (const task of tasks) {
    try {
      for (let step = task.return(undefined); !step.done; step = task.next());
    } catch {} // What ended the run is thrown; this error would hide it.
  }
}
