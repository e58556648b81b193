/** The addresses of the country pages, read without any parser, so that no contender pays for one. */
export async function linksOf(index) {
  const html = await (await fetch(index)).text();
  return [...html.matchAll(/<span class="flagicon">[^<]*<\/span> <a href="([^"]+)"/g)].map(
    ([, href]) => new URL(href, index).href,
  );
}
