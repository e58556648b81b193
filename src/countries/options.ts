/** How long the site waits before it answers, ms. */
export type Delay =
  | number
  /** Any time from `mean - jitter` to `mean + jitter`, all equally likely. */
  | { readonly mean: number; readonly jitter: number }
  /** A heavy tail: half of the answers take longer than `median`, one in a hundred longer than `p99`. */
  | { readonly median: number; readonly p99: number };

/**
 * What may go wrong with a page:
 * - `418`, `429`, `500`, `503`: that status in place of the page; 429 and 503 with `Retry-After`
 * - `reset`: the connection is reset in the middle of the page
 * - `stall`: half of the page, and then nothing more
 * - `truncated`: half of the page in chunks, and the connection ends as if that were all
 * - `wrongLength`: a `Content-Length` that is wrong; too small only for a compressed page, whose end shows the loss
 * - `drip`: the page comes whole, but in twenty pieces
 */
export type Fault = 418 | 429 | 500 | 503 | 'reset' | 'stall' | 'truncated' | 'wrongLength' | 'drip';

/** How often each fault occurs, as a share of the answers from 0 to 1, and the rest of their ways. */
export type Faults = { readonly [fault in Fault]?: number } & {
  /** From which request for a page on it is spared; 3 by default, so three retries always bring it. */
  readonly until?: number;
  /** Whole seconds that `Retry-After` asks for; 1 by default. */
  readonly retryAfter?: number;
  /** How long a dripping page takes, ms; 2,000 by default. */
  readonly dripFor?: number;
};

export interface CountriesOptions {
  /** Before each answer; 100 ms by default. */
  delay?: Delay;
  /** None by default. */
  faults?: Faults;
  /**
   * How many requests a second each client may make, and how many at once after a pause (`burst`; a second's worth by
   * default). More are answered by 429. A client is an address with a `User-Agent`. No limit by default.
   */
  rate?: { readonly perSecond: number; readonly burst?: number };
  /** The same seed gives the same pages, delays and faults; 1 by default. */
  seed?: number;
  /** How many pages; 238 by default. Beyond those come further editions of the same countries. */
  pages?: number;
}

/** The options with their defaults. */
export interface SiteOptions extends Required<Omit<CountriesOptions, 'rate'>> {
  readonly rate: { readonly perSecond: number; readonly burst: number } | undefined;
}

export const faultNames = ['418', '429', '500', '503', 'reset', 'stall', 'truncated', 'wrongLength', 'drip'] as const;

/** @throws RangeError for a value that means nothing */
export function siteOptions(options: CountriesOptions): SiteOptions {
  const { delay = 100, faults = {}, rate, seed = 1, pages = 238 } = options;
  const times: Record<string, number> = typeof delay === 'number' ? { delay } : delay;
  for (const [name, value] of Object.entries(times))
    check(`a ${name}`, value, value >= 0 && value < 2 ** 31, 'ms, 0 or more');
  if (typeof delay !== 'number' && 'median' in delay) {
    check(
      'a p99',
      delay.p99,
      delay.p99 >= delay.median && delay.median > 0,
      'ms, the median or more, which is above 0',
    );
  }
  let sum = 0;
  for (const [name, value] of Object.entries(faults)) {
    if ((faultNames as readonly string[]).includes(name)) {
      check(`faults[${name}]`, value, value >= 0 && value <= 1, 'a share from 0 to 1');
      sum += value;
    } else if (name === 'retryAfter') {
      check('faults.retryAfter', value, Number.isSafeInteger(value) && value >= 0, 'whole seconds');
    } else if (name === 'until' || name === 'dripFor') {
      check(`faults.${name}`, value, value >= 0, 'a number, 0 or more');
    } else {
      throw new RangeError(`startCountries(): there is no fault '${name}'; there are ${faultNames.join(', ')}.`);
    }
  }
  check('the sum of all faults', sum, sum <= 1 + 1e-9, 'at most 1');
  check('seed', seed, Number.isSafeInteger(seed), 'a whole number');
  check('pages', pages, Number.isSafeInteger(pages) && pages > 0, 'a whole number above 0');
  if (rate === undefined) return { delay, faults, rate, seed, pages };
  const { perSecond, burst = Math.max(1, perSecond) } = rate;
  check('rate.perSecond', perSecond, perSecond > 0, 'above 0');
  check('rate.burst', burst, burst >= 1, '1 or more');
  return { delay, faults, rate: { perSecond, burst }, seed, pages };
}

function check(what: string, value: number, isRight: boolean, wanted: string): void {
  if (!isRight) throw new RangeError(`startCountries(): ${what} of ${value} will not do: it is to be ${wanted}.`);
}
