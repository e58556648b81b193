import { judges } from './table.ts';

judges('06.4', {
  'each with a catch': {
    right: (pool, work, items) => Promise.all(items.map((item) => pool.submit(work, item).catch(() => null))),
  },
  allSettled: {
    right: async (pool, work, items) => {
      const all = await Promise.allSettled(items.map((item) => pool.submit(work, item)));
      return all.map((one) => (one.status === 'fulfilled' ? one.value : null));
    },
  },
  'tried three times': {
    right: (pool, work, items) =>
      Promise.all(
        items.map(async (item) => {
          for (let turn = 0; turn < 3; turn++) {
            const result = await pool.submit(work, item).catch(() => null);
            if (result !== null) return result;
          }
          return null;
        }),
      ),
  },
  'one by one with try': {
    right: async (pool, work, items) => {
      const results: (number | null)[] = [];
      for (const item of items) {
        try {
          results.push(await pool.submit(work, item));
        } catch {
          results.push(null);
        }
      }
      return results;
    },
  },
  'all or nothing': {
    wrong: async (pool, work, items) => {
      try {
        return await pool.map(work, items);
      } catch {
        return items.map(() => null);
      }
    },
    fails: /null in its place: it gave 6 results, \[null,null/,
  },
  'the error passed on': {
    wrong: (pool, work, items) => Promise.all(items.map((item) => pool.submit(work, item))),
    fails: /it finishes: WorkerDied: .*'fragile'.* exit code 3/,
  },
  'the lost one left out': {
    wrong: async (pool, work, items) => {
      const all = await Promise.allSettled(items.map((item) => pool.submit(work, item)));
      return all.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    },
    fails: /null in its place: it gave 5 results/,
  },
  'everything again': {
    wrong: async (pool, work, items) => {
      await Promise.allSettled(items.map((item) => pool.submit(work, item)));
      return Promise.all(items.map((item) => pool.submit(work, item).catch(() => null)));
    },
    fails: /each of the others runs once: 10 tasks/,
  },
  'tried ten times': {
    wrong: async (pool, work, items) => {
      const results = items.map((item) => pool.submit(work, item).catch(() => null));
      for (let turn = 0; turn < 10; turn++) await pool.submit(work, items[3]!).catch(() => null);
      return Promise.all(results);
    },
    fails: /at most three times: 11 tasks ended/,
  },
  'the deadly item known beforehand': {
    wrong: (pool, work, items) => Promise.all(items.map((item) => (item.n === 4 ? null : pool.submit(work, item)))),
    fails: /at most three times: 0 tasks/,
  },
  'at home': {
    wrong: async (_pool, work, items) =>
      items.map((item) => {
        try {
          return work(item);
        } catch {
          return null;
        }
      }),
    fails: /each of the others runs once: 0 tasks/,
  },
});
