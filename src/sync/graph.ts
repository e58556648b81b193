import { type Part, Shown } from '../show/parts.ts';
import { startedThread } from '../workers/lanes.ts';
import { hasEnded, threadHere, threadName } from '../workers/lives.ts';
import { drawGraph } from './graph-picture.ts';
import type { Scope } from './owner.ts';
import { type Watch, type Watched, watchSymbol } from './waiters.ts';

/** One who holds a primitive, or waits for it. */
export interface GraphEdge {
  /** `thread 1 (left)`, `main`, or `task 2 of main`. */
  readonly who: string;
  /** The primitive, by name. */
  readonly what: string;
}

/** A hold or a wait as it was read. */
interface End {
  readonly watch: Watch;
  readonly thread: number;
  /** Of this thread's own; undefined outside of scopes. */
  readonly scope: Scope | undefined;
}

interface Reading {
  readonly holds: readonly End[];
  readonly waits: readonly End[];
}

/**
 * Who holds and who waits, as it was at the moment of `waitForGraph`. It shows itself as a picture, with each cycle
 * marked, and as text.
 */
export class WaitForGraph extends Shown {
  readonly holds: readonly GraphEdge[];
  readonly waits: readonly GraphEdge[];
  /** Each cycle in the order of waiting: who, what it waits for, who holds that, what that one waits for, … */
  readonly cycles: readonly (readonly string[])[];

  constructor(holds: readonly GraphEdge[], waits: readonly GraphEdge[], cycles: readonly (readonly string[])[]) {
    super();
    this.holds = holds;
    this.waits = waits;
    this.cycles = cycles;
  }

  /** True when there is a cycle: those in it wait for each other, and none of them can go on. */
  get deadlocked(): boolean {
    return this.cycles.length > 0;
  }

  protected parts(): readonly Part[] {
    return [drawGraph(this)];
  }
}

/**
 * Who holds these primitives, who waits for them, and who waits in a circle. It is read from words that the primitives
 * keep in shared memory and never from messages: a thread that is stuck can send none.
 *
 * Tasks of the thread that calls this are told apart as far as they run inside of `with`, or of an executor; another
 * thread counts as one task. A wait by more than 32 at once is not seen whole. Semaphores, events, barriers and
 * conditions have no holder, so no cycle leads through them.
 *
 * @example
 * left.start();
 * right.start();
 * await Promise.all([left.join(200), right.join(200)]); // both still alive
 * show(waitForGraph(fork, spoon));
 */
export function waitForGraph(...primitives: readonly Watched[]): WaitForGraph {
  for (const primitive of primitives) {
    if (typeof primitive?.[watchSymbol] === 'function') continue;
    throw new TypeError(`waitForGraph takes locks and other primitives, not ${String(primitive)}`);
  }
  const before = cyclesOf(read(primitives)).map(keyOf);
  const reading = read(primitives);
  // The words are read one after the other, and others write meanwhile: a circle that was there twice is one.
  const cycles = cyclesOf(reading).filter((cycle) => before.includes(keyOf(cycle)));
  const name = namer(reading);
  const whats = labels(reading);
  const what = ({ watch }: End): string => whats.get(watch.number)!;
  const edge = (end: End): GraphEdge => ({ who: name(end), what: what(end) });
  return new WaitForGraph(
    reading.holds.map(edge),
    reading.waits.map(edge),
    cycles.map((waits) => waits.flatMap((wait) => [name(wait), what(wait)])),
  );
}

