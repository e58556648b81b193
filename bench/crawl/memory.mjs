// One crawl in a process of its own, for its memory: node memory.mjs <adapter> <index page> <folder>. Prints the peak in kB.
import { linksOf } from './links.mjs';

const [adapter, url, folder] = process.argv.slice(2);
const { ways } = await import(`./${adapter}.mjs`);
await (ways.resumable ?? ways.sixteen)(await linksOf(url), folder);
console.log(process.resourceUsage().maxRSS);
