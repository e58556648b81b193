import { setTimeout as sleep } from 'node:timers/promises';
import type { Executor } from '../../executors/executor.ts';
import { ThreadPoolExecutor } from '../../executors/executors.ts';
import type { Definition } from '../definition.ts';
import { same, sample, shares } from '../evidence.ts';
import { lend } from '../lend.ts';
import { Traffic } from '../traffic.ts';

type Get = (name: string) => Promise<string>;
type Digest = (text: string) => number;
type Both = (pool: Executor, names: string[], get: Get, digest: Digest) => unknown;

/** Turns of 2 ms that the slowest page waits for the digests of all others to be asked for. */
const slowest = 200;

/** Many waits on one thread, the heavy part where there are cores. */
export const waitsHere: Definition<Both> = {
  id: '08.4',
  title: 'wait here, work there',
  task: 'Get all pages at once on this thread, and digest each as soon as it is here, on both threads of the pool.',
  // biome-ignore lint/correctness/noUnusedFunctionParameters: what the answer still has to use.
  stub: async function digestAll(pool: Executor, names: string[], get: Get, digest: Digest) {
    return await Promise.all(names.map(async (name) => digest(await get(name))));
  },
  hints: [
    'get waits, digest computes. Which of the two needs another thread?',
    'names.map(async (name) => …) has all pages under way at once, here. What goes to the pool is one digest, with its text.',
    'pool.submit(digest, text) gives a future. Await the page first, then the future, inside of the async function.',
  ],
  solution: `async function digestAll(pool, names, get, digest) {
  const one = async (name) => await pool.submit(digest, await get(name));
  return await Promise.all(names.map(one));
}`,
  async judge(answer, that) {
    const names = Array.from({ length: 24 }, (_, i) => `page ${i}`);
    const all = names.length;
    const sent = new Sent();
    let [open, most, calls, early] = [0, 0, 0, 0];
    const get: Get = async (name) => {
      calls += 1;
      most = Math.max(most, ++open);
      const n = names.indexOf(name);
      await sleep(20 + (n % 5));
      if (n === 7) {
        for (let turns = 0; turns < slowest && sent.items < all - 1; turns++) await sleep(2);
        early = sent.items;
      }
      open -= 1;
      return `${name} `.repeat(100 + n);
    };
    const { value, trouble, timeline } = await lend(
      new ThreadPoolExecutor(2),
      (pool) => answer(pool, names, get, digest),
      { traffic: sent },
    );
    if (trouble !== undefined) return void that('it finishes', false, trouble);
    const wanted = names.map((name, n) => digest(`${name} `.repeat(100 + n)));
    that('the digests are right and in order', same(value, wanted), sample(value));
    that('every page is under way at once, here', most === all && calls === all, `${most} at once, ${calls} calls`);
    const tasks = timeline.tasks.filter((task) => task.started !== undefined && !/^(main|task)/.test(task.lane));
    const ran = tasks.length === 0 ? 'none ran there' : `${tasks.length} ran, on ${shares(tasks)}`;
    if (!that('each page is digested once, in the pool', tasks.length === all, ran)) return;
    const two = timeline.maxConcurrency;
    that('two digests run at the same time', two === 2, two === 2 ? 'two at once' : 'never more than one at once');
    that(
      'no page waits for the slowest',
      early >= all - 1,
      `${early} of ${all - 1} others were sent to the pool before it was here`,
    );
  },
};

/** Counts what goes to the pool. */
class Sent extends Traffic {
  items = 0;

  override function(): void {}

  override value(): void {
    this.items += 1;
  }
}

/** Some ms of work; it names nothing outside itself. */
function digest(text: string): number {
  let sum = 0;
  for (let lap = 0; lap < 1500; lap++) {
    for (let i = 0; i < text.length; i++) sum = (sum * 31 + text.charCodeAt(i) + lap) | 0;
  }
  return sum;
}