/** What the words say, and of this thread its scopes as well. */
function read(primitives: readonly Watched[]): Reading {
  const holds: End[] = [];
  const waits: End[] = [];
  const known = new Set<number>();
  for (const primitive of primitives) {
    const watch = primitive[watchSymbol]();
    if (known.has(watch.number)) continue;
    known.add(watch.number);
    const { here } = watch;
    const owners = [...(here?.holders ?? [here?.holder])];
    for (const [index, thread] of watch.holders.entries()) {
      const scope = thread === threadHere ? owners.shift() : undefined;
      // A writer has its place before readers, whom it still waits for.
      if (index === 0 && watch.holders.length > 1 && watch.waiters.includes(thread)) continue;
      holds.push({ watch, thread, scope });
    }
    const scopes = [...(here?.waiters ?? [])];
    for (const thread of watch.waiters) {
      // One that has just got it may not have left the words of those who wait.
      const hasIt = thread !== threadHere && watch.holders.length === 1 && watch.holders[0] === thread;
      if (hasIt) continue;
      waits.push({ watch, thread, scope: thread === threadHere ? scopes.shift() : undefined });
    }
  }
  return { holds, waits };
}

/** Whether a hold cannot end before a wait has: they are of the same thread, and on this one of the same task. */
function needs(hold: End, wait: End): boolean {
  if (hold.thread !== wait.thread) return false;
  return hold.thread !== threadHere || (wait.scope?.isWithin(hold.scope) ?? false);
}

/** Circles of waits, each waiting for what one holds who is in the next; at least one of those that share a wait. */
function cyclesOf({ holds, waits }: Reading): End[][] {
  const next = (wait: End): End[] =>
    holds
      // Of another thread's tasks nothing is known: that one waits for another there is no circle.
      .filter(
        ({ watch, thread }) => watch.number === wait.watch.number && (thread === threadHere || thread !== wait.thread),
      )
      .flatMap((hold) => waits.filter((other) => needs(hold, other)));
  const cycles: End[][] = [];
  const done = new Set<End>();
  const visit = (wait: End, path: readonly End[]): void => {
    const from = path.indexOf(wait);
    if (from >= 0) cycles.push(path.slice(from));
    if (from >= 0 || done.has(wait)) return;
    for (const other of next(wait)) visit(other, [...path, wait]);
    done.add(wait);
  };
  for (const wait of waits) visit(wait, []);
  return cycles;
}

const keyOf = (cycle: readonly End[]): string =>
  cycle
    .map(({ watch, thread }) => `${watch.number}:${thread}`)
    .sort()
    .join();

/** Names of primitives, made different where the reader gave one name to several. */
function labels({ holds, waits }: Reading): Map<number, string> {
  const all = new Map<number, string>();
  const counts = new Map<string, number>();
  for (const { watch } of [...holds, ...waits]) {
    if (all.has(watch.number)) continue;
    const count = (counts.get(watch.name) ?? 0) + 1;
    counts.set(watch.name, count);
    all.set(watch.number, count === 1 ? watch.name : `${watch.name} (${count})`);
  }
  return all;
}

/** Names those who hold and wait: threads by lane; tasks of this thread by number, unless there is one only. */
function namer({ holds, waits }: Reading): (end: End) => string {
  const here = [...holds, ...waits].filter(({ thread }) => thread === threadHere);
  // Ends are of one task when they are joined by scopes of which one is within the other.
  const tasks: End[][] = [];
  for (const end of here) {
    const joined = tasks.filter((task) => task.some((other) => isRelated(end.scope, other.scope)));
    for (const task of joined) tasks.splice(tasks.indexOf(task), 1);
    tasks.push([...joined.flat(), end]);
  }
  tasks.sort((a, b) => here.indexOf(a[0]!) - here.indexOf(b[0]!));
  return (end) => {
    const { thread } = end;
    const known = startedThread(thread - 1) ?? threadName(thread);
    const who = hasEnded(thread) ? `${known}, which has ended` : known;
    const task = tasks.findIndex((ends) => ends.includes(end));
    return task < 0 || tasks.length === 1 ? who : `task ${task + 1} of ${who}`;
  };
}

const isRelated = (a: Scope | undefined, b: Scope | undefined): boolean =>
  a !== undefined && b !== undefined && (a.isWithin(b) || b.isWithin(a));
