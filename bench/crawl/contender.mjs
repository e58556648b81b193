// One contender: node contender.mjs <adapter> <index page>
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { middle } from '../tools/middle.mjs';
import { serve } from '../tools/serve.mjs';
import { linksOf } from './links.mjs';

/** @typedef {Record<string, (links: string[], folder: string) => Promise<unknown>>} Ways how an adapter crawls: each way brings the pages of all links to the folder */

/** Of the pages that are crawled one after another, every eighth: the others would take as long. */
const share = 8;
/** Crawls of a third of a second, of which the middle one is taken: a single one is chance. */
const short = 5;

const [adapter, url] = process.argv.slice(2);
serve(async () => {
  const links = await linksOf(url);
  /** @type {{ ways: Ways }} */
  const { ways } = await import(`./${adapter}.mjs`);
  const some = links.filter((_, index) => index % share === 0);
  return Object.fromEntries(
    Object.entries(ways).map(([name, crawl]) => [
      name,
      name === 'sequential'
        ? async () => ((await measure(crawl, some)) * links.length) / some.length
        : () => middle(name === 'unbounded' ? short : 1, () => measure(crawl, links)),
    ]),
  );
});

/** Ms of one crawl. */
async function measure(crawl, links) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-crawl-'));
  try {
    const start = performance.now();
    await crawl(links, folder);
    return performance.now() - start;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
