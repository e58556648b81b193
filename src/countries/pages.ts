import { createHash } from 'node:crypto';
import { constants, gzipSync } from 'node:zlib';
import { escapeHtml } from '../show/parts.ts';
import { type Country, countries, flagOf } from './data.ts';
import { seeded } from './seeded.ts';

/** Bytes of the smallest and the largest page; a page falls short of its size by less than a row. */
const smallest = 31_000;
const largest = 299_000;

/** A page as it is sent, and compressed. */
export interface Page {
  readonly body: Buffer;
  readonly zipped: Buffer;
  /** SHA-256 of the body, in hexadecimal. */
  readonly checksum: string;
}

/** The pages of the site. Each is made when it is first wanted: all of them take a quarter of a second. */
export class Pages {
  readonly seed: number;
  /** The last part of each page's address, not yet encoded. */
  readonly names: readonly string[];
  readonly index: Page;
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #made: (Page | undefined)[] = [];

  /** @param count how many; beyond the countries come further editions, whose bytes are those of the first */
  constructor(seed: number, count: number) {
    this.seed = seed;
    this.names = Array.from({ length: count }, (_, number) => {
      const edition = Math.floor(number / countries.length);
      return countryOf(number).page + (edition === 0 ? '' : `_${edition + 1}`);
    });
    this.#numbers = new Map(this.names.map((name, number) => [name, number]));
    this.index = pageOf(indexHtml(this.names));
  }

  /** The number of the page of that name; undefined if there is none. */
  numberOf(name: string): number | undefined {
    return this.#numbers.get(name);
  }

  page(number: number): Page {
    const index = number % countries.length;
    this.#made[index] ??= pageOf(countryHtml(countries[index]!, index, this.seed));
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

function pageOf(html: string): Page {
  const body = Buffer.from(html);
  const zipped = gzipSync(body, { level: constants.Z_BEST_SPEED });
  return { body, zipped, checksum: createHash('sha256').update(body).digest('hex') };
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

/** The facts, then a table of seeded numbers that fills the page to its size. */
function countryHtml(country: Country, index: number, seed: number): string {
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
  const frame = Buffer.byteLength(html(name, `${start}</table>`));
  return html(name, `${start}${register(sizeOf(index, seed) - frame, seeded(seed, index, 2))}</table>`);
}

/**
 * As many rows as `room` holds, one character a byte. The numbers come from a linear congruential generator with the
 * constants of Numerical Recipes: it is the quickest there is, and nothing but their look matters.
 */
function register(room: number, start: number): string {
  let state = start * 2 ** 32;
  let rows = '';
  for (let row = 0; ; row += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const month = `${1900 + Math.floor(row / 12)}-${row % 12 < 9 ? '0' : ''}${(row % 12) + 1}`;
    const cells = `<td class="number">${state >>> 15}</td><td class="number">${(state >>> 4) % 100}</td>`;
    const text = `<tr><th>${month}</th>${cells}</tr>\n`;
    if (rows.length + text.length > room) return rows;
    rows += text;
  }
}

function html(title: string, content: string): string {
  const head = `<meta charset="utf-8">\n<title>${escapeHtml(title)}</title>`;
  const body = `<h1>${escapeHtml(title)}</h1>\n${content}`;
  return `<!doctype html>\n<html lang="en">\n<head>\n${head}\n</head>\n<body>\n${body}\n</body>\n</html>\n`;
}

function titleOf(name: string): string {
  return name.replaceAll('_', ' ');
}
