import { performance } from 'node:perf_hooks';
import { inspect } from 'node:util';
import { bytes, duration, percent, plain } from '../show/format.ts';
import { host } from '../show/host.ts';
import { type Part, paragraph, partsOf, Shown } from '../show/parts.ts';
import { show, showsPictures } from '../show/show.ts';
import { table } from '../show/table.ts';
import { type Burst, burstsOf, eventsOf, type Shares, type Spent, spentOf } from './bursts.ts';
import { now } from './clock.ts';
import { bytesMoved, sampleCpu } from './cpu-samples.ts';
import { watchCores } from './others.ts';
import { Timeline } from './timeline.ts';
import { drawTimelines, textOnly } from './timeline-picture.ts';

/** What holds a function up: computing, reads and writes, both, or nothing but time. */
export type BoundBy = 'CPU-bound' | 'I/O-bound' | 'mixed' | 'idle';

/** From this share of computing on it is CPU-bound. */
const cpuBound = 0.7;
/** Up to this share of computing it is I/O-bound or idle. */
const waiting = 0.35;
/** Ms that a run must take: five samples. */
const enough = 50;
/** Bytes moved for each ms in the kernel, from which on that time counts as I/O: a tenth of what slow memory copies. */
const movedPerMs = 100_000;

const advice: Readonly<Record<BoundBy, string>> = {
  'CPU-bound':
    'More cores make it faster: threads or processes, or native code. Async overlaps only its waits, and what native threads do.',
  'I/O-bound': 'Waiting at the same time makes it faster: async, or threads. More cores do not.',
  mixed: 'Let the waits overlap (async), and move the computing to threads or processes.',
  idle: 'It waits for time alone: nothing is to be made faster but the wait itself.',
};

interface Facts {
  readonly label: string;
  readonly value: unknown;
  readonly ms: number;
  readonly spent: Spent;
  /** Ms of that without computing in which, for all that could be seen, no core may have been free. */
  readonly perhapsLost?: number;
  readonly cpu: Readonly<Record<'main' | 'others' | 'children' | 'system', number>>;
  readonly loop: number;
  readonly moved: number;
  readonly waits: ReadonlyMap<string, number>;
  readonly bursts: readonly Burst[];
  readonly start: number;
  readonly failed: boolean;
}

/** What `diagnose` found; it shows itself, with the bursts drawn. Times in ms. */
export class Diagnosis<T = unknown> extends Shown {
  readonly label: string;
  /** What the function returned; absent when it failed. */
  readonly value: T;
  readonly verdict: BoundBy;
  /** What makes such a function faster. */
  readonly advice: string;
  /** Wall time in ms. */
  readonly ms: number;
  /** CPU time in ms of all threads and of the child processes that were seen. */
  readonly cpuMs: number;
  /** The share of the time in which at least one thread or child computed; time in which none had a core left out. */
  readonly computing: number;
  /** The share of the main thread's time in which its event loop did not sleep. */
  readonly loopUtilisation: number;
  /** Where the time went, in ms. */
  readonly spent: Spent;
  /**
   * False when it took less than 50 ms, when for most of the time no core was free, or when that may have been and would
   * change the verdict: it shows which, and what to do.
   */
  readonly reliable: boolean;
  /** CPU bursts of threads and children, I/O bursts of the main thread: ms of `now()`. */
  readonly bursts: readonly Burst[];
  readonly #facts: Facts;
  #picture: Part | undefined;

  constructor(facts: Facts) {
    super();
    const { spent, cpu } = facts;
    this.#facts = facts;
    this.label = facts.label;
    this.value = facts.value as T;
    this.ms = facts.ms;
    this.cpuMs = cpu.main + cpu.others + cpu.children;
    this.computing = computingOf(spent);
    this.loopUtilisation = facts.loop;
    this.spent = spent;
    this.bursts = facts.bursts;
    this.verdict = verdictOf(spent);
    this.advice = advice[this.verdict];
    this.reliable = this.#doubt === undefined;
  }

