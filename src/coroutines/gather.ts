import { AsyncLocalStorage } from 'node:async_hooks';
import { setMaxListeners } from 'node:events';
import { inspect } from 'node:util';
import { CancelledError, TimeoutError } from '../executors/errors.ts';
import { currentSignal, runWithSignal } from '../executors/local.ts';
import { follow, Group, isCancellation, type TaskFunction } from './group.ts';

export interface GatherOptions {
  /** The most that run at the same time; no bound if absent. */
  readonly limit?: number;
  /** Ms for all together; then all are told to stop, and it throws TimeoutError. */
  readonly timeout?: number;
  /** Stops all when it aborts. */
  readonly signal?: AbortSignal;
}

/**
 * Runs functions at the same time, at most `limit` of them, and gives their results in the order of the functions.
 *
 * An iterable is asked for the next function only when there is room for it. When one fails, the others' signals
 * abort; it throws that error when all have left. (Python's `asyncio.gather` leaves the others running.)
 *
 * @throws the first error; TimeoutError; CancelledError
 * @example
 * const pages = await gather(urls.map((url) => (signal) => load(url, signal)), { limit: 16, timeout: 5000 });
 */
export function gather<T extends readonly TaskFunction<unknown>[]>(
  fns: readonly [...T],
  options?: GatherOptions,
): Promise<{ -readonly [K in keyof T]: Awaited<ReturnType<T[K]>> }>;
export function gather<T>(fns: Iterable<TaskFunction<T>>, options?: GatherOptions): Promise<Awaited<T>[]>;
export async function gather(fns: Iterable<TaskFunction<unknown>>, options: GatherOptions = {}): Promise<unknown[]> {
  const { limit = Number.POSITIVE_INFINITY, timeout: ms, signal } = options;
  checkLimit(limit);
  if (typeof fns?.[Symbol.iterator] !== 'function') {
    throw new TypeError(
      `gather() needs a list of functions, not ${inspect(fns)}: gather([() => load(1), () => load(2)]).`,
    );
  }
  const all = (): Promise<unknown[]> => gatherAll(fns, limit, signal);
  return ms === undefined ? all() : timeout(ms, all);
}

async function gatherAll(
  fns: Iterable<TaskFunction<unknown>>,
  limit: number,
  signal?: AbortSignal,
): Promise<unknown[]> {
  const group = new Group('gather', signal);
  const inContext = AsyncLocalStorage.snapshot(); // or a task would begin in the context of the one that made room
  const results: unknown[] = [];
  const rest = fns[Symbol.iterator]();
  let open = 0;
  let ended = false;
  let whenOver = (): void => {};
  const over = new Promise<void>((resolve) => {
    whenOver = resolve;
  });
  const start = (fn: TaskFunction<unknown>, index: number): void => {
    if (typeof fn !== 'function') {
      const what = (fn as unknown) instanceof Promise ? 'a promise, which runs already' : inspect(fn);
      throw new TypeError(`gather() was given ${what} at ${index}. It starts functions: () => load(url).`);
    }
    const task = group.spawn(fn);
    open += 1;
    const left = (value?: unknown): void => {
      results[index] = value;
      open -= 1;
      inContext(fill);
    };
    void task.then(left, (error) => {
      // One that was told to stop is no failure; but who gives up by itself has no result to give.
      if (!group.signal.aborted) group.fail(error);
      left();
    });
  };
  const fill = (): void => {
    try {
      while (!ended && !group.signal.aborted && open < limit) {
        ended = true; // also by an error of its own: a source that has thrown is not closed
        const { done, value: fn } = rest.next();
        ended = done === true;
        if (!done) start(fn, results.push(undefined) - 1);
      }
    } catch (error) {
      group.fail(error);
    }
    if (open === 0) whenOver();
  };
  fill();
  await over;
  try {
    if (!ended) rest.return?.();
  } catch (error) {
    group.fail(error);
  }
  await group.close();
  if (group.errors.length > 0) throw group.errors[0];
  group.throwIfFailed();
  return results;
}

export interface MapAsyncOptions {
  /** The most items under way: running, or finished and not yet taken. 8 if absent. */
  readonly limit?: number;
  /** Stops all when it aborts; then CancelledError. */
  readonly signal?: AbortSignal;
}

/**
 * Maps a stream with back-pressure: at most `limit` items are under way, the results come in order, and the source is
 * asked for the next item only when there is room. Leaving the loop early stops what runs, waits for it and closes the
 * source.
 *
 * @throws the first error of `fn`, or that of the source after the results before it; CancelledError
 * @example
 * for await (const page of mapAsync(addresses(), (url, signal) => load(url, signal), { limit: 4 })) save(page);
 */
