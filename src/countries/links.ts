/** Where the index page has its links to countries: beside each flag. */
const countrySelector = 'td .flagicon+ a';

/**
 * The addresses that the links of an index page lead to, in their order on the page and each once: those beside a flag,
 * or those that another CSS selector finds. They are resolved against the page's own address; the part after `#` is
 * dropped, as it names no other page, and so are links that are not of the web.
 *
 * @param html the index page
 * @param base its address
 * @param selector a CSS selector
 * @throws TypeError for a base that is no address
 * @example
 * const links = await countryLinks(await (await fetch(site.url)).text(), site.url);
 */
export async function countryLinks(html: string, base: string, selector: string = countrySelector): Promise<string[]> {
  if (!URL.canParse(base)) throw new TypeError(`countryLinks() needs the address of the page as base, not '${base}'.`);
  const { load } = await import('cheerio');
  const found = new Set<string>();
  for (const { attribs } of load(html)(selector).toArray() as { attribs?: Record<string, string> }[]) {
    const { href } = attribs ?? {};
    if (href === undefined || !URL.canParse(href, base)) continue;
    const url = new URL(href, base);
    url.hash = '';
    if (url.protocol === 'http:' || url.protocol === 'https:') found.add(url.href);
  }
  return [...found];
}
