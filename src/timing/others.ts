import { availableParallelism, cpus } from 'node:os';
import { now } from './clock.ts';
import { cpuTime } from './cpu.ts';

/** What the system has counted up to a moment, in ms: on all cores, and `own` by this process and its workers. */
interface Account {
  readonly time: number;
  readonly busy: number;
  readonly idle: number;
  readonly own: number;
}

/** How many cores others kept busy between two moments; never below 0, as the system counts in steps of 10 ms. */
export function busyOthers(from: Account, to: Account): number {
  const others = to.busy - from.busy - (to.own - from.own);
  return Math.max(0, others / (to.time - from.time));
}

/**
 * For how many ms between two moments this process can have had no core, at most: then others had all of them, or the
 * host of a virtual machine did, whose share is no core's busy time and no idle time.
 */
export function mostWithoutCore(from: Account, to: Account, cores: number): number {
  return Math.max(0, to.time - from.time - (to.idle - from.idle + to.own - from.own) / cores);
}

/**
 * Watches what computes on this machine besides this process and its workers: others take cores from what is measured.
 *
 * @returns how many cores others kept busy since; undefined where that cannot be told, as this process may use only
 *   some of the cores that the system counts
 * @example
 * const others = watchOthers();
 * await work();
 * console.log(others()); // 0.04
 */
export function watchOthers(): () => number | undefined {
  return watch(busyOthers);
}

/** The same for `mostWithoutCore`, in ms. */
export function watchCores(): () => number | undefined {
  return watch((from, to) => mostWithoutCore(from, to, cpus().length));
}

function watch(of: (from: Account, to: Account) => number): () => number | undefined {
  if (cpus().length !== availableParallelism()) return () => undefined;
  const before = accountNow();
  return () => of(before, accountNow());
}

function accountNow(): Account {
  const times = cpus().map((core) => core.times);
  const busy = times.reduce((sum, { user, nice, sys, irq }) => sum + user + nice + sys + irq, 0);
  return { time: now(), busy, idle: times.reduce((sum, { idle }) => sum + idle, 0), own: cpuTime() };
}
