import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ClusterAddress, ClusterExecutor } from '../../executors/cluster/cluster.ts';
import { type Executor, withExecutor } from '../../executors/executor.ts';
import { Process } from '../../workers/process.ts';
import type { Definition } from '../definition.ts';
import { same, sample } from '../evidence.ts';
import { lend } from '../lend.ts';
import { inWords } from '../observe.ts';

/** An item, and the file in which its task notes that it begins. */
export interface Item {
  readonly n: number;
  readonly notes: string;
}

type EveryNight = (
  pool: Executor,
  work: (item: Item) => Promise<number>,
  items: readonly Item[],
  night: string,
) => unknown;

const numbers = [0, 1, 2, 3, 4, 5, 6, 7];

/** A program that was killed comes back to what it has done. */
export const survive: Definition<EveryNight> = {
  id: '10.3',
  title: 'survive the kill',
  task: 'Give the results of all items. Killed and started again in the same night, begin none twice; the next night, begin all anew.',
  stub: async function everyNight(
    pool: Executor,
    work: (item: Item) => Promise<number>,
    items: readonly Item[],
    night: string,
  ) {
    return await pool.map(work, items, { name: night });
  },
  hints: [
    'The program that is started again has nothing but its arguments. Where are the results of the one that was killed?',
    'map takes a key: each item then has one of its own, made of the key and its place.',
    'Which key is the same for both runs of a night, and another the next night? pool.map(work, items, { key: … night }).',
  ],
  solution: `async function everyNight(pool, work, items, night) {
  return await pool.map(work, items, { key: 'the work of ' + night });
}`,
  async judge(answer, that) {
    const folder = mkdtempSync(join(tmpdir(), 'interleaved-nights-'));
    const notes = join(folder, 'begun');
    const items = numbers.map((n) => ({ n, notes }));
    try {
      await withExecutor(new ClusterExecutor(2), async (cluster) => {
        const address = await cluster.address();
        const again = (night: string) =>
          lend(new ClusterExecutor(2, address), (pool) => answer(pool, squared, items, night));
        writeFileSync(notes, '');
        let killed: string;
        try {
          killed = await killMidway(address, answer, items);
        } catch (error) {
          return void that('it can be started in a process of its own', false, inWords(error));
        }
        const { value, trouble } = await again('Monday');
        if (trouble !== undefined) return void that('it finishes', false, trouble);
        const squares = numbers.map((n) => n * n);
        that('the results are right and in order', same(value, squares), sample(value));
        const monday = beginnings(notes);
        that(
          'killed and started again, it begins every item once',
          monday.every((times) => times === 1),
          `killed after ${killed}; then begun ${tally(monday)}`,
        );
        const next = await again('Tuesday');
        const tuesday = beginnings(notes).map((times, n) => times - monday[n]!);
        that(
          'the next night it begins every item anew',
          same(next.value, squares) && tuesday.every((times) => times === 1),
          next.trouble ?? `begun ${tally(tuesday)}`,
        );
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** @returns how many tasks had begun, in words */
async function killMidway(address: ClusterAddress, answer: EveryNight, items: readonly Item[]): Promise<string> {
  const { notes } = items[0]!;
  const program = new Process(run, address, answer, squared, items, 'Monday');
  program.start();
  const until = performance.now() + 10_000;
  const begun = () => beginnings(notes).reduce((sum, times) => sum + times, 0);
  while (program.alive && begun() < 3 && performance.now() < until) await sleep(5);
  if (program.alive) process.kill(program.pid!, 'SIGKILL');
  await program.join();
  return `${begun()} beginnings`;
}

async function run(
  address: ClusterAddress,
  answer: EveryNight,
  work: (item: Item) => Promise<number>,
  items: readonly Item[],
  night: string,
): Promise<void> {
  try {
    await withExecutor(new ClusterExecutor(2, address), (pool) => answer(pool, work, items, night));
  } catch {
    // It is looked at where it is started again.
  }
}

async function squared({ n, notes }: Item): Promise<number> {
  appendFileSync(notes, `${n}\n`);
  await sleep(100);
  return n * n;
}

/** Per item how often its task began. */
function beginnings(notes: string): number[] {
  const lines = readFileSync(notes, 'utf8').split('\n');
  return numbers.map((n) => lines.filter((line) => line === String(n)).length);
}

function tally(times: readonly number[]): string {
  const count = (wanted: (times: number) => boolean) => times.filter(wanted).length;
  const parts = [`once: ${count((n) => n === 1)} of ${times.length}`];
  if (count((n) => n > 1) > 0) parts.push(`more than once: ${count((n) => n > 1)}`);
  if (count((n) => n === 0) > 0) parts.push(`never: ${count((n) => n === 0)}`);
  return parts.join(', ');
}
