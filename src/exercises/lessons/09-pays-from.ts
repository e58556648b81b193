import type { Definition } from '../definition.ts';
import { observe } from '../observe.ts';

type PaysFrom = (loop: number, start: number, each: number) => unknown;

/** When a pool pays: its start ÷ the gain per item. */
export const paysFrom: Definition<PaysFrom> = {
  id: '09.1',
  title: 'from how many items on',
  task: 'Give the least number of items for which the pool is faster than the loop, its start included; Infinity if there is none.',
  // biome-ignore lint/correctness/noUnusedFunctionParameters: to use it is the exercise
  stub: function paysFrom(loop: number, start: number, each: number) {
    return start / each;
  },
  hints: [
    'The loop takes n × loop, the pool takes start + n × each. What does the pool win back with each item?',
    'It wins loop − each. When that is not more than 0, no number of items is enough.',
    'start ÷ (loop − each) items take equally long in both. Faster is the next whole number: Math.floor(…) + 1.',
  ],
  solution: `function paysFrom(loop, start, each) {
  if (each >= loop) return Infinity;
  return Math.floor(start / (loop - each)) + 1;
}`,
  async judge(answer, that) {
    const ask = async (loop: number, start: number, each: number) => {
      const { value, trouble } = await observe(() => answer(loop, start, each), 2_000);
      return { value, said: trouble ?? `loop ${loop}, start ${start}, each ${each}: it gave ${String(value)}` };
    };
    const first = await ask(10, 63, 5);
    const [loop, pool] = [`${Number(first.value) * 10} ms`, `${63 + Number(first.value) * 5} ms`];
    const told = `${first.said}; the loop takes ${loop} for them, the pool ${pool}`;
    if (!that('with these the pool is faster, with one less it is not', first.value === 13, told)) return;
    const even = await ask(10, 60, 5);
    that('equally long is not faster', even.value === 13, even.said);
    const least = await ask(10, 2, 5);
    that('one item may be enough', least.value === 1, least.said);
    const [same, dear] = [await ask(10, 60, 10), await ask(1, 60, 3)];
    const never = same.value === Number.POSITIVE_INFINITY && dear.value === Number.POSITIVE_INFINITY;
    that('a pool that wins nothing never pays', never, `${same.said}; ${dear.said}`);
  },
};
