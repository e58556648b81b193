// A crawler in a process of its own, to be killed: node crawler.ts <index page> <folder> [pool]
import { crawl } from '../../src/countries/crawl.ts';
import { countryLinks } from '../../src/countries/links.ts';
import { withExecutor } from '../../src/executors/executor.ts';
import { ProcessPoolExecutor } from '../../src/executors/executors.ts';

const [url, folder, kind] = process.argv.slice(2) as [string, string, string?];
const links = await countryLinks(await (await fetch(url)).text(), url);
const options = { label: false, timeouts: { stall: 300 }, backoff: 10 } as const;
const { fetched, kept, failed } =
  kind === 'pool'
    ? await withExecutor(new ProcessPoolExecutor(4), (executor) => crawl(links, folder, { ...options, executor }))
    : await crawl(links, folder, options);
console.log(JSON.stringify({ fetched: fetched.length, kept: kept.length, failed: failed.length }));
