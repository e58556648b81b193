import { SerialExecutor } from '../../executors/executors.ts';
import type { Mapped } from '../../executors/mapped.ts';
import type { Definition } from '../definition.ts';
import { same, sample } from '../evidence.ts';
import { observe } from '../observe.ts';

type Work = (item: number) => number;

/** What the answer is given beside its work. */
export interface Tools {
  /** The time in ms. */
  readonly now: () => number;
  readonly open: () => OpenPool;
  /** Ms that it takes to open a pool. */
  readonly start: number;
  readonly workers: number;
}
export interface OpenPool {
  map(work: Work, items: readonly number[]): Mapped<number>;
  shutdown(): Promise<void>;
}
type StayHome = (work: Work, items: number[], tools: Tools) => unknown;

/** Measure first, at home, on the work itself; then decide. */
export const stayHome: Definition<StayHome> = {
  id: '09.3',
  title: 'try at home first',
  task: 'Do a few items in a plain loop, see what they take, and open a pool for the rest only if that is faster, its start included. Close what you open.',
  stub: async function stayHome(work: Work, items: number[], { open }: Tools) {
    const pool = open();
    return await pool.map(work, items);
  },
  hints: [
    'Nobody tells how long an item takes. now() before and after the first three does.',
    'The rest takes rest × each in the loop, and start + rest × each ÷ workers on the pool.',
    'Do not run the first three again: put their results before those of pool.map(work, rest). try … finally closes the pool.',
  ],
  solution: `async function stayHome(work, items, { now, open, start, workers }) {
  const [few, rest] = [items.slice(0, 3), items.slice(3)];
  const begun = now();
  const results = few.map(work);
  const loop = ((now() - begun) / few.length) * rest.length;
  // Also when there was nothing to try.
  if (!(loop > start + loop / workers)) return [...results, ...rest.map(work)];
  const pool = open();
  try {
    return [...results, ...(await pool.map(work, rest))];
  } finally {
    await pool.shutdown();
  }
}`,
  async judge(answer, that) {
    const short = await visit(answer, 12, 2);
    if (short.trouble !== undefined) return void that('it finishes', false, short.trouble);
    that('the results are right and in order', short.right, short.gave);
    that('short work stays at home', short.opened === 0, `12 items of 2 ms: ${short.story}`);
    const long = await visit(answer, 100, 20);
    that('the results of long work are right and in order', long.right, long.trouble ?? long.gave);
    const moved = long.opened === 1 && long.inPool >= 90;
    that('long work goes to one pool, after a few items at home', moved, `100 items of 20 ms: ${long.story}`);
    const tried = long.runs.size === 100 && long.runs.size - long.inPool >= 1;
    that('the time is taken at home', tried, `${long.calls - long.inPool} items at home`);
    that('each item is run once', short.calls === 12 && long.calls === 100, `${short.calls} and ${long.calls} calls`);
    that('the pool is closed', long.closed, long.closed ? 'closed' : 'left open');
    const between = await visit(answer, 10, 10);
    that(
      'a pool that saves less than it costs is not opened',
      between.opened === 0,
      `10 items of 10 ms: ${between.story}`,
    );
    const none = await visit(answer, 0, 2);
    that(
      'without items no pool is opened',
      none.trouble === undefined && none.opened === 0,
      none.trouble ?? none.story,
    );
    const bad = await visit(answer, 100, 20, 50);
    const failed = bad.trouble?.includes('item 50') === true;
    const how = `${bad.trouble ?? 'it came back without an error'}; the pool was ${bad.closed ? 'closed' : 'left open'}`;
    that('when an item fails, the error is told and the pool is closed', failed && bad.closed, how);
  },
};

/** One run with a clock that only the work moves on, and a pool of two whose start takes 60 ms. */
async function visit(answer: StayHome, count: number, ms: number, deadly = -1) {
  const items = Array.from({ length: count }, (_, n) => n);
  const runs = new Set<number>();
  let [time, calls, opened, inPool, closed] = [0, 0, 0, 0, false];
  const work: Work = (item) => {
    calls += 1;
    runs.add(item);
    time += ms;
    if (item === deadly) throw new Error(`item ${item} failed`);
    return item * item;
  };
  const open = (): OpenPool => {
    opened += 1;
    time += 60;
    const pool = new SerialExecutor();
    return {
      map: (work, items) =>
        pool.map((item: number) => {
          inPool += 1;
          return work(item);
        }, items),
      shutdown: async () => {
        closed = true;
        await pool.shutdown();
      },
    };
  };
  const { value, trouble } = await observe(
    () => answer(work, items, { now: () => time, open, start: 60, workers: 2 }),
    5_000,
  );
  const right = same(
    value,
    items.map((n) => n * n),
  );
  const story = opened === 0 ? 'no pool was opened' : `${opened} opened, ${inPool} items ran there`;
  return { trouble, right, gave: sample(value), runs, calls, opened, inPool, closed, story };
}
