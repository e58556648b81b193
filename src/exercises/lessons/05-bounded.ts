import { setTimeout as sleep } from 'node:timers/promises';
import type { Definition } from '../definition.ts';
import { same, sample } from '../evidence.ts';
import { observe } from '../observe.ts';

type Bounded = (limit: number, items: number[], work: (item: number) => Promise<number>) => unknown;

/** Turns that the slow item waits for the others to be done without it. They need four each, however slow the machine. */
const patience = 150;

/** So many at once, and never fewer while there is work. */
export const bounded: Definition<Bounded> = {
  id: '05.1',
  title: 'so many at once',
  task: 'Have limit items under way at once, never more, and never fewer while one is left. Give the results in order.',
  // biome-ignore lint/correctness/noUnusedFunctionParameters: what the answer still has to use.
  stub: async function bounded(limit: number, items: number[], work: (item: number) => Promise<number>) {
    const results: number[] = [];
    for (const item of items) results.push(await work(item));
    return results;
  },
  hints: [
    'A group of limit items after another is not enough: the group waits for its slowest, and the other places are empty.',
    'Think of limit workers, each an async function that takes the next item as soon as it has done one. All share the number of the next item.',
    'const worker = async () => { while (next < items.length) { const mine = next++; … } }: and Promise.all over limit calls of it.',
  ],
  solution: `async function bounded(limit, items, work) {
  const results = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const mine = next++;
      results[mine] = await work(items[mine]);
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
  return results;
}`,
  async judge(answer, that) {
    const items = [10, 20, 30, 40, 50, 60, 70, 80, 90];
    const calls: number[] = [];
    let [busy, most, done, without] = [0, 0, 0, 0];
    const work = async (item: number): Promise<number> => {
      calls.push(item);
      most = Math.max(most, ++busy);
      // The first item takes as long as all the others together, if they get on without it.
      let turns = 0;
      do await sleep(2);
      while (item === items[0] && done < items.length - 1 && ++turns < patience);
      if (item === items[0]) without = done;
      done += 1;
      busy -= 1;
      return item + 1;
    };
    const { value, trouble } = await observe(() => answer(3, items, work), 3_000);
    if (trouble !== undefined) return void that('it finishes', false, trouble);
    const wanted = items.map((item) => item + 1);
    that('the results are right and in order', same(value, wanted), sample(value));
    that(
      'each item is worked on once',
      same(calls.toSorted(), items),
      `${calls.length} calls for ${items.length} items`,
    );
    that('three at once, and never more', most === 3, `at most ${most} at once`);
    const others = items.length - 1;
    that('a slow item holds up nobody', without === others, `${without} of ${others} others were done before it`);
    const few = await observe(() => answer(5, [1, 2], async (item) => item * 2), 2_000);
    that('fewer items than places are no trouble', same(few.value, [2, 4]), few.trouble ?? sample(few.value));
  },
};