export async function* mapAsync<T, R>(
  source: Iterable<T> | AsyncIterable<T>,
  fn: (item: T, signal: AbortSignal) => R | PromiseLike<R>,
  { limit = 8, signal }: MapAsyncOptions = {},
): AsyncGenerator<R, void, undefined> {
  checkLimit(limit);
  const from = Object(source) as Partial<AsyncIterable<T> & Iterable<T>>;
  if (from[Symbol.asyncIterator] === undefined && from[Symbol.iterator] === undefined) {
    throw new TypeError(`mapAsync() needs something to go through, not ${inspect(source)}: mapAsync(urls, load).`);
  }
  if (typeof fn !== 'function') {
    throw new TypeError(`mapAsync() needs a function for each item, not ${inspect(fn)}: mapAsync(urls, load).`);
  }
  const group = new Group('mapAsync', signal);
  const inContext = AsyncLocalStorage.snapshot();
  const items: AsyncIterator<T> | Iterator<T> =
    from[Symbol.asyncIterator]?.() ?? (source as Iterable<T>)[Symbol.iterator]();
  /** What is under way, in order. Invariant: with the one that the source is asked for, never more than `limit`. */
  const under: PromiseLike<R>[] = [];
  const feed: { state: 'open' | 'asked' | 'ended' } = { state: 'open' };
  let wake = (): void => {};
  const ask = async (): Promise<void> => {
    if (feed.state !== 'open' || under.length >= limit || group.signal.aborted) return;
    feed.state = 'asked';
    try {
      const { done, value } = await items.next();
      feed.state = done ? 'ended' : 'open';
      if (!done && !group.signal.aborted) {
        under.push(inContext(() => group.spawn((own) => fn(value, own), { name: fn.name || 'anonymous' })));
        void ask();
      }
    } catch (error) {
      feed.state = 'ended';
      const failed = Promise.reject(error);
      failed.catch(() => {});
      under.push(failed);
    }
    wake();
  };
  const onAbort = (): void => wake();
  group.signal.addEventListener('abort', onAbort);
  let hasFailed = false;
  try {
    void ask();
    for (;;) {
      const [first] = under;
      if (first !== undefined) {
        const value = await first;
        under.shift();
        void ask();
        yield value;
      } else if (group.stopped) throw group.signal.reason;
      else if (feed.state === 'ended') return;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } catch (error) {
    hasFailed = true;
    // What one failure made of the others is not told in its place.
    throw group.errors.length > 0 ? group.errors[0] : error;
  } finally {
    group.cancel();
    await group.close();
    const close = async (): Promise<unknown> => feed.state !== 'ended' && items.return?.();
    const closing = close();
    // Nor what the source threw when it was closed.
    const closed = hasFailed || feed.state === 'asked' ? closing.catch(() => {}) : closing;
    // A source that is being asked answers first, perhaps never: then it closes when it does.
    if (feed.state !== 'asked') await closed;
  }
}

export interface TimeoutOptions {
  /** Ms that the function has to tidy up and leave when its time is out; 1000 if absent. */
  readonly grace?: number;
}

/**
 * Runs a function for at most `ms`; then its signal aborts, it tidies up and leaves, and the call throws TimeoutError.
 *
 * A function that does not listen to its signal goes on: after `grace` the call throws without it, and says so.
 *
 * @throws TimeoutError when time is out, also if it returned something after that; what `fn` throws; CancelledError
 * @example
 * const page = await timeout(500, (signal) => fetch(address, { signal }));
 */
export async function timeout<T>(ms: number, fn: TaskFunction<T>, { grace = 1000 }: TimeoutOptions = {}): Promise<T> {
  if (typeof ms !== 'number' || !(ms >= 0)) throw new RangeError(`A timeout is ms from 0 on, not ${inspect(ms)}.`);
  if (typeof fn !== 'function') throw new TypeError(`timeout() needs a function to run, not ${inspect(fn)}.`);
  const controller = new AbortController();
  const { signal } = controller;
  setMaxListeners(0, signal);
  const timers: NodeJS.Timeout[] = [];
  const after = (time: number, then: () => void): void => {
    if (time < 2 ** 31) timers.push(setTimeout(then, time));
  };
  const leave = follow([currentSignal()], (reason) =>
    controller.abort(new CancelledError('cancelled', { cause: reason })),
  );
  after(ms, () => controller.abort(new TimeoutError(`time was out after ${ms} ms`)));
  try {
    if (signal.aborted) throw signal.reason;
    const value = await new Promise<T>((resolve, reject) => {
      signal.addEventListener('abort', () => after(grace, () => reject(new TimeoutError(stuck(ms, grace)))));
      Promise.resolve(runWithSignal(signal, () => fn(signal))).then(resolve, reject);
    });
    if (signal.aborted) throw signal.reason;
    return value;
  } catch (error) {
    throw isCancellation(error, signal) && signal.aborted ? signal.reason : error;
  } finally {
    for (const timer of timers) clearTimeout(timer);
    leave();
  }
}

function stuck(ms: number, grace: number): string {
  return `time was out after ${ms} ms, and the function still runs ${grace} ms after its signal aborted. Pass the signal on to what it waits for.`;
}

function checkLimit(limit: number): void {
  if (limit === Number.POSITIVE_INFINITY || (Number.isInteger(limit) && limit >= 1)) return;
  throw new RangeError(`limit is a whole number of at least 1, not ${inspect(limit)}.`);
}
