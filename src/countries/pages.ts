import { constants, crc32, gzipSync } from 'node:zlib';
import { escapeHtml } from '../show/parts.ts';
import { type Country, countries, flagOf } from './data.ts';
import { Register } from './register.ts';
import { seeded } from './seeded.ts';

/** Bytes of the smallest and the largest page; a page falls short of its size by less than a row. */
const smallest = 31_000;
const largest = 299_000;
/** Where the register comes in. */
const cut = '\f';

/** A page as it is sent, and compressed. */
interface Page {
  readonly body: Buffer;
  readonly zipped: Buffer;
  /** CRC-32 of the body. */
  readonly checksum: number;
}

/** The pages of the site. Each is made when it is first wanted: all of them take a tenth of a second. */
export class Pages {
  /** The last part of each page's address, not yet encoded. */
  readonly names: readonly string[];
  readonly index: Page;
  readonly #seed: number;
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #register: Register;
  readonly #made: (Page | undefined)[] = [];

  /** @param count how many; beyond the countries come further editions, whose bytes are those of the first */
  constructor(seed: number, count: number) {
    this.#seed = seed;
    this.#register = new Register(seed, largest);
    this.names = Array.from({ length: count }, (_, number) => {
      const edition = Math.floor(number / countries.length);
      return countryOf(number).page + (edition === 0 ? '' : `_${edition + 1}`);
    });
    this.#numbers = new Map(this.names.map((name, number) => [name, number]));
    this.index = pageOf(Buffer.from(indexHtml(this.names)));
  }

  /** The number of the page of that name; undefined if there is none. */
  numberOf(name: string): number | undefined {
    return this.#numbers.get(name);
  }

  page(number: number): Page {
    const index = number % countries.length;
    this.#made[index] ??= pageOf(countryHtml(countries[index]!, index, this.#seed, this.#register));
    return this.#made[index];
  }

  /** Makes what has not been asked for, a page per turn of the event loop, so that a first crawl finds it made. */
  makeAhead(number = 0): void {
    if (number >= Math.min(this.names.length, countries.length)) return;
    this.page(number);
    setImmediate(() => this.makeAhead(number + 1));
  }
}

/** The path of a page on the site. */
export function pathOf(name: string): string {
  return `/wiki/${encodeURIComponent(name)}`;
}

function countryOf(number: number): Country {
  return countries[number % countries.length]!;
}

function pageOf(body: Buffer): Page {
  const zipped = gzipSync(body, { level: constants.Z_BEST_SPEED });
  return { body, zipped, checksum: crc32(body) };
}

function indexHtml(names: readonly string[]): string {
  const rows = names.map((name, number) => {
    const { code, native, capital } = countryOf(number);
    const link = `<span class="flagicon">${flagOf(code)}</span> <a href="${pathOf(name)}">${escapeHtml(titleOf(name))}</a>`;
    const talk = `<a href="${pathOf(name).replace('/wiki/', '/talk/')}">talk</a>`;
    return `<tr><td>${link}</td><td>${escapeHtml(native)}</td><td>${escapeHtml(capital)}</td><td>${talk}</td></tr>`;
  });
  const head = '<tr><th>Country</th><th>Own name</th><th>Capital</th><th></th></tr>';
  return html('Countries', `<table>\n${head}\n${rows.join('\n')}\n</table>`);
}

/** Many pages are small and few are large, as sizes on the web are: half of them have less than 55 kB. */
function sizeOf(index: number, seed: number): number {
  return Math.round(smallest * (largest / smallest) ** (seeded(seed, index, 1) ** 2));
}

/** The facts, then as much of the register as fills the page to its size. */
function countryHtml(country: Country, index: number, seed: number, register: Register): Buffer {
  const { code, name, native, capital, continent } = country;
  const neighbours = countries.filter((other) => other.continent === continent && other !== country);
  const links = neighbours.map((other) => `<li><a href="${pathOf(other.page)}">${escapeHtml(other.name)}</a></li>`);
  const facts = [
    ['Own name', native],
    ['Capital', capital],
    ['Continent', continent],
    ['Languages', country.languages.join(', ')],
    ['Currencies', country.currencies.join(', ')],
  ].map(([what, value]) => `<tr><th>${what}</th><td>${escapeHtml(value!)}</td></tr>`);
  const start =
    `<p>${flagOf(code)}</p>\n<table class="facts">\n${facts.join('\n')}\n</table>\n` +
    `<h2>More of ${continent}</h2>\n<ul>\n${links.join('\n')}\n</ul>\n` +
    '<h2>Register</h2>\n<p>Drawn at random from a seed: these numbers mean nothing.</p>\n<table class="register">\n';
  const [before, after] = html(name, `${start}${cut}</table>`)
    .split(cut)
    .map((part) => Buffer.from(part));
  const room = sizeOf(index, seed) - before!.length - after!.length;
  return Buffer.concat([before!, register.part(seeded(seed, index, 2), room), after!]);
}

function html(title: string, content: string): string {
  const head = `<meta charset="utf-8">\n<title>${escapeHtml(title)}</title>`;
  const body = `<h1>${escapeHtml(title)}</h1>\n${content}`;
  return `<!doctype html>\n<html lang="en">\n<head>\n${head}\n</head>\n<body>\n${body}\n</body>\n</html>\n`;
}

function titleOf(name: string): string {
  return name.replaceAll('_', ' ');
}
