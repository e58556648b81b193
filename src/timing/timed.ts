import { availableParallelism } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { inspect } from 'node:util';
import { bytes, duration } from '../show/format.ts';
import { host } from '../show/host.ts';
import { type Part, partsOf, Shown } from '../show/parts.ts';
import { show, showsPictures } from '../show/show.ts';
import { table } from '../show/table.ts';
import { now } from './clock.ts';
import { cpuTime } from './cpu.ts';
import { watchMemory } from './memory.ts';
import { Recorder } from './recorder.ts';
import { Timeline } from './timeline.ts';

/** One timed run: what it gave, how long it took, how many cores it kept busy, and what happened when. */
export class TimedResult<T = unknown> extends Shown {
  readonly label: string;
  /** What the function returned; absent when it failed. */
  readonly value: T;
  /** Wall time in ms. */
  readonly ms: number;
  /** CPU time in ms, of all threads and of the child processes that reported theirs. */
  readonly cpuMs: number;
  /** The most memory in bytes that this process held meanwhile, and each child process that reported since its start. */
  readonly peakMemory: number;
  readonly timeline: Timeline;
  readonly failed: boolean;

  constructor(run: {
    label: string;
    value: T;
    ms: number;
    cpuMs: number;
    peakMemory: number;
    timeline: Timeline;
    failed: boolean;
  }) {
    super();
    this.label = run.label;
    this.value = run.value;
    this.ms = run.ms;
    this.cpuMs = run.cpuMs;
    this.peakMemory = run.peakMemory;
    this.timeline = run.timeline;
    this.failed = run.failed;
  }

  /** CPU time ÷ wall time: how many cores were at work on average. */
  get coresBusy(): number {
    return this.cpuMs / this.ms;
  }

  protected override parts(): readonly Part[] {
    const { value, failed } = this;
    const result = failed ? 'failed' : value === undefined ? '' : oneLine(value);
    const row = {
      time: duration(this.ms),
      'CPU time': duration(this.cpuMs),
      'cores busy': `${this.coresBusy.toFixed(2)} of ${availableParallelism()}`,
      'peak memory': bytes(this.peakMemory),
      ...(result === '' ? {} : { result }),
    };
    const figures = partsOf(table([row], { caption: this.label }));
    return [...figures, ...partsOf(this.timeline)];
  }
}

/**
 * Runs a function once and measures it: wall time, CPU time, cores busy, and the timeline of what happened meanwhile.
 *
 * The result shows itself when it is the last expression of a cell; elsewhere use `show(…)`. One run says little about
 * a small difference: `compare` repeats.
 *
 * @param label what the reader calls it; the function's name if absent
 * @returns the value with its figures; times in ms
 * @throws what `fn` throws, after a notebook has shown the figures up to there
 * @example
 * await timed('gcd, two processes', () => pool.map(gcd, pairs))
 */
export async function timed<T>(label: string, fn: () => T | PromiseLike<T>): Promise<TimedResult<T>>;
export async function timed<T>(fn: () => T | PromiseLike<T>): Promise<TimedResult<T>>;
export async function timed<T>(
  first: string | (() => T | PromiseLike<T>),
  second?: () => T | PromiseLike<T>,
): Promise<TimedResult<T>> {
  const fn = typeof first === 'function' ? first : second;
  if (typeof fn !== 'function') {
    throw new TypeError(
      `timed() needs a function to run, not ${inspect(typeof first === 'string' ? second : first)}: timed('label', () => work()).`,
    );
  }
  const label = typeof first === 'string' ? first : fn.name || 'timed';
  const { value, ms, cpuMs, peakMemory, timeline, error } = await measure(label, fn);
  const result = new TimedResult<T>({
    label,
    value: value as T,
    ms,
    cpuMs,
    peakMemory,
    timeline: timeline(),
    failed: error !== undefined,
  });
  if (showsPictures()) await result.timeline.draw();
  if (!error) return result;
  if (showsPictures()) show(result);
  throw error.reason;
}

/** One measured run, before anybody looks at it. */
export interface Measured {
  readonly value: unknown;
  readonly ms: number;
  readonly cpuMs: number;
  readonly peakMemory: number;
  /** Made when asked for, so that nothing is computed between two measured runs; absent when its events were forgotten. */
  readonly timeline?: () => Timeline;
  readonly events: number;
  /** Boxed, since a function may throw `undefined`. */
  readonly error?: { readonly reason: unknown };
}

export async function measure(label: string, fn: () => unknown): Promise<Measured & { timeline: () => Timeline }> {
  const recorder = new Recorder();
  let value: unknown;
  let error: { reason: unknown } | undefined;
  // A function that never ends must not record for ever once its cell was interrupted.
  const release = host()?.onInterrupt(() => recorder.stop());
  recorder.start();
  const peak = watchMemory();
  const cpuBefore = cpuTime();
  const start = now();
  try {
    value = await fn();
  } catch (reason) {
    error = { reason };
  }
  const end = now();
  await nextTurn(); // batched events and CPU times of processes may still be on their way
  const cpuMs = cpuTime() - cpuBefore;
  const peakMemory = peak();
  recorder.stop();
  release?.();
  const timeline = () => {
    const events = recorder.events;
    if (events.some(({ kind }) => kind === 'started')) return recorder.timeline({ start, end });
    // No executor took part: the call itself is the one task.
    const call = { lane: 'main', id: 0, name: label, ok: !error };
    const own = [{ ...call, kind: 'started', time: start } as const, { ...call, kind: 'finished', time: end } as const];
    return new Timeline([...events, ...own], { start, end, dropped: recorder.dropped });
  };
  const events = recorder.events.length;
  return { value, ms: end - start, cpuMs, peakMemory, timeline, events, ...(error && { error }) };
}

/** A value in at most 100 characters. */
export function oneLine(value: unknown): string {
  const text = inspect(value, {
    breakLength: Number.POSITIVE_INFINITY,
    depth: 2,
    maxArrayLength: 8,
    maxStringLength: 60,
  });
  const line = text.replace(/\s+/g, ' ');
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}
