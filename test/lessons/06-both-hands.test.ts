import { judges } from './table.ts';

judges('06.1', {
  map: { right: (pool, work, items) => pool.map(work, items) },
  'map that is awaited': { right: async (pool, work, items) => await pool.map(work, items) },
  'all submitted, then all awaited': {
    right: (pool, work, items) => Promise.all(items.map((item) => pool.submit(work, item))),
  },
  'two chunks of two': { right: (pool, work, items) => pool.map(work, items, { chunksize: 2 }) },
  'two at a time': {
    right: async (pool, work, items) => {
      const results: number[] = [];
      for (let i = 0; i < items.length; i += 2) {
        const [a, b] = [pool.submit(work, items[i]!), pool.submit(work, items[i + 1]!)];
        results.push(await a, await b);
      }
      return results;
    },
  },
  'streamed by for await': {
    right: async (pool, work, items) => {
      const results: number[] = [];
      for await (const result of pool.map(work, items)) results.push(result);
      return results;
    },
  },
  'one after another': {
    wrong: async (pool, work, items) => {
      const results = [];
      for (let i = 0; i < items.length; i++) results.push(await pool.submit(work, items[i]!));
      return results;
    },
    fails: /same time: never more than one at once/,
  },
  'all in one message': {
    wrong: (pool, work, items) => pool.map(work, items, { chunksize: 4 }),
    fails: /same time[\s\S]*same share: 4 tasks ran, on thread \d+: 4/,
  },
  'at home': { wrong: async (_pool, work, items) => items.map(work), fails: /one task of the pool: 0 tasks ran/ },
  'everything twice': {
    wrong: async (pool, work, items) => {
      await pool.map(work, items);
      return pool.map(work, items);
    },
    fails: /one task of the pool: 8 tasks ran/,
  },
  'order lost': {
    wrong: async (pool, work, items) => (await pool.map(work, items)).reverse(),
    fails: /in order: it gave \[16,9,4,1\]/,
  },
  'three of four': {
    wrong: (pool, work, items) => pool.map(work, items.slice(1)),
    fails: /in order: it gave \[4,9,16\]/,
  },
  'it throws': {
    wrong: () => {
      throw new Error('no idea');
    },
    fails: /it finishes: Error: no idea/,
  },
  'pool closed first': {
    wrong: async (pool, work, items) => {
      await pool.shutdown();
      return pool.map(work, items);
    },
    fails: /it finishes: BrokenExecutor/,
  },
});
