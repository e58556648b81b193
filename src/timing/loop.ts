import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';
import { duration, percent, plain } from '../show/format.ts';
import { host } from '../show/host.ts';
import { type Part, paragraph, partsOf, Shown } from '../show/parts.ts';
import { show, showsPictures } from '../show/show.ts';
import { table } from '../show/table.ts';
import { now } from './clock.ts';
import type { RecordedEvent } from './events.ts';
import { type LoopStep, type LoopTurn, StepLog, stepKinds } from './loop-steps.ts';
import { Timeline } from './timeline.ts';
import { drawTimelines, textOnly } from './timeline-picture.ts';

/** From this many ms on a turn blocks: what browsers call a long task (W3C, Long Tasks API). */
const long = 50;
/** Ms between two looks at the loop's delay. */
const resolution = 5;
/** Steps whose order is written out. */
const written = 24;

interface Facts {
  readonly label: string;
  readonly value: unknown;
  readonly start: number;
  readonly end: number;
  readonly steps: readonly LoopStep[];
  readonly turns: readonly LoopTurn[];
  readonly dropped: number;
  readonly utilisation: number;
  readonly delay: LoopDelay;
  readonly failed: boolean;
}

/** How much later than asked for the loop came round, in ms. */
export interface LoopDelay {
  readonly median: number;
  readonly p99: number;
  readonly most: number;
}

/** What the event loop did while a function ran; it shows itself. Times in ms. */
export class LoopWatch<T = unknown> extends Shown {
  readonly label: string;
  /** What the function returned; absent when it failed. */
  readonly value: T;
  /** Wall time in ms. */
  readonly ms: number;
  /** All that the loop called, in order. */
  readonly steps: readonly LoopStep[];
  /** Steps beyond the first 100,000. */
  readonly dropped: number;
  readonly turns: readonly LoopTurn[];
  /** Ms of turns of 50 ms and more, in which nobody else could run. */
  readonly blockedMs: number;
  /** Ms of the longest turn. */
  readonly longestTurn: number;
  /** The share of the time in which the loop did not sleep. */
  readonly utilisation: number;
  /** How much later than asked for the loop came round, looked at every 5 ms. */
  readonly delay: LoopDelay;
  readonly #facts: Facts;
  #picture: Part | undefined;

  constructor(facts: Facts) {
    super();
    this.#facts = facts;
    this.label = facts.label;
    this.value = facts.value as T;
    this.ms = facts.end - facts.start;
    this.steps = facts.steps;
    this.dropped = facts.dropped;
    this.turns = facts.turns;
    const lengths = this.turns.map(({ from, to }) => to - from);
    this.longestTurn = lengths.reduce((most, ms) => Math.max(most, ms), 0);
    this.blockedMs = lengths.filter((ms) => ms >= long).reduce((sum, ms) => sum + ms, 0);
    this.utilisation = facts.utilisation;
    this.delay = facts.delay;
  }

  /** The first steps in order, in words: `main work → microtask promise × 2 → timer late`. */
  get order(): string {
    const words: { readonly word: string; count: number }[] = [];
    for (const { kind, name } of this.steps) {
      const word = kind === name || name === 'promise' ? kind : `${kind} ${name}`;
      const last = words.at(-1);
      if (last?.word === word) last.count += 1;
      else if (words.length < written) words.push({ word, count: 1 });
      else return `${orderOf(words)} → …`;
    }
    return orderOf(words);
  }

