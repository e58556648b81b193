import { countryLinks } from '../../countries/links.ts';
import { startCountries } from '../../countries/site.ts';
import type { Executor } from '../../executors/executor.ts';
import { ThreadPoolExecutor } from '../../executors/executors.ts';
import type { Definition } from '../definition.ts';
import { perLane, same, sample, shares } from '../evidence.ts';
import { lend } from '../lend.ts';

type Get = (url: string) => Promise<number>;
type TasksOnThreads = (pool: Executor, urls: string[], get: Get) => unknown;

/** k workers with m async tasks each: so many under way, and never more. */
export const tasksOnThreads: Definition<TasksOnThreads> = {
  id: '08.1',
  title: 'two threads, four tasks each',
  task: 'Get all pages on both threads of the pool, four at a time on each: eight under way, and never more.',
  stub: async function tasksOnThreads(pool: Executor, urls: string[], get: Get) {
    return await pool.map(get, urls);
  },
  hints: [
    'A thread of this pool does one task at a time. So a task must be more than one page: a share of the addresses.',
    'Inside such a task four async workers share a list, as in exercise 05.1. get must come in as an argument: it travels along.',
    'pool.submit(four, get, half) for each half, where four(get, urls) runs Promise.all over four calls of a worker that takes the next address until none is left.',
  ],
  solution: `async function tasksOnThreads(pool, urls, get) {
  const four = async (get, urls) => {
    const results = [];
    let next = 0;
    const worker = async () => {
      while (next < urls.length) {
        const mine = next++;
        results[mine] = await get(urls[mine]);
      }
    };
    await Promise.all([worker(), worker(), worker(), worker()]);
    return results;
  };
  const half = urls.length / 2;
  const shares = [urls.slice(0, half), urls.slice(half)];
  return (await Promise.all(shares.map((share) => pool.submit(four, get, share)))).flat();
}`,
  async judge(answer, that) {
    const site = await startCountries({ delay: 200 });
    try {
      const index = await (await fetch(site.url)).text();
      const urls = (await countryLinks(index, site.url)).slice(0, 32);
      const wanted = await Promise.all(urls.map(get));
      await site.reset();
      const { value, trouble, timeline } = await lend(new ThreadPoolExecutor(2), (pool) => answer(pool, urls, get));
      if (trouble !== undefined) return void that('it finishes', false, trouble);
      const { requests, peak } = await site.counters();
      that('the lengths are right and in order', same(value, wanted), sample(value));
      that('the site is asked once for each page', requests === urls.length, `${requests} requests`);
      const tasks = timeline.tasks.filter(({ started, lane }) => started !== undefined && lane.startsWith('thread'));
      const both = perLane(tasks).size === 2;
      that('both threads have work', both, shares(tasks) || 'no task ran in a thread');
      that('eight pages are under way at once, and never more', peak === 8, `the site saw at most ${peak} at once`);
    } finally {
      await site.stop();
    }
  },
};

/** The length of a page; it names nothing outside itself. */
async function get(url: string): Promise<number> {
  const reply = await fetch(url);
  return (await reply.text()).length;
}
