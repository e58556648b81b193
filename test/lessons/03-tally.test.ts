import { judges } from './table.ts';

judges('03.1', {
  'acquired and released in finally': {
    right: (items, weigh, total, lock) => {
      for (const item of items) {
        const weight = weigh(item);
        const guard = lock.acquireSync();
        try {
          total.write(total.read() + weight);
        } finally {
          guard.release();
        }
      }
    },
  },
  awaited: {
    right: async (items, weigh, total, lock) => {
      for (const item of items) {
        const weight = weigh(item);
        await lock.with(() => total.write(total.read() + weight));
      }
    },
  },
  'one update for each thread': {
    right: (items, weigh, total, lock) => {
      let sum = 0;
      for (const item of items) sum += weigh(item);
      lock.withSync(() => total.write(total.read() + sum));
    },
  },
  'a lock for the reading and one for the writing': {
    wrong: (items, weigh, total, lock) => {
      for (const item of items) {
        const weight = weigh(item);
        const read = lock.withSync(() => total.read());
        lock.withSync(() => total.write(read + weight));
      }
    },
    fails: /no weight is lost: \d+ of 4095[\s\S]*between a read and its write: [1-9]\d* of 90 times/,
  },
  'weighed under the lock': {
    wrong: (items, weigh, total, lock) => {
      for (const item of items) lock.withSync(() => total.write(total.read() + weigh(item)));
    },
    fails: /same time: at most 1 of 3/,
  },
  'never released': {
    wrong: (items, weigh, total, lock) => {
      lock.acquireSync();
      for (const item of items) total.write(total.read() + weigh(item));
    },
    fails: /it finishes|lock is free at the end/,
  },
  'released without being held': {
    wrong: (items, weigh, total, lock) => {
      for (const item of items) total.write(total.read() + weigh(item));
      lock.release();
    },
    fails: /it finishes: Error: Lock 'the lock' is not held by anybody/,
  },
  'it does nothing': { wrong: () => {}, fails: /no weight is lost: 0 of 4095/ },
  'it throws': {
    wrong: () => {
      throw new Error('no idea');
    },
    fails: /it finishes: Error: no idea/,
  },
  'it never ends': { wrong: () => new Promise(() => {}), fails: /it finishes: QueueBroken/ },
});