  get #group() {
    const { start, end, steps, dropped } = this.#facts;
    const events = steps.flatMap(({ kind, name, from, to }, id): RecordedEvent[] => {
      const same = { lane: kind, id, name };
      return [
        { ...same, kind: 'started', time: from },
        { ...same, kind: 'finished', time: to },
      ];
    });
    return { timeline: new Timeline(events, { start, end, dropped }), noun: 'step' };
  }

  /** Prepares the picture, which a cell then shows. */
  async draw(): Promise<this> {
    this.#picture ??= await drawTimelines([this.#group], 'The event loop', 'What the event loop called, and when');
    return this;
  }

  protected override parts(): readonly Part[] {
    const rows = stepKinds.flatMap((kind) => {
      const steps = this.steps.filter((step) => step.kind === kind);
      if (steps.length === 0) return [];
      const lengths = steps.map(({ from, to }) => to - from);
      const late = steps.flatMap((step) => step.late ?? []);
      return {
        kind,
        steps: plain(steps.length),
        time: duration(lengths.reduce((sum, ms) => sum + ms, 0)),
        longest: duration(lengths.reduce((most, ms) => Math.max(most, ms), 0)),
        'latest by': late.length > 0 ? duration(Math.max(...late)) : '',
      };
    });
    const columns = ['steps', 'time', 'longest', 'latest by'] as const;
    const used = columns.filter((key) => rows.some((row) => row[key] !== ''));
    const right = used.map((key) => ({ key, align: 'right' }) as const);
    const { median, p99, most } = this.delay;
    const blocking = this.turns.filter(({ from, to }) => to - from >= long).length;
    const blocked =
      blocking === 0
        ? `No turn took ${long} ms`
        : `${plain(blocking)} ${blocking === 1 ? 'turn' : 'turns'} of ${long} ms and more blocked it for ${duration(this.blockedMs)}`;
    const summary =
      `${duration(this.ms)}, ${plain(this.turns.length)} ${this.turns.length === 1 ? 'turn' : 'turns'}; the loop was awake ${percent(this.utilisation)} of the time. ` +
      `${blocked}; the longest took ${duration(this.longestTurn)}. It came round late by ${duration(median)} (median), ` +
      `${duration(p99)} (99 %), ${duration(most)} (most).`;
    return [
      this.#picture ?? textOnly([this.#group]),
      ...partsOf(
        table(rows, {
          caption: this.#facts.failed ? `${this.label}: failed` : this.label,
          columns: ['kind', ...right],
        }),
      ),
      paragraph(summary),
      paragraph(`In order: ${this.order}`),
    ];
  }
}

function orderOf(words: readonly { readonly word: string; readonly count: number }[]): string {
  return words.map(({ word, count }) => (count === 1 ? word : `${word} × ${plain(count)}`)).join(' → ');
}

/**
 * Runs a function once and makes the event loop visible: every task, timer, next tick and microtask that the loop
 * called meanwhile, in order and drawn, how late timers and the loop came, and for how long it was blocked.
 *
 * All is seen that runs on this thread meanwhile, also what others have begun. Watching costs some 0.5 µs a microtask.
 *
 * @param label what the reader calls it; the function's name if absent
 * @throws what `fn` throws, after a notebook has shown the figures up to there
 * @example
 * await watchLoop(async () => {
 *   setTimeout(function timer() {}, 0);
 *   process.nextTick(function tick() {});
 *   await null;
 * })
 */
export async function watchLoop<T>(label: string, fn: () => T | PromiseLike<T>): Promise<LoopWatch<T>>;
export async function watchLoop<T>(fn: () => T | PromiseLike<T>): Promise<LoopWatch<T>>;
export async function watchLoop<T>(
  first: string | (() => T | PromiseLike<T>),
  second?: () => T | PromiseLike<T>,
): Promise<LoopWatch<T>> {
  const fn = typeof first === 'string' ? second : first;
  if (typeof fn !== 'function') {
    throw new TypeError(`watchLoop() needs a function to run, not ${inspect(fn)}: watchLoop('label', () => work()).`);
  }
  const label = typeof first === 'string' ? first : fn.name || 'the function';
  const { facts, error } = await watch(label, fn);
  const watched = new LoopWatch<T>(facts);
  if (showsPictures()) await watched.draw();
  if (!error) return watched;
  if (showsPictures()) show(watched);
  throw error.reason;
}

async function watch(label: string, fn: () => unknown): Promise<{ facts: Facts; error?: { reason: unknown } }> {
  const log = new StepLog();
  const delays = monitorEventLoopDelay({ resolution });
  const release = host()?.onInterrupt(() => {
    log.stop();
    delays.disable();
  });
  try {
    delays.enable();
    await pause(2 * resolution); // it knows of a delay only from its second look on
    let value: unknown;
    let error: { reason: unknown } | undefined;
    const loopBefore = performance.eventLoopUtilization();
    const start = now();
    try {
      value = await log.start(label, fn);
    } catch (reason) {
      error = { reason };
    }
    const end = now();
    const loop = performance.eventLoopUtilization(loopBefore);
    log.stop();
    await pause(2 * resolution); // a delay is told when the loop comes round
    delays.disable();
    const late = (ns: number): number => Math.max(0, ns / 1e6 - resolution);
    const [median, p99] = [late(delays.percentile(50)), late(delays.percentile(99))];
    const delay = { median, p99, most: late(delays.max) };
    const utilisation = end > start ? 1 - Math.min(1, loop.idle / (end - start)) : 0;
    const { steps, turns, dropped } = log;
    const failed = error !== undefined;
    return {
      facts: { label, value, start, end, steps, turns, dropped, utilisation, delay, failed },
      ...(error && { error }),
    };
  } finally {
    log.stop();
    delays.disable();
    release?.();
  }
}
