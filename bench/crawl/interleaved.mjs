// The library itself, as it is built: the same function on each executor, and the crawl that can be resumed.
/** @type {typeof import('../../src/index.ts')} */
const library = await import(new URL('../../dist/index.js', import.meta.url).href);
const { AsyncExecutor, crawl, fetchPage, ProcessPoolExecutor, SerialExecutor, ThreadPoolExecutor } = library;

/** On a pool that lives from one round to the next: warm, as bare undici's connections are. */
const on = (makePool) => {
  let pool;
  return async (links, folder) => {
    pool ??= makePool();
    await Promise.all(links.map((link) => pool.submit(fetchPage, link, folder)));
  };
};

/** Workers with so many async tasks each. */
const combined = (makePool, tasks) => {
  let pool;
  return async (links, folder) => {
    pool ??= makePool();
    const parts = Array.from({ length: pool.workers }, (_, at) => links.filter((_, n) => n % pool.workers === at));
    await Promise.all(parts.map((part) => pool.submit(fetchPages, part, folder, tasks)));
  };
};

async function fetchPages(links, folder, tasks) {
  const rest = links.values();
  const runner = async () => {
    for (const link of rest) await fetchPage(link, folder);
  };
  await Promise.all(Array.from({ length: tasks }, runner));
}

/** @type {import('./contender.mjs').Ways} */
export const ways = {
  sequential: on(() => new SerialExecutor()),
  sixteen: on(() => new AsyncExecutor(16)),
  unbounded: on(() => new AsyncExecutor(Number.POSITIVE_INFINITY)),
  threads: on(() => new ThreadPoolExecutor(16)),
  processes: on(() => new ProcessPoolExecutor(11)),
  combined: combined(() => new ProcessPoolExecutor(2), 8),
  resumable: async (links, folder) => {
    const { failed } = await crawl(links, folder, { label: false });
    if (failed.length > 0) throw failed[0];
  },
};
