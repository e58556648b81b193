import type { Executor } from '../../executors/executor.ts';
import { ProcessPoolExecutor } from '../../executors/executors.ts';
import type { Definition } from '../definition.ts';
import { perLane, same, sample, shares } from '../evidence.ts';
import { lend } from '../lend.ts';

/** Many tiny tasks, few messages. */
export const crumbs: Definition<(pool: Executor, work: (item: number) => number, items: number[]) => unknown> = {
  id: '06.2',
  title: 'crumbs',
  task: 'Run 1,000 tiny tasks with at most 50 messages to the workers, and leave no worker without work.',
  stub: async function crumbs(pool: Executor, work: (item: number) => number, items: number[]) {
    return await pool.map(work, items, { chunksize: 1 });
  },
  hints: [
    'How many messages does the pool send when each carries chunksize items?',
    'One message for everything is the fewest, and leaves one of the two workers idle. Look for something between.',
    'Any chunksize from 20 to 500 will do. Without the option, map measures the tasks and chooses for itself.',
  ],
  solution: `async function crumbs(pool, work, items) {
  return await pool.map(work, items, { chunksize: 50 });
}`,
  async judge(answer, that) {
    const items = Array.from({ length: 1000 }, (_, i) => i);
    const { value, trouble, timeline } = await lend(new ProcessPoolExecutor(2), (pool) => answer(pool, tiny, items));
    if (trouble !== undefined) return void that('it finishes', false, trouble);
    that('the results are right and in order', same(value, items.map(tiny)), sample(value));
    const tasks = timeline.tasks.filter((task) => task.started !== undefined);
    const lanes = perLane(tasks).size;
    const messages = new Set(tasks.map(({ lane, message }) => `${lane} ${message}`)).size;
    const sent = `${tasks.length.toLocaleString('en-US')} tasks in ${messages.toLocaleString('en-US')} messages`;
    that('at most 50 messages', tasks.length > 0 && messages <= 50, sent);
    that('both workers have work', lanes === 2, shares(tasks) || 'no task ran in a worker');
  },
};

function tiny(n: number): number {
  return (n * 7) % 13;
}
