import { Queue } from '../../channels/queue.ts';
import { Thread } from '../../workers/thread.ts';
import type { Definition } from '../definition.ts';
import { atMost, observe } from '../observe.ts';

type Feed = Queue<number | 'STOP'>;

/** Each reader needs a sentinel of its own. */
export const feed: Definition<(queue: Feed, items: number[], readers: number) => unknown> = {
  id: '07.2',
  title: 'enough to stop them all',
  task: 'Feed the queue with all items, each once, and let every reader end.',
  // biome-ignore lint/correctness/noUnusedFunctionParameters: what the answer still has to use.
  stub: async function feed(queue: Feed, items: number[], readers: number) {
    for (const item of items) await queue.put(item);
    await queue.put('STOP');
  },
  hints: [
    'Who gets the STOP, and what do the others get after it?',
    'Each reader takes one STOP off the queue and ends. So there must be as many as there are readers …',
    '… or none at all: queue.close() behind the last item ends every reader.',
  ],
  solution: `async function feed(queue, items, readers) {
  for (const item of items) await queue.put(item);
  for (let i = 0; i < readers; i++) await queue.put('STOP');
}`,
  async judge(answer, that) {
    const items = Array.from({ length: 30 }, (_, i) => i);
    const queue: Feed = new Queue(4);
    const counts = new Int32Array(new SharedArrayBuffer(4 * items.length));
    const ready = new Queue<boolean>();
    const readers = [1, 2, 3].map(() => new Thread(read, queue, counts, ready));
    try {
      for (const reader of readers) reader.start();
      // All are there before the first item is: none comes when there is nothing left for it.
      for (let there = 0; there < readers.length; there++) await ready.get();
      const { trouble } = await observe(() => answer(queue, [...items], readers.length), 5_000);
      if (trouble !== undefined) return void that('it finishes', false, trouble);
      const ended = await Promise.all(readers.map((reader) => reader.join(atMost(3_000))));
      const once = counts.filter((count) => count === 1).length;
      const more = counts.filter((count) => count > 1).length;
      const seen = `${once} of ${items.length} read once${more > 0 ? `, ${more} more than once` : ''}`;
      that('every item is read, and only once', once === items.length, seen);
      const count = ended.filter(Boolean).length;
      that('every reader ends', count === readers.length, `${count} of ${readers.length} ended`);
      const left = await queue.size();
      that('nothing is left in the queue', left === 0, left === 0 ? 'it is empty' : `${left} left`);
    } finally {
      queue.close();
      ready.close();
      for (const reader of readers) reader.terminate();
    }
  },
};

/** One reader, in a thread; it names nothing outside itself. */
async function read(queue: Feed, counts: Int32Array, ready: Queue<boolean>): Promise<void> {
  await ready.put(true);
  for await (const item of queue) {
    if (item === 'STOP') return;
    Atomics.add(counts, item, 1);
  }
}
