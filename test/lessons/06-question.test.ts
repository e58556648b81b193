import { judges } from './table.ts';

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
