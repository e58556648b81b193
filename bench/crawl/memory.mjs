// A crawl in a process of its own, for its memory: node memory.mjs <index page> <folder>. Prints the peak in kB.
/** @type {typeof import('../../src/index.ts')} */
const { countryLinks, crawl } = await import(new URL('../../dist/index.js', import.meta.url).href);
const [url, folder] = process.argv.slice(2);
const links = await countryLinks(await (await fetch(url)).text(), url);
const { failed } = await crawl(links, folder, { label: false });
if (failed.length > 0) throw failed[0];
console.log(process.resourceUsage().maxRSS);
