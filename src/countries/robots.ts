import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { attempt, type Body, type PageTimeouts, userAgent } from './attempt.ts';
import { isPageError, isPassing, PageError } from './failure.ts';
import { following } from './follow.ts';
import { defaults, type RetryPolicy, retrying } from './retry.ts';

/** What a robots.txt says to this crawler. */
interface Rules {
  allows(url: string): boolean;
  /** Ms that it wants between the starts of two requests. */
  readonly delay: number;
}

const none: Rules = { allows: () => true, delay: 0 };

/** Of a longer file the rest is not read. Source: RFC 9309, section 2.5, which wants 500 KiB at least. */
const mostBytes = 512 * 1024;

/** How a robots.txt is fetched. */
interface Fetching extends RetryPolicy {
  readonly timeouts?: PageTimeouts;
  readonly signal: AbortSignal;
}

/**
 * The rules of each site (its scheme, host and port) that pages come from, fetched once, when a page of it is first
 * asked about. Where there is no robots.txt, all is allowed; where it cannot be fetched, because the site is down or
 * busy, nothing is.
 *
 * Source: RFC 9309, sections 2.2 and 2.3; `Crawl-delay` is no part of it, but widely used.
 */
export class Robots {
  readonly #how: Fetching;
  readonly #sites = new Map<string, Promise<Rules>>();

  constructor(how: Fetching) {
    this.#how = how;
  }

  /**
   * The rules for a page that may be fetched.
   *
   * @throws PageError for one that may not; the signal's reason
   */
  async check(url: string): Promise<Rules> {
    const { origin } = new URL(url);
    let site = this.#sites.get(origin);
    if (site === undefined) {
      site = rulesOf(`${origin}/robots.txt`, this.#how);
      this.#sites.set(origin, site);
    }
    const rules = await site.catch((error) => {
      throw isPageError(error) ? new PageError(url, [error.failure], error, ' (of robots.txt)') : error;
    });
    if (!rules.allows(url)) throw new PageError(url, ['robots'], undefined);
    const { maxWait = defaults.maxWait } = this.#how;
    if (rules.delay <= maxWait) return rules;
    const hint = `, which asks for ${rules.delay} ms between two requests, longer than maxWait (${maxWait} ms)`;
    throw new PageError(url, ['robots'], undefined, hint);
  }
}

async function rulesOf(url: string, how: Fetching): Promise<Rules> {
  const once = () => following(url, (at) => attempt(at, textOf, how.timeouts, how.signal), { most: 5, anywhere: true });
  try {
    const [text] = await retrying(url, once, how);
    return await parsed(url, text);
  } catch (error) {
    if (!isPageError(error)) throw error;
    const { failure } = error;
    const isAbsent = failure === 'redirect' || (/^status [34]/.test(failure) && !isPassing(failure));
    if (isAbsent) return none;
    throw error;
  }
}

async function parsed(url: string, text: string): Promise<Rules> {
  const { default: parser } = await import('robots-parser');
  // Its types say `export default`, where it is the module itself.
  const robots = (parser as unknown as typeof parser.default)(url, text);
  const delay = robots.getCrawlDelay(userAgent);
  return {
    allows: (page) => robots.isDisallowed(page, userAgent) !== true,
    delay: delay !== undefined && delay > 0 ? delay * 1000 : 0,
  };
}

async function textOf({ stream, isGzip }: Body): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  const keep = async (source: AsyncIterable<Buffer>): Promise<void> => {
    for await (const piece of source) {
      if (bytes < mostBytes) pieces.push(piece);
      bytes += piece.length;
    }
  };
  await (isGzip ? pipeline(stream, createGunzip(), keep) : pipeline(stream, keep));
  return Buffer.concat(pieces).subarray(0, mostBytes).toString();
}
