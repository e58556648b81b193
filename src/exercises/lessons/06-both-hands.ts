import type { Executor } from '../../executors/executor.ts';
import { ThreadPoolExecutor } from '../../executors/executors.ts';
import type { Definition } from '../definition.ts';
import { perLane, same, shares } from '../evidence.ts';
import { lend } from '../lend.ts';

/** An item that says where two tasks can meet. */
export interface Guest {
  readonly n: number;
  readonly hall: SharedArrayBuffer;
}

/** Both workers at work at the same time, with equal shares. */
export const bothHands: Definition<(pool: Executor, work: (item: Guest) => number, items: Guest[]) => unknown> = {
  id: '06.1',
  title: 'both hands',
  task: 'Let both workers of the pool work at the same time, with equal shares, and give all results in order.',
  stub: async function bothHands(pool: Executor, work: (item: Guest) => number, items: Guest[]) {
    const results: number[] = [];
    for (const item of items) results.push(await pool.submit(work, item));
    return results;
  },
  hints: [
    'Look at the loop: when is the second item submitted?',
    'submit gives a future at once. Only await makes the loop stop, so submit everything before you await anything.',
    'Promise.all(items.map((item) => …)) does it, and there is a method of the pool that is made for just this.',
  ],
  solution: `async function bothHands(pool, work, items) {
  return await pool.map(work, items);
}`,
  async judge(answer, that) {
    const hall = new SharedArrayBuffer(8);
    const items = [1, 2, 3, 4].map((n) => ({ n, hall }));
    const { value, trouble, timeline } = await lend(new ThreadPoolExecutor(2), (pool) =>
      answer(pool, meetAndSquare, items),
    );
    if (trouble !== undefined) return void that('it finishes', false, trouble);
    that('the results are right and in order', same(value, [1, 4, 9, 16]), `it gave ${JSON.stringify(value)}`);
    const tasks = timeline.tasks.filter((task) => task.started !== undefined);
    const ran = `${tasks.length} tasks ran, on ${shares(tasks)}`;
    if (!that('each item is one task of the pool', tasks.length === 4, ran)) return;
    const most = timeline.maxConcurrency;
    that('two tasks run at the same time', most === 2, most === 2 ? 'two at once' : 'never more than one at once');
    const counts = [...perLane(tasks).values()];
    that('both workers have the same share', counts.length === 2 && counts.every((n) => n === 2), ran);
  },
};

/**
 * The work of 06.1: each task waits, a second at most, until another is there as well. So tasks that are under
 * way together overlap however busy the machine is. It runs in a worker and names nothing outside itself.
 */
export function meetAndSquare({ n, hall }: Guest): number {
  const came = new Int32Array(hall);
  const place = Atomics.add(came, 0, 1) + 1;
  Atomics.notify(came, 0);
  const pair = place + (place % 2);
  const deadline = performance.now() + 1_000;
  for (let seen = place; seen < pair; seen = Atomics.load(came, 0)) {
    if (performance.now() > deadline) break;
    Atomics.wait(came, 0, seen, 20);
  }
  const end = performance.now() + 1; // long enough to be seen in a timeline
  while (performance.now() < end);
  return n * n;
}
