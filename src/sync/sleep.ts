import { isMainThread } from 'node:worker_threads';
import type { WaitOptions } from '../channels/ends.ts';
import { leave, stay } from '../channels/stay.ts';
import { CancelledError, TimeoutError } from '../executors/errors.ts';
import { host } from '../show/host.ts';
import { timer } from '../workers/timer.ts';

/** How long a blocking wait may take: nothing can abort it from outside. */
export interface BlockOptions {
  /** Ms to wait at most; then TimeoutError. 0 takes what is there at once. */
  readonly timeout?: number;
}

/** True on a main thread, of the kernel or of a process. */
export const mustNotBlock: boolean = isMainThread;

/** What a blocking wait throws there. @param way what to write instead */
export function noBlock(what: string, way: string): Error {
  return new Error(`${what} would block the main thread of this process, and all that runs on it; write ${way}`);
}

/** @throws Error on a main thread, which must never block */
export function mayBlock(what: string, way: string): void {
  if (mustNotBlock) throw noBlock(what, way);
}

/** @throws RangeError for a time-out that is none */
export function checkOptions({ timeout }: WaitOptions): void {
  if (timeout === undefined || timeout >= 0) return;
  throw new RangeError(`timeout is a number of ms from 0 on, not ${String(timeout)}`);
}

/** What the function of a `withSync` returned. @throws TypeError when that is a promise: its work is not done */
export function notAsync<R>(result: R, what: string, way: string): R {
  if (typeof (result as { then?: unknown } | null | undefined)?.then !== 'function') return result;
  void Promise.resolve(result).catch(() => {});
  throw new TypeError(`${what} was given an async function, whose work would go on after it; write await ….${way}(…)`);
}

/**
 * Ms after which one that waits looks again, though nobody woke it: a thread that starts others need not know all the
 * locks that they have, as one may have come in a queue, and then nobody is told of a death.
 */
export const looksAfter = 1000;

/** Of this thread alone. */
const unchanging = new Int32Array(new SharedArrayBuffer(4));

/** The one way in which all primitives of this folder sleep: on a word of shared memory, until it may have changed. */
export class Sleep {
  /** Ms of `performance.now()` at which patience ends. */
  readonly #deadline: number;
  readonly #timeout: number | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #what: string | (() => string);

  /**
   * @param what for the error, such as `Lock 'till' was not free`, or what makes it when it is needed
   * @throws RangeError for a time-out that is none; CancelledError when the signal has aborted already
   */
  constructor(what: string | (() => string), options: WaitOptions = {}) {
    checkOptions(options);
    const { timeout, signal } = options;
    this.#what = what;
    this.#timeout = timeout;
    this.#signal = signal;
    this.#deadline = timeout === undefined ? Number.POSITIVE_INFINITY : performance.now() + timeout;
    if (signal?.aborted) throw this.#cancelled(signal.reason);
  }

  /**
   * Blocks this thread until the word is changed and notified, or is not `seen` any more. It may also come back for
   * nothing, so every use stands in a loop that looks again.
   *
   * @throws TimeoutError when patience is over
   */
  block(words: Int32Array, index: number, seen: number): void {
    const left = this.#left();
    if (left <= 0) throw this.#late();
    Atomics.wait(words, index, seen, Math.min(left, looksAfter));
  }

  /** Blocks this thread for some ms, or as long as there is patience. What comes meanwhile is not noticed. */
  stayAway(ms: number): void {
    Atomics.wait(unchanging, 0, 0, Math.min(Math.max(0, this.#left()), ms));
  }

  /**
   * As `block`, for one that must not block: this thread goes on with other things, and stays alive.
   *
   * @throws TimeoutError when patience is over; CancelledError when the signal aborts or the kernel is interrupted
   */
  async pause(words: Int32Array, index: number, seen: number): Promise<void> {
    if (this.#signal?.aborted) throw this.#cancelled(this.#signal.reason);
    const left = this.#left();
    if (left <= 0) throw this.#late();
    const woken = Atomics.waitAsync(words, index, seen, left);
    if (!woken.async) {
      if (woken.value === 'timed-out') throw this.#late();
      return;
    }
    // A waitAsync cannot be taken back, and would use up a wake-up while this thread is blocked: so it is woken now, and
    // all others look again. At once, as what comes next may block.
    const leave = (): number => Atomics.notify(words, index);
    if ((await this.#unlessCancelled(woken.value, leave)) === 'timed-out') throw this.#late();
  }

  /**
   * As `pause`, until something comes to pass on this thread.
   *
   * @throws TimeoutError, CancelledError
   */
  async until(called: Promise<void>): Promise<void> {
    if (this.#signal?.aborted) throw this.#cancelled(this.#signal.reason);
    const left = this.#left();
    if (left <= 0) throw this.#late();
    let late: NodeJS.Timeout | undefined;
    const patience = new Promise<'timed-out'>((resolve) => {
      late = timer(left, () => resolve('timed-out'));
    });
    try {
      if ((await this.#unlessCancelled(Promise.race([called, patience]))) === 'timed-out') throw this.#late();
    } finally {
      clearTimeout(late);
    }
  }

  async #unlessCancelled<T>(woken: Promise<T>, wake?: () => void): Promise<T> {
    const signal = this.#signal;
    let give: (reason: unknown) => void = () => {};
    const cancelled = new Promise<never>((_resolve, reject) => {
      give = (reason) => {
        wake?.();
        reject(this.#cancelled(reason));
      };
    });
    const abort = (): void => give(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    const offInterrupt = host()?.onInterrupt(() => give(undefined));
    // Nothing in Node keeps a thread alive for a waitAsync (node#44729).
    stay();
    try {
      return await Promise.race([woken, cancelled]);
    } finally {
      leave();
      offInterrupt?.();
      signal?.removeEventListener('abort', abort);
    }
  }

  #left(): number {
    const deadline = this.#deadline;
    return deadline === Number.POSITIVE_INFINITY ? deadline : deadline - performance.now();
  }

  #name(): string {
    const what = this.#what;
    return typeof what === 'string' ? what : what();
  }

  #late(): TimeoutError {
    return new TimeoutError(`${this.#name()} within ${this.#timeout} ms`);
  }

  #cancelled(cause: unknown): CancelledError {
    return new CancelledError(`${this.#name()}: the wait was cancelled`, { cause });
  }
}
