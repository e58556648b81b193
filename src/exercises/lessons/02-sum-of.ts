import { Thread } from '../../workers/thread.ts';
import type { Definition } from '../definition.ts';
import { observe } from '../observe.ts';

/** Some whole numbers, and where it is noted that they were added up. */
export interface Range {
  readonly index: number;
  readonly from: number;
  readonly to: number;
  readonly notes: Int32Array;
}
type Work = (range: Range) => number;

const size = 1_000;
const count = 5;

/** A list that is handed to a thread is a copy: results need another way home. */
export const sumOf: Definition<(Kind: typeof Thread, work: Work, ranges: Range[]) => unknown> = {
  id: '02.2',
  title: 'bring it home',
  task: 'Let each range be added up by a thread of its own, and give the sum of what they found.',
  stub: async function sumOf(Kind: typeof Thread, work: Work, ranges: Range[]) {
    const found: number[] = [];
    const append = (list: number[], work: Work, range: Range) => {
      list.push(work(range));
    };
    const threads = ranges.map((range) => new Kind(append, found, work, range));
    for (const thread of threads) thread.start();
    for (const thread of threads) await thread.join();
    return found.reduce((sum, n) => sum + n, 0);
  },
  hints: [
    'Whose list does each thread append to?',
    'What can both sides see? A typed array over a SharedArrayBuffer, with a place for each thread. A Queue will do as well.',
    'Make found a Float64Array over a SharedArrayBuffer of 8 bytes for each range, and hand each thread its place: found[place] = work(range).',
  ],
  solution: `async function sumOf(Kind, work, ranges) {
  const found = new Float64Array(new SharedArrayBuffer(8 * ranges.length));
  const put = (found, place, work, range) => {
    found[place] = work(range);
  };
  const threads = ranges.map((range, place) => new Kind(put, found, place, work, range));
  for (const thread of threads) thread.start();
  for (const thread of threads) await thread.join();
  return found.reduce((sum, n) => sum + n, 0);
}`,
  async judge(answer, that) {
    const notes = new Int32Array(new SharedArrayBuffer(4 * (count + 1)));
    const ranges = Array.from({ length: count }, (_, i) => ({ index: i, from: i * size, to: (i + 1) * size, notes }));
    const made: Thread[] = [];
    class Lent extends Thread {
      // biome-ignore lint/suspicious/noExplicitAny: it takes whatever Thread takes.
      constructor(...given: any[]) {
        super(...(given as [() => void]));
        made.push(this as Thread);
      }
    }
    try {
      const { value, trouble } = await observe(async () => {
        const sum = await answer(Lent as typeof Thread, addUp, ranges);
        return { sum, running: made.filter((thread) => thread.alive).length };
      }, 10_000);
      if (trouble !== undefined) return void that('it finishes', false, trouble);
      const { sum, running } = value as { sum: unknown; running: number };
      const right = (size * count * (size * count - 1)) / 2;
      that('the sum is right', sum === right, `it gave ${JSON.stringify(sum)} of ${right}`);
      const once = [...notes.subarray(0, count)].filter((times) => times === 1).length;
      const home = notes[count]!;
      const seen = `${once} of ${count}${home > 0 ? `, and ${home} on the main thread` : ''}`;
      that('each range is added up once, in a thread', once === count && home === 0, seen);
      const used = made.filter((thread) => thread.id !== undefined).length;
      that('each has a thread of its own', used === count, `${used} threads for ${count} ranges`);
      that('no thread is left running', running === 0, `${running} were running`);
    } finally {
      for (const thread of made) thread.terminate();
    }
  },
};

/** The work of 02.2; it names nothing outside itself. */
function addUp({ index, from, to, notes }: Range): number {
  const { isMainThread } = process.getBuiltinModule('node:worker_threads');
  Atomics.add(notes, isMainThread ? notes.length - 1 : index, 1);
  let sum = 0;
  for (let n = from; n < to; n++) sum += n;
  return sum;
}
