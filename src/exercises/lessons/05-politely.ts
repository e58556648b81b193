import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { Definition } from '../definition.ts';
import { same, sample } from '../evidence.ts';
import { observe } from '../observe.ts';

type Politely = (items: number[], step: (item: number) => number) => unknown;

const bound = 50;

/** Long work in slices, so that the loop gets its turn in between. */
export const politely: Definition<Politely> = {
  id: '05.4',
  title: 'a polite loop',
  task: `Do all steps, in order, and at most ${bound} of them between two turns of the event loop.`,
  stub: async function politely(items: number[], step: (item: number) => number) {
    const results: number[] = [];
    for (const item of items) results.push(step(item));
    return results;
  },
  hints: [
    'Now and then the function must go back to the loop. An await is needed, but which promise?',
    'An await of a promise that is settled goes on before the loop does anything else. The promise must be one that the loop itself settles.',
    'await new Promise((resolve) => setImmediate(resolve)), each time that results.length is a multiple of 50.',
  ],
  solution: `async function politely(items, step) {
  const results = [];
  for (const item of items) {
    results.push(step(item));
    if (results.length % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return results;
}`,
  async judge(answer, that) {
    const items = Array.from({ length: 400 }, (_, i) => i);
    const perTurn = new Map<number, number>();
    let [turn, steps, over] = [0, 0, false];
    const step = (item: number): number => {
      steps += 1;
      perTurn.set(turn, (perTurn.get(turn) ?? 0) + 1);
      return item * 3;
    };
    const count = async (next: () => Promise<unknown>): Promise<void> => {
      for (; !over; turn++) await next();
    };
    // By timers as well: on a busy machine several that follow each other run in one round of the loop, and others of
    // the same kind have their turn in between.
    const clock = Promise.all([count(() => nextTurn()), count(() => sleep(0))]);
    try {
      const { value: end, trouble } = await observe(async () => {
        const results = await answer(items, step);
        // What is missing when it comes back counts as missing, even if it comes later.
        return { value: Array.isArray(results) ? [...results] : results, inTime: steps };
      }, 5_000);
      if (trouble !== undefined) return void that('it finishes', false, trouble);
      const { value, inTime } = end as { value: unknown; inTime: number };
      const wanted = items.map((item) => item * 3);
      that('the results are right and in order', same(value, wanted), sample(value));
      that('each step is done once', inTime === items.length, `${inTime} steps for ${items.length} items`);
      const most = Math.max(0, ...perTurn.values());
      that(`at most ${bound} steps in one turn`, most <= bound, `at most ${most} in one turn of the loop`);
    } finally {
      over = true;
      await clock;
    }
  },
};
