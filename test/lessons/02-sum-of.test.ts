import { Queue } from '../../src/channels/queue.ts';
import { judges } from './table.ts';

judges('02.2', {
  'by a queue': {
    right: async (Kind, work, ranges) => {
      const found = new Queue<number>();
      const put = async (to: typeof found, add: typeof work, range: (typeof ranges)[0]) => to.put(add(range));
      const threads = ranges.map((range) => new Kind(put, found, work, range));
      for (const thread of threads) thread.start();
      let sum = 0;
      for (let i = 0; i < threads.length; i++) sum += await found.get();
      for (const thread of threads) await thread.join();
      return sum;
    },
  },
  'by one shared sum of Atomics': {
    right: async (Kind, work, ranges) => {
      const sum = new Int32Array(new SharedArrayBuffer(4));
      const add = (to: Int32Array, one: typeof work, range: (typeof ranges)[0]) => {
        Atomics.add(to, 0, one(range));
      };
      const threads = ranges.map((range) => new Kind({ target: add, args: [sum, work, range] }));
      for (const thread of threads) thread.start();
      await Promise.all(threads.map((thread) => thread.join()));
      return sum[0];
    },
  },
  'one after another': {
    right: async (Kind, work, ranges) => {
      const found = new Float64Array(new SharedArrayBuffer(8));
      const put = (to: Float64Array, add: typeof work, range: (typeof ranges)[0]) => {
        to[0]! += add(range);
      };
      for (const range of ranges) {
        const thread = new Kind(put, found, work, range);
        thread.start();
        await thread.join();
      }
      return found[0];
    },
  },
  'the list, still': {
    wrong: async (Kind, work, ranges) => {
      const list: number[] = [];
      const put = (to: number[], add: typeof work, range: (typeof ranges)[0]) => void to.push(add(range));
      const threads = ranges.map((range) => new Kind(put, list, work, range));
      for (const thread of threads) thread.start();
      for (const thread of threads) await thread.join();
      return list.reduce((sum, n) => sum + n, 0);
    },
    fails: /^the sum is right: it gave 0 of 12497500$/,
  },
  'a local variable': {
    wrong: async (Kind, work, ranges) => {
      let sum = 0;
      const put = (range: (typeof ranges)[0]) => {
        sum += work(range);
      };
      const threads = ranges.map((range) => new Kind(put, range));
      for (const thread of threads) thread.start();
      for (const thread of threads) await thread.join();
      return sum;
    },
    fails: /it finishes: ShippingError/,
  },
  'read before it is there': {
    wrong: async (Kind, work, ranges) => {
      const found = new Float64Array(new SharedArrayBuffer(8 * ranges.length));
      const put = (to: Float64Array, i: number, add: typeof work, range: (typeof ranges)[0]) => {
        to[i] = add(range);
      };
      const threads = ranges.map((range, i) => new Kind(put, found, i, work, range));
      for (const thread of threads) thread.start();
      return found.reduce((sum, n) => sum + n, 0);
    },
    fails: /left running: 5 were running/,
  },
  'on the main thread': {
    wrong: (_Kind, work, ranges) => ranges.reduce((sum, range) => sum + work(range), 0),
    fails: /in a thread: 0 of 5, and 5 on the main thread[\s\S]*own: 0 threads/,
  },
  'one thread for all': {
    wrong: async (Kind, work, ranges) => {
      const found = new Float64Array(new SharedArrayBuffer(8));
      const put = (to: Float64Array, add: typeof work, all: typeof ranges) => {
        for (const range of all) to[0]! += add(range);
      };
      const thread = new Kind(put, found, work, ranges);
      thread.start();
      await thread.join();
      return found[0];
    },
    fails: /^each has a thread of its own: 1 threads for 5 ranges$/,
  },
  'each adds up all': {
    wrong: async (Kind, work, ranges) => {
      const found = new Float64Array(new SharedArrayBuffer(8 * ranges.length));
      const put = (to: Float64Array, i: number, add: typeof work, all: typeof ranges) => {
        to[i] = all.reduce((sum, range) => sum + add(range), 0) / all.length;
      };
      const threads = ranges.map((_, i) => new Kind(put, found, i, work, ranges));
      for (const thread of threads) thread.start();
      for (const thread of threads) await thread.join();
      return found.reduce((sum, n) => sum + n, 0);
    },
    fails: /once, in a thread: 0 of 5/,
  },
  'the number known beforehand': { wrong: async () => 12497500, fails: /in a thread: 0 of 5/ },
  'it throws': {
    wrong: () => {
      throw new Error('no idea');
    },
    fails: /it finishes: Error: no idea/,
  },
  'it never ends': { wrong: () => new Promise(() => {}), limit: 100, fails: /still busy after 0.1 s/ },
});