  /** Why it tells too little. */
  get #doubt(): string | undefined {
    const { ms, spent, perhapsLost = 0 } = this.#facts;
    if (ms < enough) {
      return `It took ${duration(ms)}, too little to be seen, so this says nothing: let it do more, for ${duration(enough)} at least.`;
    }
    if (spent.lost > ms / 2) {
      return `For ${percent(spent.lost / ms)} of the time no core was free, so this says little: run it again.`;
    }
    if (verdictOf(spent, perhapsLost) === this.verdict) return undefined;
    const share = percent((spent.lost + perhapsLost) / ms);
    return `The machine was busy with others: for up to ${share} of the time no core may have been free, so this says little: run it again.`;
  }

  get #group() {
    const { start, ms, bursts } = this.#facts;
    return { timeline: new Timeline(eventsOf(bursts), { start, end: start + ms }), noun: 'burst' };
  }

  /** Prepares the picture, which a cell then shows. */
  async draw(): Promise<this> {
    this.#picture ??= await drawTimelines([this.#group], 'Bursts', 'Bursts: run is computing, wait is I/O');
    return this;
  }

  protected override parts(): readonly Part[] {
    const { label, ms, spent, cpu, loop, moved, waits, failed } = this.#facts;
    const spentRow = (evidence: string, part: number) => ({
      evidence,
      found: duration(part),
      'of the time': percent(part / ms),
    });
    const kinds = [...waits].sort(([, a], [, b]) => b - a).slice(0, 3);
    const rows = [
      { evidence: 'wall time', found: duration(ms) },
      spentRow('a thread or child computed', spent.computing),
      spentRow('only I/O under way', spent.io),
      spentRow('nothing under way', spent.idle),
      spentRow('ready, but no core free', spent.lost),
      { evidence: 'CPU time: main thread', found: duration(cpu.main) },
      { evidence: 'CPU time: other threads', found: duration(cpu.others) },
      ...(cpu.children > 0 ? [{ evidence: 'CPU time: child processes', found: duration(cpu.children) }] : []),
      { evidence: 'of it in the kernel', found: duration(cpu.system) },
      { evidence: 'event loop not asleep', found: percent(loop) },
      ...(moved > 0 ? [{ evidence: 'bytes read and written', found: bytes(moved) }] : []),
      ...(kinds.length > 0
        ? [{ evidence: 'seen under way', found: kinds.map(([kind, count]) => `${kind} ${plain(count)} ×`).join(', ') }]
        : []),
    ];
    const right = (key: string) => ({ key, align: 'right' }) as const;
    const verdict = `${label} is ${this.verdict}: it computed ${percent(this.computing)} of the time that it had.`;
    const picture = this.#picture ?? textOnly([this.#group]);
    return [
      paragraph(failed ? `${verdict} It failed.` : verdict),
      paragraph(this.#doubt ?? this.advice),
      picture,
      ...partsOf(table(rows, { caption: 'Evidence', columns: ['evidence', right('found'), right('of the time')] })),
    ];
  }
}

/** The share of computing in the time that it had. */
function computingOf({ computing, io, idle }: Spent, perhapsLost = 0): number {
  const known = computing + io + idle - perhapsLost;
  return known > 0 ? computing / known : 0;
}

function verdictOf(spent: Spent, perhapsLost = 0): BoundBy {
  const computing = computingOf(spent, perhapsLost);
  if (computing >= cpuBound) return 'CPU-bound';
  if (computing > waiting) return 'mixed';
  return spent.io >= spent.idle ? 'I/O-bound' : 'idle';
}

/**
 * Runs any function once, async or not, and says what holds it up: CPU-bound, I/O-bound, mixed or idle.
 *
 * It goes by CPU time of each thread and child process, wall time and the loop's own account of its sleep, sampled
 * every 10 ms. Time in which the machine had no core for it does not count. Time in the kernel is I/O where it moved
 * data, computing otherwise. A function that takes less than 50 ms is too short to be judged: `reliable` is false then.
 *
 * On Linux all threads and children are seen; elsewhere only this process, and a burst is seen while the loop turns.
 *
 * @param label what the reader calls it; the function's name if absent
 * @throws TypeError when there is no function to run; Error before Node 22.19, which cannot tell a thread's CPU time
 * @throws what `fn` throws, after a notebook has shown the figures up to there
 * @example
 * await diagnose('load all pages', () => Promise.all(pages.map(load)))
 */
