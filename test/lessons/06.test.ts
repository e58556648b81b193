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

judges('06.3', {
  'ranges by submit': {
    right: async (pool, count) => {
      const sum = (from: number, to: number) => {
        let total = 0;
        for (let i = from; i < to; i++) total += (i * 7919) % 1009;
        return total;
      };
      const [a, b] = [pool.submit(sum, 0, count / 2), pool.submit(sum, count / 2, count)];
      return (await a) + (await b);
    },
  },
  'many ranges': {
    right: async (pool, count) => {
      const starts = Array.from({ length: 20 }, (_, i) => ({ from: (i * count) / 20, step: count / 20 }));
      const sums = await pool.map(({ from, step }) => {
        let total = 0;
        for (let i = from; i < from + step; i++) total += (i * 7919) % 1009;
        return total;
      }, starts);
      return sums.reduce((sum, n) => sum + n, 0);
    },
  },
  'typed arrays are data as well': {
    wrong: async (pool, count) => {
      const all = Uint16Array.from({ length: count }, (_, i) => (i * 7919) % 1009);
      const sums = await pool.map(
        (part: Uint16Array) => part.reduce((sum, n) => sum + n, 0),
        [all.slice(0, count / 2), all.slice(count / 2)],
      );
      return sums[0]! + sums[1]!;
    },
    fails: /10 kB are sent: 80\d,\d{3} bytes/,
  },
  'one number per task': {
    wrong: async (pool, count) => {
      const items = Array.from({ length: count / 100 }, (_, i) => i * 100);
      const sums = await pool.map((from) => {
        let total = 0;
        for (let i = from; i < from + 100; i++) total += (i * 7919) % 1009;
        return total;
      }, items);
      return sums.reduce((sum, n) => sum + n, 0);
    },
    fails: /10 kB are sent/,
  },
  'one process does it all': {
    wrong: async (pool, count) =>
      pool.submit((to: number) => {
        let total = 0;
        for (let i = 0; i < to; i++) total += (i * 7919) % 1009;
        return total;
      }, count),
    fails: /both processes work: process \d+: 1/,
  },
  'at home': {
    wrong: async (_pool, count) => {
      let total = 0;
      for (let i = 0; i < count; i++) total += (i * 7919) % 1009;
      return total;
    },
    fails: /no task ran in a worker/,
  },
  'half of the sum': {
    wrong: async (pool, count) => {
      const sum = (from: number) => {
        let total = 0;
        for (let i = from; i < 200_000; i++) total += (i * 7919) % 1009;
        return total;
      };
      return (await Promise.all([pool.submit(sum, 0), pool.submit(sum, count / 2)]))[0];
    },
    fails: /the sum is right: it gave \d+/,
  },
});

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
