import { setTimeout as sleep } from 'node:timers/promises';
import type { Executor } from '../../executors/executor.ts';
import { ThreadPoolExecutor } from '../../executors/executors.ts';
import type { Definition } from '../definition.ts';
import { same } from '../evidence.ts';
import { lend } from '../lend.ts';
import { type Guest, meetAndSquare } from './06-both-hands.ts';

type Report = (
  pool: Executor,
  names: string[],
  load: (name: string) => Promise<Guest>,
  crunch: (item: Guest) => number,
) => unknown;

const names = ['north', 'east', 'south', 'west'];

/** A program with both kinds of burst: the waits overlap on this thread, the computing is spread over the pool. */
export const report: Definition<Report> = {
  id: '01.3',
  title: 'to each its own cure',
  task: 'Let all waits overlap on this thread, let both threads of the pool compute, and give all results in order.',
  stub: async function report(
    // biome-ignore lint/correctness/noUnusedFunctionParameters: to use it is the exercise
    pool: Executor,
    names: string[],
    load: (name: string) => Promise<Guest>,
    crunch: (item: Guest) => number,
  ) {
    const results: number[] = [];
    for (const name of names) results.push(crunch(await load(name)));
    return results;
  },
  hints: [
    'load waits and crunch computes. Which of the two gains from a second core, and which does not need one?',
    'Four calls of load may be under way before the first await. pool.submit(crunch, item) computes on another thread.',
    'Promise.all(names.map(async (name) => …)): in there, await load(name) and submit what it gave.',
  ],
  solution: `async function report(pool, names, load, crunch) {
  return await Promise.all(
    names.map(async (name) => pool.submit(crunch, await load(name))),
  );
}`,
  async judge(answer, that) {
    const hall = new SharedArrayBuffer(8);
    const log: string[] = [];
    const load = async (name: string): Promise<Guest> => {
      log.push(`${name} begins`);
      await sleep(30);
      log.push(`${name} ends`);
      return { n: names.indexOf(name) + 1, hall };
    };
    const { value, trouble, timeline } = await lend(
      new ThreadPoolExecutor(2),
      (pool) => answer(pool, [...names], load, meetAndSquare),
      { limit: 10_000 },
    );
    if (trouble !== undefined) return void that('it finishes', false, trouble);
    that('the results are right and in order', same(value, [1, 4, 9, 16]), `it gave ${JSON.stringify(value)}`);
    const story = log.join(', ') || 'nothing was loaded';
    const once = log.length === 2 * names.length && new Set(log).size === log.length;
    if (!that('each name is loaded once', once, story)) return;
    const firstEnd = log.findIndex((line) => line.endsWith('ends'));
    that('all waits overlap', firstEnd === names.length, story);
    const tasks = timeline.tasks.filter((task) => task.started !== undefined);
    const ran = `${tasks.length} tasks ran in the pool`;
    if (!that('each is computed in the pool, once', tasks.length === names.length, ran)) return;
    const most = timeline.maxConcurrency;
    that('two are computed at the same time', most === 2, most === 2 ? 'two at once' : 'never more than one at once');
  },
};
