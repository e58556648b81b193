import { setImmediate as nextTurn } from 'node:timers/promises';
import { duration } from '../show/format.ts';
import { now } from '../timing/clock.ts';
import { cpuTime } from '../timing/cpu.ts';
import { watchMemory } from '../timing/memory.ts';
import { oneLine } from '../timing/timed.ts';
import type { EngineName } from './choose-decide.ts';
import type { ChoosePlan } from './choose-options.ts';
import type { Executor } from './executor.ts';
import { AsyncExecutor, ProcessPoolExecutor, SerialExecutor, ThreadPoolExecutor } from './executors.ts';
import { isThenable } from './outcome.ts';

/** Wall and CPU time of one run in ms. */
export interface Run {
  readonly ms: number;
  readonly cpuMs: number;
}

/** What was measured of one engine. */
export interface Trial {
  readonly engine: EngineName;
  /** As it is written in a program. */
  readonly title: string;
  /** Ms until all its workers were ready. */
  readonly start: number;
  /** The first run on fresh workers, which brings the function along and compiles it there. */
  readonly first: Run;
  /** Bytes that this process and its children held beyond what they held before, at most. */
  readonly memory: number;
  readonly rounds: Run[];
}

/** An engine that is open, and can run the items again. */
export interface OpenTrial {
  readonly trial: Trial;
  readonly again: () => Promise<Run>;
  readonly close: () => Promise<void>;
}

/** Why an engine is out. */
export interface Refusal {
  readonly engine: EngineName;
  readonly title: string;
  readonly why: string;
}

/** The engine as an executor, new. */
export function executorOf(engine: EngineName, { workers, limit }: Pick<ChoosePlan, 'workers' | 'limit'>): Executor {
  if (engine === 'serial') return new SerialExecutor();
  if (engine === 'async') return new AsyncExecutor(limit);
  return engine === 'threads' ? new ThreadPoolExecutor(workers) : new ProcessPoolExecutor(workers);
}

export function titleOf(engine: EngineName, { workers, limit }: Pick<ChoosePlan, 'workers' | 'limit'>): string {
  if (engine === 'serial') return 'a plain loop';
  if (engine === 'async') return `AsyncExecutor(${limit})`;
  return `${engine === 'threads' ? 'ThreadPoolExecutor' : 'ProcessPoolExecutor'}(${workers})`;
}

/** One item after another, on this thread; nothing is waited for that is no promise. */
export async function inALoop(fn: ChoosePlan['fn'], items: readonly unknown[]): Promise<unknown[]> {
  const results: unknown[] = [];
  for (const item of items) {
    const result = fn(item);
    results.push(isThenable(result) ? await result : result);
  }
  return results;
}

/**
 * Opens an engine, and runs the items on it for the first time.
 *
 * @param expected the results that it must give
 * @param patience ms after which a run is given up
 * @returns the refusal where the function cannot run there: it cannot travel, fails, or does other work than at home
 * @throws what `fn` throws at home, or `OtherResults` when it gives other ones there as well
 */
export async function tryEngine(
  engine: EngineName,
  plan: ChoosePlan,
  items: readonly unknown[],
  expected: readonly unknown[],
  patience: number,
): Promise<OpenTrial | Refusal> {
  const title = titleOf(engine, plan);
  const held = process.memoryUsage.rss();
  const peak = watchMemory();
  const begun = now();
  const executor = executorOf(engine, plan);
  const close = () => executor.shutdown({ cancelFutures: true });
  const work = async () => {
    if (engine === 'serial') return inALoop(plan.fn, items);
    return executor.map(plan.fn, items, { signal: AbortSignal.timeout(patience) });
  };
  const again = async () => {
    const { run, value } = await spend(work);
    const at = value.findIndex((result, index) => !plan.equal(result, expected[index]));
    if (at >= 0) throw new OtherResults(value[at], expected[at]);
    return run;
  };
  try {
    await executor.warmUp();
    const start = now() - begun;
    const first = await again();
    const trial = { engine, title, start, first, memory: Math.max(0, peak() - held), rounds: [] };
    return { trial, again, close };
  } catch (error) {
    peak();
    await close();
    if (engine === 'serial') throw error;
    return { engine, title, why: inWords(error, patience) };
  }
}

/** Ms and CPU time of one call. */
async function spend<T>(work: () => Promise<T>): Promise<{ run: Run; value: T }> {
  const before = cpuTime();
  const start = now();
  const value = await work();
  const ms = now() - start;
  await nextTurn(); // CPU times of processes may still be on their way
  return { run: { ms, cpuMs: cpuTime() - before }, value };
}

/** The same items, and not the same results. */
export class OtherResults extends Error {
  constructor(given: unknown, expected: unknown) {
    super(`it gave ${oneLine(given)} where it gave ${oneLine(expected)} before`);
    this.name = 'OtherResults';
  }
}

/** Why an engine is out, from what it threw. */
export function inWords(error: unknown, patience: number): string {
  if (!(error instanceof Error)) return `it threw ${String(error)}`;
  if (error.name === 'CancelledError') return `it was not done after ${duration(patience)}`;
  return error.name === 'ShippingError' || error.name === 'OtherResults'
    ? error.message
    : `${error.name}: ${error.message}`;
}
