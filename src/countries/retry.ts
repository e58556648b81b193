/** How often and after how long something is tried again. */
export interface RetryPolicy {
  /** Attempts after the first; 5 if absent. */
  readonly retries?: number;
  /** Ms of the first wait, doubled for each further one up to ten seconds; 100 if absent. */
  readonly backoff?: number;
  /** The longest ms that a server may ask to wait for (`Retry-After`); one that asks for more is given up. 30,000 if absent. */
  readonly maxWait?: number;
}

export const defaults: Required<RetryPolicy> = { retries: 5, backoff: 100, maxWait: 30_000 };

/** The longest wait of our own. */
const longest = 10_000;

/**
 * Ms to wait before attempt `attempt + 1`: anywhere up to the doubled backoff ("full jitter"), so that those who failed
 * together do not come back together; and never sooner than the server asked for.
 *
 * Source: Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 *
 * @param attempt how many were made
 */
export function waitBefore(
  attempt: number,
  backoff: number,
  retryAfter = 0,
  random: () => number = Math.random,
): number {
  return retryAfter + random() * Math.min(longest, backoff * 2 ** (attempt - 1));
}

/**
 * Ms that a `Retry-After` header asks for, whether it is in seconds or a date; undefined when it says nothing.
 *
 * Source: RFC 9110, section 10.2.3.
 */
export function retryAfterOf(
  header: string | string[] | undefined,
  clock: () => number = Date.now,
): number | undefined {
  const text = (Array.isArray(header) ? header[0] : header)?.trim();
  if (text === undefined || text === '') return undefined;
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - clock());
}
