import { judges } from './table.ts';

judges('08.4', {
  'then by then': {
    right: (pool, names, get, digest) =>
      Promise.all(names.map((name) => get(name).then((text) => pool.submit(digest, text)))),
  },
  'all futures kept': {
    right: async (pool, names, get, digest) => {
      const pages = names.map(get);
      const futures = pages.map(async (page) => pool.submit(digest, await page));
      const digests: number[] = [];
      for (const future of futures) digests.push(await future);
      return digests;
    },
  },
  'digested here': {
    wrong: (_pool, names, get, digest) => Promise.all(names.map(async (name) => digest(await get(name)))),
    fails: /digested once, in the pool: none ran there/,
  },
  'first all pages, then all digests': {
    wrong: async (pool, names, get, digest) => pool.map(digest, await Promise.all(names.map(get))),
    fails: /no page waits for the slowest: 0 of 23/,
  },
  'one page after another': {
    wrong: async (pool, names, get, digest) => {
      const digests: number[] = [];
      for (const name of names) digests.push(await pool.submit(digest, await get(name)));
      return digests;
    },
    fails: /under way at once, here: 1 at once, 24 calls/,
  },
  'one digest at a time': {
    wrong: async (pool, names, get, digest) => {
      const pages = names.map(get);
      const digests: number[] = [];
      for (const page of pages) digests.push(await pool.submit(digest, await page));
      return digests;
    },
    fails: /two digests run at the same time/,
  },
  'all on one worker': {
    wrong: async (pool, names, get, digest) => {
      const texts = await Promise.all(names.map(get));
      return pool.map(digest, texts, { chunksize: 24 });
    },
    fails: /two digests run at the same time/,
  },
  'digested twice': {
    wrong: (pool, names, get, digest) =>
      Promise.all(
        names.map(async (name) => {
          const text = await get(name);
          await pool.submit(digest, text);
          return pool.submit(digest, text);
        }),
      ),
    fails: /once, in the pool: 48 ran/,
  },
  'pages lost': {
    wrong: (pool, names, get, digest) =>
      Promise.all(names.slice(1).map(async (name) => pool.submit(digest, await get(name)))),
    fails: /in order: it gave 23 results/,
  },
  'what waits cannot travel': {
    wrong: (pool, names, get, digest) => pool.map(async (name) => digest(await get(name)), names),
    fails: /it finishes: ShippingError/,
  },
});
