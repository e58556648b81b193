import type { Executor } from '../../executors/executor.ts';
import { ProcessPoolExecutor } from '../../executors/executors.ts';
import type { Definition } from '../definition.ts';
import { perLane, shares } from '../evidence.ts';
import { lend } from '../lend.ts';
import { Traffic } from '../traffic.ts';

/** Send the question, not the data. */
export const question: Definition<(pool: Executor, count: number) => unknown> = {
  id: '06.3',
  title: 'send the question',
  task: 'Add up the readings in both processes, and send less than 10 kB to do it.',
  stub: async function question(pool: Executor, count: number) {
    const readings = Array.from({ length: count }, (_, i) => (i * 7919) % 1009);
    const half = count / 2;
    const halves = [readings.slice(0, half), readings.slice(half)];
    const sum = (numbers: number[]) => numbers.reduce((total, n) => total + n, 0);
    const [a, b] = await pool.map(sum, halves);
    return a! + b!;
  },
  hints: [
    'Each half is an array of 200,000 numbers, and all of it travels. What is the least a worker must know?',
    'A worker can make its readings itself, from their formula: it need only know where to begin and where to end.',
    'Map over two pairs, [0, half] and [half, count], and let the function loop from the one to the other.',
  ],
  solution: `async function question(pool, count) {
  const half = count / 2;
  const sum = ([from, to]) => {
    let total = 0;
    for (let i = from; i < to; i++) total += (i * 7919) % 1009;
    return total;
  };
  const [a, b] = await pool.map(sum, [[0, half], [half, count]]);
  return a + b;
}`,
  async judge(answer, that) {
    const count = 400_000;
    const traffic = new Traffic();
    const { value, trouble, timeline } = await lend(new ProcessPoolExecutor(2), (pool) => answer(pool, count), {
      traffic,
    });
    if (trouble !== undefined) return void that('it finishes', false, trouble);
    let expected = 0;
    for (let i = 0; i < count; i++) expected += (i * 7919) % 1009;
    that('the sum is right', value === expected, `it gave ${JSON.stringify(value)}`);
    const tasks = timeline.tasks.filter((task) => task.started !== undefined);
    const lanes = perLane(tasks).size;
    that('both processes work', lanes === 2, shares(tasks) || 'no task ran in a worker');
    const sent = `${traffic.bytes.toLocaleString('en-US')} bytes`;
    that('less than 10 kB are sent', tasks.length > 0 && traffic.bytes < 10_000, sent);
  },
};
