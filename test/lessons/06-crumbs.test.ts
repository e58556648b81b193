import { judges } from './table.ts';

judges('06.2', {
  'chunks of 20': { right: (pool, work, items) => pool.map(work, items, { chunksize: 20 }) },
  halves: { right: (pool, work, items) => pool.map(work, items, { chunksize: 500 }) },
  'map as it chooses': { right: (pool, work, items) => pool.map(work, items) },
  'all submitted in one turn': {
    right: (pool, work, items) => Promise.all(items.map((item) => pool.submit(work, item))),
  },
  'still too many messages': {
    wrong: (pool, work, items) => pool.map(work, items, { chunksize: 10 }),
    fails: /50 messages: 1,000 tasks in 100 messages/,
  },
  'one message': {
    wrong: (pool, work, items) => pool.map(work, items, { chunksize: 1000 }),
    fails: /both workers have work: process \d+: 1,000/,
  },
  'one by one': {
    wrong: async (pool, work, items) => {
      const results = [];
      for (const item of items) results.push(await pool.submit(work, item));
      return results;
    },
    fails: /50 messages: 1,000 tasks in (\d{3}|1,000) messages/,
  },
  'at home': { wrong: async (_pool, work, items) => items.map(work), fails: /no task ran in a worker/ },
  'half of them': {
    wrong: (pool, work, items) => pool.map(work, items.slice(0, 500), { chunksize: 50 }),
    fails: /in order: it gave 500 results, \[0,7,1/,
  },
  'not an array': { wrong: (async () => 7) as never, fails: /in order: it gave 7/ },
});
