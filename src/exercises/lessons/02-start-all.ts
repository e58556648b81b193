import { Thread } from '../../workers/thread.ts';
import type { Definition } from '../definition.ts';
import { observe } from '../observe.ts';

const count = 4;

/** Start all, then join all. */
export const startAll: Definition<(threads: Thread[]) => unknown> = {
  id: '02.1',
  title: 'all at once',
  task: 'Run all threads at the same time, and come back when all of them have ended.',
  stub: async function startAll(threads: Thread[]) {
    for (const thread of threads) {
      thread.start();
      await thread.join();
    }
  },
  hints: [
    'When is the second thread started? What has the first one done by then?',
    'start comes back at once; join comes back at the end. How many threads are running when you join the first?',
    'Two loops: one that starts them all, and after it one that joins them all.',
  ],
  solution: `async function startAll(threads) {
  for (const thread of threads) thread.start();
  for (const thread of threads) await thread.join();
}`,
  async judge(answer, that) {
    const hall = new Int32Array(new SharedArrayBuffer(12));
    const one = (_: unknown, i: number) =>
      new Thread({ target: meet, args: [hall, count] as [Int32Array, number], name: `guest ${i + 1}` });
    const threads = Array.from({ length: count }, one);
    try {
      const { value, trouble } = await observe(async () => {
        await answer([...threads] as Thread[]);
        return threads.filter((thread) => thread.exitCode !== null).length;
      }, 10_000);
      if (trouble !== undefined) return void that('it finishes', false, trouble);
      const started = threads.filter((thread) => thread.id !== undefined);
      that('every thread is started', started.length === count, `${started.length} of ${count}`);
      that('all have ended when you come back', value === count, `${value} of ${count} had ended`);
      await Promise.all(started.map((thread) => thread.join(4_000)));
      const most = hall[1]!;
      const seen = most === count ? `all ${count} at once` : `at most ${most} of ${count} at once`;
      that('all run at the same time', most === count, seen);
    } finally {
      for (const thread of threads) thread.terminate();
    }
  },
};

/**
 * One thread of 02.1: it stays, two seconds at most, until all have been there at once. So threads that are started
 * together do meet however busy the machine is; the first that has waited in vain spares the others the wait. It names
 * nothing outside itself.
 *
 * @param hall how many are there, the most that were, whether one gave up
 */
function meet(hall: Int32Array, all: number): void {
  const [there, most, over] = [0, 1, 2] as const;
  const place = Atomics.add(hall, there, 1) + 1;
  for (let seen = Atomics.load(hall, most); seen < place; seen = Atomics.load(hall, most)) {
    Atomics.compareExchange(hall, most, seen, place);
  }
  Atomics.notify(hall, most);
  const deadline = performance.now() + 2_000;
  for (let seen = Atomics.load(hall, most); seen < all; seen = Atomics.load(hall, most)) {
    if (Atomics.load(hall, over) === 1) break;
    if (performance.now() > deadline) Atomics.store(hall, over, 1);
    Atomics.wait(hall, most, seen, 20);
  }
  Atomics.sub(hall, there, 1);
}
