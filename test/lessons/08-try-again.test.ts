import { judges } from './table.ts';

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
    limit: 500,
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
