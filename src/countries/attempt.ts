import type { Dispatcher } from 'undici';
import { BadStatus, OutOfTime, Redirected } from './failure.ts';
import { parseRetryAfter } from './retry.ts';

/** By this name the crawler asks, and a robots.txt may speak to it. */
export const userAgent = 'interleaved';

/** Ms that each phase of one attempt may take. */
export interface PageTimeouts {
  /** For the connection; 5,000 if absent. */
  readonly connect?: number;
  /** From the request to the last header of the answer; 10,000 if absent. */
  readonly headers?: number;
  /** Between two pieces of the body; 5,000 if absent. */
  readonly stall?: number;
  /** For the whole attempt, as a body that drips never stalls; 60,000 if absent. */
  readonly whole?: number;
}

/** What is sent for a page. */
export interface Body {
  readonly stream: Dispatcher.ResponseData['body'];
  readonly isGzip: boolean;
  /** Bytes as they are sent; NaN where the site does not say. */
  readonly length: number;
}

/**
 * Asks once, and gives what `use` makes of the body.
 *
 * @throws BadStatus, Redirected, OutOfTime, what undici and `use` throw; the signal's reason
 */
export async function attempt<T>(
  url: string,
  use: (body: Body) => Promise<T>,
  { connect = 5000, headers: answer = 10_000, stall = 5000, whole = 60_000 }: PageTimeouts = {},
  signal?: AbortSignal,
): Promise<T> {
  const { request, dispatcher } = await connections(connect);
  if (signal?.aborted) throw signal.reason;
  const controller = new AbortController();
  const stop = (): void => controller.abort(signal?.reason);
  signal?.addEventListener('abort', stop);
  const overtime = (): void => controller.abort(new OutOfTime(`not whole after ${whole} ms`));
  const timer = setTimeout(overtime, whole);
  try {
    const { statusCode, headers, body } = await request(url, {
      dispatcher,
      headers: { 'accept-encoding': 'gzip', 'user-agent': userAgent },
      headersTimeout: answer,
      bodyTimeout: stall,
      signal: controller.signal,
    });
    if (statusCode !== 200) {
      await body.dump(); // or its connection could not be used again
      const { location } = headers;
      if (redirects.has(statusCode) && typeof location === 'string' && URL.canParse(location, url)) {
        throw new Redirected(new URL(location, url).href);
      }
      throw new BadStatus(statusCode, parseRetryAfter(headers['retry-after']));
    }
    const isGzip = headers['content-encoding'] === 'gzip';
    return await use({ stream: body, isGzip, length: Number(headers['content-length']) });
  } catch (error) {
    throw controller.signal.aborted ? controller.signal.reason : error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}

/** Statuses whose `Location` says where the page is. */
const redirects = new Set([301, 302, 303, 307, 308]);

/** The connections of this thread, by their time-out. They hold no process: an idle socket does not count. */
const pools = new Map<number, ReturnType<typeof newPool>>();

function connections(timeout: number): ReturnType<typeof newPool> {
  let pool = pools.get(timeout);
  if (pool === undefined) {
    pool = newPool(timeout);
    pools.set(timeout, pool);
  }
  return pool;
}

async function newPool(timeout: number) {
  const { Agent, request } = await import('undici');
  return { request, dispatcher: new Agent({ connect: { timeout } }) };
}
