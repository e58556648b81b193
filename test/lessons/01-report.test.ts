import { judges } from './table.ts';

judges('01.3', {
  'first all waits, then a map': {
    right: async (pool, names, load, crunch) => pool.map(crunch, await Promise.all(names.map(load))),
  },
  'loaded at once, submitted as they come': {
    right: async (pool, names, load, crunch) => {
      const loading = names.map(load);
      const futures = [];
      for (const item of loading) futures.push(pool.submit(crunch, await item));
      return Promise.all(futures);
    },
  },
  'waits overlap, computed at home': {
    wrong: (_pool, names, load, crunch) => Promise.all(names.map(async (name) => crunch(await load(name)))),
    fails: /computed in the pool, once: 0 tasks/,
  },
  'computed in the pool, one load after another': {
    wrong: async (pool, names, load, crunch) => {
      const futures = [];
      for (const name of names) futures.push(pool.submit(crunch, await load(name)));
      return Promise.all(futures);
    },
    fails: /all waits overlap: north begins, north ends/,
  },
  'one after another all through': {
    wrong: async (pool, names, load, crunch) => {
      const results: number[] = [];
      for (const name of names) results.push(await pool.submit(crunch, await load(name)));
      return results;
    },
    fails: /all waits overlap[\s\S]*two are computed at the same time: never/,
  },
  'in the pool one by one': {
    wrong: async (pool, names, load, crunch) => {
      const results: number[] = [];
      for (const item of await Promise.all(names.map(load))) results.push(await pool.submit(crunch, item));
      return results;
    },
    fails: /same time: never more than one/,
  },
  'the waiting sent to the pool': {
    wrong: (pool, names, load) => pool.map(load as never, names),
    fails: /it finishes: ShippingError/,
  },
  'as they finish': {
    wrong: async (pool, names, load, crunch) => {
      const results: number[] = [];
      await Promise.all(
        names.toReversed().map(async (name) => {
          results.push(await pool.submit(crunch, await load(name)));
        }),
      );
      return results;
    },
    fails: /right and in order/,
  },
  'loaded twice': {
    wrong: async (pool, names, load, crunch) => {
      await Promise.all(names.map(load));
      return pool.map(crunch, await Promise.all(names.map(load)));
    },
    fails: /loaded once/,
  },
  'known beforehand': { wrong: async () => [1, 4, 9, 16], fails: /loaded once: nothing was loaded/ },
  'it throws': {
    wrong: () => {
      throw new Error('no data');
    },
    fails: /it finishes: Error: no data/,
  },
  'it never ends': { wrong: () => new Promise(() => {}), limit: 100, fails: /still busy after 0.1 s/ },
});
