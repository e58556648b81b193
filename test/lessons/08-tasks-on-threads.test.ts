import { judges } from './table.ts';

type Get = (url: string) => Promise<number>;

const groupsOfFour = async (get: Get, urls: string[]) => {
  const results: number[] = [];
  for (let i = 0; i < urls.length; i += 4) {
    results.push(...(await Promise.all(urls.slice(i, i + 4).map((url) => get(url)))));
  }
  return results;
};
const together = (get: Get, urls: string[]) => Promise.all(urls.map((url) => get(url)));

judges('08.1', {
  'the two threads share one list by turns': {
    right: async (pool, urls, get) => {
      const four = async (get: Get, urls: string[]) => {
        const results: [string, number][] = [];
        const left = [...urls];
        const worker = async () => {
          for (let url = left.shift(); url !== undefined; url = left.shift()) results.push([url, await get(url)]);
        };
        await Promise.all([1, 2, 3, 4].map(worker));
        return results;
      };
      const hands = [0, 1].map((hand) => urls.filter((_, n) => n % 2 === hand));
      const found = await Promise.all(hands.map((hand) => pool.submit(four, get, hand)));
      const lengths = new Map(found.flat());
      return urls.map((url) => lengths.get(url));
    },
  },
  'groups of four': {
    right: async (pool, urls, get) => {
      const halves = [urls.slice(0, 16), urls.slice(16)].map((half) => pool.submit(groupsOfFour, get, half));
      return (await Promise.all(halves)).flat();
    },
  },
  'many small shares': {
    right: async (pool, urls, get) => {
      const shares = Array.from({ length: urls.length / 4 }, (_, i) => urls.slice(4 * i, 4 * i + 4));
      return (await Promise.all(shares.map((share) => pool.submit(together, get, share)))).flat();
    },
  },
  'one page at a time on each thread': {
    wrong: (pool, urls, get) => pool.map(get, urls, { chunksize: 4 }),
    fails: /never more: the site saw at most [12] at once/,
  },
  'all of a share at once': {
    wrong: async (pool, urls, get) => {
      const halves = [urls.slice(0, 16), urls.slice(16)].map((half) => pool.submit(together, get, half));
      return (await Promise.all(halves)).flat();
    },
    fails: /never more: the site saw at most (1[6-9]|2\d|3[0-2]) at once/,
  },
  'at home, eight at a time': {
    wrong: async (_pool, urls, get) => {
      const results: number[] = [];
      for (let i = 0; i < urls.length; i += 8) results.push(...(await Promise.all(urls.slice(i, i + 8).map(get))));
      return results;
    },
    fails: /^both threads have work: no task ran in a thread$/,
  },
  'one thread, eight at a time': {
    wrong: (pool, urls, get) =>
      pool.submit(
        async (get: Get, urls: string[]) => {
          const results: number[] = [];
          for (let i = 0; i < urls.length; i += 8) {
            results.push(...(await Promise.all(urls.slice(i, i + 8).map((url) => get(url)))));
          }
          return results;
        },
        get,
        urls,
      ),
    fails: /^both threads have work: thread \d+: 1$/,
  },
  'each page twice': {
    wrong: async (pool, urls, get) => {
      await Promise.all([pool.submit(groupsOfFour, get, urls), pool.submit(groupsOfFour, get, urls)]);
      return (
        await Promise.all([urls.slice(0, 16), urls.slice(16)].map((half) => pool.submit(groupsOfFour, get, half)))
      ).flat();
    },
    fails: /asked once for each page: 96 requests/,
  },
  'only one half': {
    wrong: (pool, urls, get) => pool.map(get, urls.slice(0, 16), { chunksize: 4 }),
    fails: /in order: it gave 16 results/,
  },
  'get left behind': {
    wrong: (pool, urls, get) => pool.map(async (url) => await get(url), urls),
    fails: /it finishes: ShippingError/,
  },
});
