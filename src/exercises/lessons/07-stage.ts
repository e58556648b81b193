import { Queue } from '../../channels/queue.ts';
import { Thread } from '../../workers/thread.ts';
import type { Definition } from '../definition.ts';
import { same, sample } from '../evidence.ts';
import { observe } from '../observe.ts';

type Work = (item: number) => Promise<number>;
type Stage = (inbox: Queue<number>, outbox: Queue<number>, work: Work) => unknown;

/** An item in the hands of each stage, and two in each of the two queues between them. */
const bound = 7;

/** Bounded queues pass the pace of the slowest stage on to the others. */
export const stage: Definition<Stage> = {
  id: '07.3',
  title: 'a stage of a pipeline',
  task: 'Get items, work on them, put the results, close the outbox at the end: with all stages at work at once.',
  stub: async function stage(inbox: Queue<number>, outbox: Queue<number>, work: Work) {
    const all: number[] = [];
    for await (const item of inbox) all.push(item);
    for (const item of all) await outbox.put(await work(item));
    outbox.close();
  },
  hints: [
    'When does the second stage get its first item? Look at where the first stage puts.',
    'Put each result as soon as there is one: one loop is enough.',
    'Inside for await (const item of inbox): await outbox.put(await work(item)). Both words await are needed.',
  ],
  solution: `async function stage(inbox, outbox, work) {
  for await (const item of inbox) await outbox.put(await work(item));
  outbox.close();
}`,
  async judge(answer, that) {
    const items = Array.from({ length: 24 }, (_, i) => i);
    const notes = new Int32Array(new SharedArrayBuffer(16));
    const [first, second, third, last] = [
      new Queue<number>(2),
      new Queue<number>(2),
      new Queue<number>(2),
      new Queue<number>(),
    ];
    const stages = [
      new Thread(runStage, answer, first, second, notes, { begins: true, ends: false, bound }),
      new Thread(runStage, answer, second, third, notes, { begins: false, ends: false, bound }),
      new Thread(runStage, answer, third, last, notes, { begins: false, ends: true, bound }),
    ];
    try {
      const { value, trouble } = await observe(async () => {
        for (const thread of stages) thread.start();
        for (const item of items) await first.put(item);
        first.close();
        const results: number[] = [];
        for await (const result of last) results.push(result);
        for (const thread of stages) await thread.join();
        return results;
      }, 6_000);
      if (trouble !== undefined) return void that('it finishes', false, trouble);
      const wanted = items.map((item) => item + 111);
      that('nothing is lost, doubled or out of order', same(value, wanted), sample(value));
      const [, most = 0, , way = 0] = notes;
      that('stages work at the same time', most >= 2, `at most ${most} at once`);
      that(`at most ${bound} items are under way`, way <= bound, `at most ${way} of ${items.length}`);
    } finally {
      for (const queue of [first, second, third, last]) queue.close();
      for (const thread of stages) thread.terminate();
    }
  },
};

interface Place {
  /** Whether items come into the pipeline here, or leave it. */
  readonly begins: boolean;
  readonly ends: boolean;
  /** Items that may be under way. */
  readonly bound: number;
}

/**
 * One stage in its thread: runs the answer with work that notes what it does. It names nothing outside itself.
 *
 * @param notes stages at work, the most there were, items between the first and the last, the most there were
 */
async function runStage(
  answer: Stage,
  inbox: Queue<number>,
  outbox: Queue<number>,
  notes: Int32Array,
  { begins, ends, bound }: Place,
): Promise<void> {
  const [working, mostWorking, between, mostBetween] = [0, 1, 2, 3] as const;
  const raise = (most: number, count: number) => {
    for (let seen = Atomics.load(notes, most); seen < count; ) {
      const found = Atomics.compareExchange(notes, most, seen, count);
      seen = found === seen ? count : found;
    }
  };
  let first = true;
  const work: Work = async (item) => {
    if (begins) raise(mostBetween, Atomics.add(notes, between, 1) + 1);
    raise(mostWorking, Atomics.add(notes, working, 1) + 1);
    // The last stage is the slow one: it holds its first item until too many are under way, or nobody brings more.
    let turns = ends && first ? 40 : 1;
    first = false;
    while (turns-- > 0 && Atomics.load(notes, between) <= bound) await new Promise((go) => setTimeout(go, 3));
    Atomics.sub(notes, working, 1);
    if (ends) Atomics.sub(notes, between, 1);
    return item + (begins ? 1 : ends ? 100 : 10);
  };
  await answer(inbox, outbox, work);
}
