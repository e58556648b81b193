import { judges } from './table.ts';

judges('08.1', {
  'the two threads share one list by turns': {
    right: async (pool, urls, get) => {
      const four = async (get: (url: string) => Promise<number>, urls: string[]) => {
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
      const four = async (get: (url: string) => Promise<number>, urls: string[]) => {
        const results: number[] = [];
        for (let i = 0; i < urls.length; i += 4) {
          results.push(...(await Promise.all(urls.slice(i, i + 4).map((url) => get(url)))));
        }
        return results;
      };
      const halves = [urls.slice(0, 16), urls.slice(16)].map((half) => pool.submit(four, get, half));
      return (await Promise.all(halves)).flat();
    },
  },
  'many small shares': {
    right: async (pool, urls, get) => {
      const together = (get: (url: string) => Promise<number>, urls: string[]) =>
        Promise.all(urls.map((url) => get(url)));
      const shares = Array.from({ length: urls.length / 4 }, (_, i) => urls.slice(4 * i, 4 * i + 4));
      return (await Promise.all(shares.map((share) => pool.submit(together, get, share)))).flat();
    },
  },
  'one page at a time on each thread': {
    wrong: (pool, urls, get) => pool.map(get, urls, { chunksize: 4 }),
    fails: /never more: the site saw at most 2 at once/,
  },
  'all of a share at once': {
    wrong: async (pool, urls, get) => {
      const together = (get: (url: string) => Promise<number>, urls: string[]) =>
        Promise.all(urls.map((url) => get(url)));
      const halves = [urls.slice(0, 16), urls.slice(16)].map((half) => pool.submit(together, get, half));
      return (await Promise.all(halves)).flat();
    },
    fails: /never more: the site saw at most (1[7-9]|2\d|3[0-2]) at once/,
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
        async (get: (url: string) => Promise<number>, urls: string[]) => {
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
      const four = async (get: (url: string) => Promise<number>, urls: string[]) => {
        const results: number[] = [];
        for (let i = 0; i < urls.length; i += 4) {
          results.push(...(await Promise.all(urls.slice(i, i + 4).map((url) => get(url)))));
        }
        return results;
      };
      await Promise.all([pool.submit(four, get, urls), pool.submit(four, get, urls)]);
      return (
        await Promise.all([urls.slice(0, 16), urls.slice(16)].map((half) => pool.submit(four, get, half)))
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

judges('08.2', {
  'another name, then rename, cleaned up': {
    right: async (disk, path, body) => {
      const part = `${path}.${process.pid}.part`;
      try {
        await disk.writeFile(part, body);
        await disk.rename(part, path);
      } catch (error) {
        await disk.rm(part).catch(() => {});
        throw error;
      }
    },
  },
  'kept in memory until it is whole': {
    right: async (disk, path, body) => {
      const chunks: string[] = [];
      for await (const chunk of body) chunks.push(chunk);
      await disk.writeFile(`${path}.part`, chunks.join(''));
      await disk.rename(`${path}.part`, path);
    },
  },
  'piece by piece, the old part removed first': {
    right: async (disk, path, body) => {
      await disk.writeFile(`${path}.part`, '');
      for await (const chunk of body) await disk.appendFile(`${path}.part`, chunk);
      await disk.rename(`${path}.part`, path);
    },
  },
  'in memory, then straight to its name': {
    wrong: async (disk, path, body) => {
      const chunks: string[] = [];
      for await (const chunk of body) chunks.push(chunk);
      await disk.writeFile(path, chunks.join(''));
    },
    fails: /killed at any moment[^:]*: killed at \d+ moments, 2 times wrong: 0 of \d+ characters/,
  },
  'the old page removed before the rename': {
    wrong: async (disk, path, body) => {
      await disk.writeFile(`${path}.part`, body);
      await disk.rm(path).catch((error) => {
        if (error.message === 'killed') throw error;
      });
      await disk.rename(`${path}.part`, path);
    },
    fails: /killed at any moment[\s\S]*1 times wrong: no page was there/,
  },
  'copied instead of renamed': {
    wrong: async (disk, path, body) => {
      await disk.writeFile(`${path}.part`, body);
      await disk.copyFile(`${path}.part`, path);
    },
    fails: /killed at any moment[\s\S]*2 times wrong/,
  },
  'what a killed run left is added to': {
    wrong: async (disk, path, body) => {
      for await (const chunk of body) await disk.appendFile(`${path}.part`, chunk);
      await disk.rename(`${path}.part`, path);
    },
    fails: /the next try saves it whole: \d+ of \d+ times/,
  },
  'errors swallowed': {
    wrong: async (disk, path, body) => {
      try {
        await disk.writeFile(`${path}.part`, body);
        await disk.rename(`${path}.part`, path);
      } catch {}
    },
    fails: /nobody heard of it[\s\S]*breaks off is an error[^:]*: it came back without an error; the old page/,
  },
  'a part of the page is taken for a page': {
    wrong: async (disk, path, body) => {
      const chunks: string[] = [];
      try {
        for await (const chunk of body) chunks.push(chunk);
      } catch {}
      await disk.writeFile(`${path}.part`, chunks.join(''));
      await disk.rename(`${path}.part`, path);
    },
    fails: /breaks off is an error/,
  },
  'not awaited': {
    wrong: (disk, path, body) => {
      disk.writeFile(`${path}.part`, body).then(
        () => disk.rename(`${path}.part`, path),
        () => {},
      );
    },
    fails: /byte for byte: no page was there/,
  },
  'nothing saved': { wrong: async () => {}, fails: /byte for byte: no page was there/ },
  'it hangs': { wrong: () => new Promise(() => {}), fails: /it finishes: Error: it was still busy/ },
});

type Get = () => Promise<Response>;
const nap = (ms: number) => new Promise((go) => setTimeout(go, ms));

/** A retry with its rules left open. */
const retry =
  (goesOn: (status: number) => boolean, pauseOf: (told: number, n: number) => number, more = 0) =>
  async (get: Get, tries: number) => {
    for (let n = 1; ; n++) {
      let [hope, told] = [true, 0];
      try {
        const reply = await get();
        if (reply.ok) return await reply.text();
        hope = goesOn(reply.status);
        told = Number(reply.headers.get('retry-after')) * 1000;
        throw new Error(`the site says ${reply.status}`);
      } catch (error) {
        if (!hope || n >= tries + more) throw error;
      }
      await nap(pauseOf(told, n));
    }
  };
const worthwhile = (status: number) => status === 429 || status >= 500;
const patient = (told: number, n: number) => told || 15 * n;

judges('08.3', {
  'pauses that grow evenly': { right: retry(worthwhile, patient) },
  'longer than the site asks for, with jitter': {
    right: retry(worthwhile, (told, n) => told * 1.2 + 15 * n + 10 * Math.random()),
  },
  recursion: {
    right: async function again(get: Get, tries: number, pause = 20): Promise<string> {
      let reply: Response | undefined;
      try {
        reply = await get();
        if (reply.ok) return await reply.text();
      } catch {
        reply = undefined;
      }
      if (tries === 1 || (reply && reply.status < 500 && reply.status !== 429)) throw new Error('no page');
      await nap(Number(reply?.headers.get('retry-after')) * 1000 || pause);
      return again(get, tries - 1, pause * 2);
    },
  },
  'no limit': {
    wrong: retry(worthwhile, patient, Number.POSITIVE_INFINITY),
    fails: /after four tries it gives up, with an error: Error: it was still busy/,
  },
  'one try too many': { wrong: retry(worthwhile, patient, 1), fails: /gives up, with an error: [\s\S]*after 5 calls/ },
  'one try too few': { wrong: retry(worthwhile, patient, -1), fails: /gives up, with an error: [\s\S]*after 3 calls/ },
  'asks again for what is not there': {
    wrong: retry(() => true, patient),
    fails: /not there is asked for once: .*4 calls/,
  },
  'gives up at 503': {
    wrong: retry((status) => status === 429, patient),
    fails: /in trouble .* asked again: .*1 calls/,
  },
  hammers: { wrong: retry(worthwhile, (told) => told), fails: /there is a pause of 10 ms at least: the shortest was/ },
  'deaf to Retry-After': {
    wrong: retry(worthwhile, (_, n) => 15 * n),
    fails: /Retry-After: 1 is honoured: it came back after 0/,
  },
  'takes the seconds for milliseconds': {
    wrong: retry(worthwhile, (told, n) => (told ? told / 1000 : 15 * n)),
    fails: /Retry-After: 1 is honoured: it came back after 0/,
  },
  'the page breaks outside of the try': {
    wrong: async (get, tries) => {
      for (let n = 1; ; n++) {
        const reply = await get().catch(() => undefined);
        if (reply?.ok) return await reply.text();
        if (n === tries || reply?.status === 404) throw new Error('no page');
        await nap(Number(reply?.headers.get('retry-after')) * 1000 || 20);
      }
    },
    fails: /connection breaks, even within the page: TypeError: terminated after 2 calls/,
  },
  'an error page taken for the page': {
    wrong: async (get) => await (await get()).text(),
    fails: /in trouble .* asked again: it gave "no page" after 1 calls/,
  },
  'gives nothing instead of an error': {
    wrong: async (get, tries) => await retry(worthwhile, patient)(get, tries).catch(() => undefined),
    fails: /gives up, with an error: it gave undefined after 4 calls/,
  },
  'asks twice': {
    wrong: async (get) => {
      await get();
      return await (await get()).text();
    },
    fails: /asked for once: the page after 2 calls/,
  },
});

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
