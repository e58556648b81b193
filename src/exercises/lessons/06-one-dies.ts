import type { Executor } from '../../executors/executor.ts';
import { ProcessPoolExecutor } from '../../executors/executors.ts';
import type { Definition } from '../definition.ts';
import { same, sample } from '../evidence.ts';
import { lend } from '../lend.ts';

/** An item, and the process in which it must not run. */
export interface Parcel {
  readonly n: number;
  readonly home: number;
}

/** One task ends its worker; the others must not suffer. */
export const oneDies: Definition<(pool: Executor, work: (item: Parcel) => number, items: Parcel[]) => unknown> = {
  id: '06.4',
  title: 'one dies',
  task: 'One item ends the process that runs it. Give the results of all others, and null in its place.',
  stub: async function oneDies(pool: Executor, work: (item: Parcel) => number, items: Parcel[]) {
    return await pool.map(work, items);
  },
  hints: [
    'map gives all results or, at the first failure, none. What gives one outcome for each item?',
    'submit gives one future for each item, and the pool replaces the worker that died: the other futures are fine.',
    'Submit all, then await each with a catch that gives null: pool.submit(work, item).catch(() => null).',
  ],
  solution: `async function oneDies(pool, work, items) {
  const futures = items.map((item) => pool.submit(work, item));
  return await Promise.all(futures.map((future) => future.catch(() => null)));
}`,
  async judge(answer, that) {
    const items = [1, 2, 3, 4, 5, 6].map((n) => ({ n, home: process.pid }));
    const { value, trouble, timeline } = await lend(new ProcessPoolExecutor(2), (pool) => answer(pool, fragile, items));
    if (trouble !== undefined) return void that('it finishes', false, trouble);
    const ran = timeline.tasks.filter((task) => task.started !== undefined);
    const well = ran.filter((task) => task.ok).length;
    const died = ran.length - well;
    that('every other result is there, with null in its place', same(value, [1, 4, 9, null, 25, 36]), sample(value));
    that('each of the others runs once', well === 5, `${well} tasks ended well`);
    that(
      'the deadly one is tried at most three times',
      died >= 1 && died <= 3,
      died === 1 ? 'one task ended with its worker' : `${died} tasks ended with their workers`,
    );
  },
};

function fragile({ n, home }: Parcel): number {
  if (n === 4 && process.pid === home) throw new Error('at home this item would have ended the notebook');
  if (n === 4) process.exit(3);
  return n * n;
}
