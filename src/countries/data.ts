import { continents, countries as entries, languages } from 'countries-list';

/** What a page tells of its country. */
export interface Country {
  /** Two letters of ISO 3166-1. */
  readonly code: string;
  /** In English. */
  readonly name: string;
  /** As the country writes it. */
  readonly native: string;
  readonly capital: string;
  readonly continent: string;
  readonly currencies: readonly string[];
  readonly languages: readonly string[];
  /** The last part of its page's address, not yet encoded: `Japan_(日本)`. */
  readonly page: string;
}

/** Chagos and Pitcairn: fewer than a hundred people live there for good. */
const nearlyEmpty = new Set(['IO', 'PN']);

/**
 * The 238 countries and territories of `countries-list` (MIT) that have a code of ISO 3166-1, a capital, a continent
 * other than Antarctica and a hundred inhabitants, and are not listed as part of another; in the order of their names.
 */
export const countries: readonly Country[] = Object.entries(entries)
  .filter(([code, entry]) => {
    const isOfIso = !('userAssigned' in entry && entry.userAssigned);
    const isPart = 'partOf' in entry && entry.partOf !== undefined;
    return isOfIso && !isPart && entry.capital !== '' && entry.continent !== 'AN' && !nearlyEmpty.has(code);
  })
  .map(([code, entry]) => {
    // Marks of direction are for the eye; in an address they would be traps.
    const native = entry.native.replace(/\p{Cf}/gu, '').normalize('NFC');
    return {
      code,
      name: entry.name,
      native,
      capital: entry.capital,
      continent: continents[entry.continent],
      currencies: entry.currency,
      languages: entry.languages.map((language) => languages[language].name),
      page: pageName(entry.name, native),
    };
  })
  .sort((one, other) => (one.name < other.name ? -1 : 1));

/** The English name, and the country's own one beside it where that needs more than the letters A to Z. */
function pageName(name: string, native: string): string {
  const isPlain = native === name || /^[A-Za-z .()-]*$/.test(native);
  return (isPlain ? name : `${name} (${native})`).replaceAll(' ', '_');
}

/** The regional-indicator letters that a code's flag is written with. */
export function flagOf(code: string): string {
  return String.fromCodePoint(...[...code].map((letter) => letter.charCodeAt(0) + 0x1f1a5));
}
