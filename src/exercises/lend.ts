import { setMaxListeners } from 'node:events';
import type { Executor, Submitter } from '../executors/executor.ts';
import { type Observation, observe } from './observe.ts';
import type { Traffic } from './traffic.ts';

interface LendOptions {
  /** Ms that the answer may take. */
  readonly limit?: number;
  /** Counts what the answer sends. */
  readonly traffic?: Traffic;
}

/**
 * Runs an answer with a warm pool and closes the pool, whatever the answer did: tasks that it left behind, running or
 * waiting, are ended.
 */
export async function lend(
  pool: Executor,
  answer: (pool: Executor) => unknown,
  { limit, traffic }: LendOptions = {},
): Promise<Observation> {
  const over = new AbortController();
  setMaxListeners(0, over.signal); // one for each task
  try {
    await pool.warmUp();
    return await observe(() => answer(lent(pool, over.signal, traffic)), limit);
  } finally {
    over.abort();
    await pool.shutdown();
  }
}

/** The pool as the answer gets it: all its tasks end with the signal. */
function lent(pool: Executor, signal: AbortSignal, traffic: Traffic | undefined): Executor {
  return {
    ...watched(pool.with({ signal }), traffic),
    workers: pool.workers,
    with: (options) => {
      const both = options.signal ? AbortSignal.any([signal, options.signal]) : signal;
      return watched(pool.with({ ...options, signal: both }), traffic);
    },
    warmUp: () => pool.warmUp(),
    shutdown: (options) => pool.shutdown(options),
    [Symbol.asyncDispose]: () => pool.shutdown(),
  };
}

function watched(to: Submitter, traffic: Traffic | undefined): Submitter {
  if (!traffic) return to;
  return {
    submit: (fn, ...args) => {
      traffic.function(fn);
      traffic.value(args);
      return to.submit(fn, ...args);
    },
    map: (fn, items, options) => {
      traffic.function(fn);
      return to.map(fn, Symbol.iterator in items ? lookingAt(items, traffic) : items, options);
    },
  };
}

function* lookingAt<T>(items: Iterable<T>, traffic: Traffic): Generator<T> {
  for (const item of items) {
    traffic.value(item);
    yield item;
  }
}
