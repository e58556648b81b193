/** Why a page did not come. */
export type PageFailure =
  | `status ${number}`
  | 'connect timeout'
  | 'headers timeout'
  | 'stalled'
  | 'timeout'
  | 'refused'
  | 'unreachable'
  | 'reset'
  | 'truncated'
  | 'broken body'
  /** It leads to another host, or to too many others. */
  | 'redirect'
  /** The host's robots.txt does not want it to be fetched. */
  | 'robots'
  | 'no address'
  | 'worker'
  | 'file'
  | 'other';

/** A page could not be fetched, after as many attempts as were allowed. What the last one met is the `cause`. */
export class PageError extends Error {
  override readonly name: string = 'PageError';
  readonly url: string;
  /** Why the last attempt failed. */
  readonly failure: PageFailure;
  /** Why each attempt failed, in order. */
  readonly failures: readonly PageFailure[];
  /** Ms that the server asked to wait for, the last time, if it did. */
  readonly retryAfter: number | undefined;
  /** Where the page redirects to, if it was not followed there. */
  readonly redirect: string | undefined;

  constructor(url: string, failures: readonly PageFailure[], error: unknown, hint = '') {
    const failure = failures.at(-1) ?? 'other';
    const times = failures.length === 1 ? '' : ` after ${failures.length} attempts`;
    const cause = isPageError(error) ? error.cause : error; // one attempt of a crawl has failed as a page of its own
    const where = error instanceof Redirected ? `, ${error.message}` : '';
    super(`${url} could not be fetched: ${failure}${times}${where}${hint}`, { cause });
    this.url = url;
    this.failure = failure;
    this.failures = failures;
    this.retryAfter = retryAfterOf(error);
    this.redirect = redirectOf(error);
  }
}

/** An attempt that the server answered, but not with the page. */
export class BadStatus extends Error {
  override readonly name: string = 'BadStatus';
  readonly status: number;
  /** Ms that the server asks to wait for, if it does. */
  readonly retryAfter: number | undefined;

  constructor(status: number, retryAfter: number | undefined) {
    super(`the server answered ${status}`);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** An attempt that the server answered with another address. */
export class Redirected extends Error {
  override readonly name: string = 'Redirected';
  readonly to: string;

  /** @param why what is wrong with it, if it cannot be followed */
  constructor(to: string, why = '') {
    super(`which leads to ${to}${why}`);
    this.to = to;
  }
}

/** An attempt that was not whole in the time it had. */
export class OutOfTime extends Error {
  override readonly name: string = 'OutOfTime';
}

const byCode: Readonly<Record<string, PageFailure>> = {
  UND_ERR_CONNECT_TIMEOUT: 'connect timeout',
  ETIMEDOUT: 'connect timeout',
  UND_ERR_HEADERS_TIMEOUT: 'headers timeout',
  UND_ERR_BODY_TIMEOUT: 'stalled',
  ECONNREFUSED: 'refused',
  EADDRNOTAVAIL: 'unreachable', // no port of this machine is free
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'reset',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'truncated',
  Z_BUF_ERROR: 'truncated',
  Z_DATA_ERROR: 'broken body',
  ENOTFOUND: 'no address',
  EAI_AGAIN: 'no address',
};

/** Statuses that may be better next time. 418 is what teaching servers say when they are in a mood. */
const passing = new Set([408, 418, 421, 425, 429]);

/** Which failure an attempt's error is. */
export function failureOf(error: unknown): PageFailure {
  if (error instanceof BadStatus) return `status ${error.status}`;
  if (error instanceof OutOfTime) return 'timeout';
  if (error instanceof Redirected) return 'redirect';
  if (isPageError(error)) return error.failure;
  const { name, code, syscall } = (error ?? {}) as { name?: string; code?: string; syscall?: string };
  if (name === 'WorkerDied') return 'worker';
  if (name === 'HTTPParserError') return code === undefined ? 'truncated' : 'broken body'; // without one: it ended early
  if (code === undefined) return 'other';
  return byCode[code] ?? (syscall === undefined ? 'other' : 'file');
}

/** Failures that another attempt would only meet again; of the statuses, see `passing`. */
const lasting = new Set<PageFailure>(['file', 'redirect', 'robots', 'other']);

/** True if another attempt may succeed. */
export function isPassing(failure: PageFailure): boolean {
  const status = /^status (\d+)$/.exec(failure)?.[1];
  if (status !== undefined) return Number(status) >= 500 || passing.has(Number(status));
  return !lasting.has(failure);
}

/** Ms that the server asked to wait for, in an attempt that failed so; undefined if it did not. */
export function retryAfterOf(error: unknown): number | undefined {
  return error instanceof BadStatus || isPageError(error) ? error.retryAfter : undefined;
}

/** Where an attempt that failed so would have led on; undefined if it did not. */
export function redirectOf(error: unknown): string | undefined {
  if (error instanceof Redirected) return error.to;
  return isPageError(error) ? error.redirect : undefined;
}

/** One that comes from a worker has the name, but not the class. */
export function isPageError(error: unknown): error is PageError {
  return error instanceof PageError || (error instanceof Error && error.name === 'PageError' && 'failure' in error);
}
