import { judges } from './table.ts';

judges('10.3', {
  'a key for each item': {
    right: (pool, work, items, night) =>
      Promise.all(items.map((item) => pool.with({ key: `${night} ${item.n}` }).submit(work, item))),
  },
  'by with': { right: (pool, work, items, night) => pool.with({ key: night }).map(work, items) },
  'one by one': {
    right: async (pool, work, items, night) => {
      const results: number[] = [];
      for (const item of items) results.push(await pool.with({ key: `${night} ${item.n}` }).submit(work, item));
      return results;
    },
  },
  'without the night': {
    wrong: (pool, work, items) => pool.map(work, items, { key: 'the work' }),
    fails: /^the next night it begins every item anew: begun once: 0 of 8, never: 8$/,
  },
  'another key for each run': {
    wrong: (pool, work, items, night) => pool.map(work, items, { key: `${night} ${process.pid}` }),
    fails:
      /^killed and started again, it begins every item once: killed after \d+ beginnings; then begun .*more than once/,
  },
  'one key for all': {
    wrong: (pool, work, items, night) => Promise.all(items.map((item) => pool.with({ key: night }).submit(work, item))),
    fails: /it finishes: TypeError: this key is that of a task with/,
  },
  'at home': {
    wrong: async (_pool, _work, items) => items.map(({ n }) => n * n),
    fails: /killed and started again[^:]*: killed after 0 beginnings; then begun once: 0 of 8, never: 8/,
  },
  'nothing given': { wrong: async () => {}, fails: /the results are right/ },
  'it throws': {
    wrong: () => {
      throw new Error('no');
    },
    fails: /it finishes: Error: no/,
  },
});