export async function diagnose<T>(label: string, fn: () => T | PromiseLike<T>): Promise<Diagnosis<T>>;
export async function diagnose<T>(fn: () => T | PromiseLike<T>): Promise<Diagnosis<T>>;
export async function diagnose<T>(
  first: string | (() => T | PromiseLike<T>),
  second?: () => T | PromiseLike<T>,
): Promise<Diagnosis<T>> {
  const fn = typeof first === 'string' ? second : first;
  if (typeof fn !== 'function') {
    throw new TypeError(`diagnose() needs a function to run, not ${inspect(fn)}: diagnose('label', () => work()).`);
  }
  const label = typeof first === 'string' ? first : fn.name || 'the function';
  const { facts, error } = await watch(label, fn);
  const diagnosis = new Diagnosis<T>(facts);
  if (showsPictures()) await diagnosis.draw();
  if (!error) return diagnosis;
  if (showsPictures()) show(diagnosis);
  throw error.reason;
}

/** @throws Error where a function cannot be diagnosed */
export function checkNode(): void {
  if (typeof process.threadCpuUsage === 'function') return;
  throw new Error(`to diagnose a function takes Node 22.19 or newer, and this is ${process.version}`);
}

/** One watched run; `threads` false to do without what only Linux tells. */
export async function watch(
  label: string,
  fn: () => unknown,
  threads?: boolean,
): Promise<{ facts: Facts; error?: { readonly reason: unknown } }> {
  checkNode();
  const sampler = await sampleCpu(threads);
  const release = host()?.onInterrupt(() => void sampler.close());
  try {
    let value: unknown;
    let error: { reason: unknown } | undefined;
    sampler.begin();
    const before = {
      moved: bytesMoved(),
      use: process.resourceUsage(),
      own: process.threadCpuUsage(),
      all: process.cpuUsage(),
    };
    const withoutCore = watchCores();
    const loopBefore = performance.eventLoopUtilization();
    const start = now();
    try {
      value = await fn();
    } catch (reason) {
      error = { reason };
    }
    const ms = now() - start;
    const loop = performance.eventLoopUtilization(loopBefore);
    const own = process.threadCpuUsage(before.own);
    const all = process.cpuUsage(before.all);
    const moved = bytesMoved() - before.moved;
    const use = process.resourceUsage();
    const busy = withoutCore() ?? 0;
    const taken = await sampler.end();
    const total = (of: 'main' | 'others' | 'children') =>
      taken.samples.reduce((sum, sample) => sum + sample[of].all, 0);
    const main = (own.user + own.system) / 1000;
    const system = all.system / 1000;
    const isIo = moved > system * movedPerMs;
    const user = (part: { user: number; system: number }) => (isIo ? part.user / (part.user + part.system || 1) : 1);
    const shares: Shares = {
      main: user(own),
      others: user({ user: Math.max(0, all.user - own.user), system: Math.max(0, all.system - own.system) }),
      children: 1,
    };
    const cpu = { main, others: total('others'), children: total('children'), system };
    // What the loop did not sleep, the thread did not compute and no other took its core for: a synchronous wait.
    const delay = taken.samples.reduce((sum, sample) => sum + sample.main.delay, 0);
    const blocked = Math.max(0, ms - loop.idle - main - delay);
    // Where samples tell nothing of waits for a core: it was one if most waits were not asked for.
    const forcedSwitches = use.involuntaryContextSwitches - before.use.involuntaryContextSwitches;
    const switches = forcedSwitches + use.voluntaryContextSwitches - before.use.voluntaryContextSwitches;
    const forced = forcedSwitches > switches / 2 ? 1 : 0;
    const blockedIsIo = moved > 1e6 || cpu.children > 0;
    const spent = spentOf(taken, shares, blockedIsIo ? blocked : 0, taken.delays ? 0 : blocked * forced);
    const waits = new Map<string, number>();
    for (const kind of taken.ticks.flatMap((tick) => tick.waits)) waits.set(kind, (waits.get(kind) ?? 0) + 1);
    const facts: Facts = {
      label,
      value,
      ms,
      start,
      spent,
      perhapsLost: taken.delays ? 0 : Math.max(0, Math.min(blocked, busy) - spent.lost),
      cpu,
      loop: ms > 0 ? 1 - Math.min(1, loop.idle / ms) : 0,
      moved: Number.isNaN(moved) ? 0 : moved,
      waits,
      bursts: burstsOf(taken, shares, blockedIsIo),
      failed: error !== undefined,
    };
    return { facts, ...(error && { error }) };
  } finally {
    release?.();
    await sampler.close();
  }
}
