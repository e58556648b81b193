import { judges } from './table.ts';

judges('07.2', {
  'closed instead': {
    right: async (queue, items) => {
      for (const item of items) await queue.put(item);
      queue.close();
    },
  },
  'sentinels, all at once': {
    right: async (queue, items, readers) => {
      const words = Array.from({ length: readers }, () => 'STOP' as const);
      await Promise.all([...items, ...words].map((item) => queue.put(item)));
    },
  },
  'sentinels, and closed as well': {
    right: async (queue, items, readers) => {
      for (const item of items) await queue.put(item);
      for (let i = 0; i < readers; i++) await queue.put('STOP');
      queue.close();
    },
  },
  'one too few': {
    wrong: async (queue, items, readers) => {
      for (const item of items) await queue.put(item);
      for (let i = 1; i < readers; i++) await queue.put('STOP');
    },
    fails: /every reader ends: 2 of 3 ended/,
  },
  'one too many': {
    wrong: async (queue, items, readers) => {
      for (const item of items) await queue.put(item);
      for (let i = 0; i <= readers; i++) await queue.put('STOP');
    },
    fails: /nothing is left in the queue: 1 left/,
  },
  'sentinels first': {
    wrong: async (queue, items, readers) => {
      for (let i = 0; i < readers; i++) await queue.put('STOP');
      for (const item of items) await queue.put(item);
    },
    limit: 500,
    fails: /it finishes: Error: it was still busy/,
  },
  'all the items to each reader': {
    wrong: async (queue, items, readers) => {
      for (let i = 0; i < readers; i++) for (const item of items) await queue.put(item);
      queue.close();
    },
    fails: /only once: 0 of 30 read once, 30 more than once/,
  },
  'closed at once': {
    wrong: async (queue) => queue.close(),
    fails: /only once: 0 of 30 read once/,
  },
  'closed too early': {
    wrong: async (queue, items) => {
      queue.close();
      for (const item of items) await queue.put(item);
    },
    fails: /it finishes: QueueClosed/,
  },
  'it does nothing': { wrong: () => {}, limit: 500, fails: /every reader ends: 0 of 3/ },
});
