import { setTimeout as sleep } from 'node:timers/promises';
import { failureOf, isPassing, PageError, type PageFailure, retryAfterOf } from './failure.ts';

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
export function parseRetryAfter(
  header: string | string[] | undefined,
  clock: () => number = Date.now,
): number | undefined {
  const text = (Array.isArray(header) ? header[0] : header)?.trim();
  if (text === undefined || text === '') return undefined;
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - clock());
}

/** How a fetch is tried again. */
interface Retrying extends RetryPolicy {
  readonly signal: AbortSignal | undefined;
  /** Told of each failure that will be tried again, with the ms that the server asked to wait for. */
  readonly whenFailed?: (failure: PageFailure, asked: number | undefined) => void;
  /** Awaited before each attempt but the first, after its wait. */
  readonly beforeNext?: () => Promise<void>;
}

/**
 * Calls `once` until it succeeds or there is no use in another attempt.
 *
 * @returns what it gave, and why earlier attempts failed
 * @throws PageError; the signal's reason
 */
export async function retrying<T>(url: string, once: () => Promise<T>, how: Retrying): Promise<[T, PageFailure[]]> {
  const { retries = defaults.retries, backoff = defaults.backoff, maxWait = defaults.maxWait, signal } = how;
  const failures: PageFailure[] = [];
  for (;;) {
    try {
      return [await once(), failures];
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      const failure = failureOf(error);
      failures.push(failure);
      if (!isPassing(failure) || failures.length > retries) throw new PageError(url, failures, error);
      const asked = retryAfterOf(error);
      if (asked !== undefined && asked > maxWait) {
        const hint = `; the server asks to wait ${asked} ms, longer than maxWait (${maxWait} ms)`;
        throw new PageError(url, failures, error, hint);
      }
      how.whenFailed?.(failure, asked);
      await pause(waitBefore(failures.length, backoff, asked), signal);
      await how.beforeNext?.();
    }
  }
}

/** Waits, but not once the signal aborts. @throws the signal's reason */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {
    throw signal?.reason;
  });
}
