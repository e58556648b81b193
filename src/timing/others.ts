import { availableParallelism, cpus } from 'node:os';
import { now } from './clock.ts';
import { cpuTime } from './cpu.ts';

/** What the system has counted up to a moment, in ms: `busy` on all cores, `own` by this process and its workers. */
interface Account {
  readonly time: number;
  readonly busy: number;
  readonly own: number;
}

/** How many cores others kept busy between two moments; never below 0, as the system counts in steps of 10 ms. */
export function busyOthers(from: Account, to: Account): number {
  const others = to.busy - from.busy - (to.own - from.own);
  return Math.max(0, others / (to.time - from.time));
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
  if (cpus().length !== availableParallelism()) return () => undefined;
  const before = accountNow();
  return () => busyOthers(before, accountNow());
}

function accountNow(): Account {
  const busy = cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
  return { time: now(), busy, own: cpuTime() };
}
