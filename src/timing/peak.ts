import { readFileSync } from 'node:fs';
import { now } from './clock.ts';

/** What a process that was just started counts as its own, though its parent held it. */
const inherited = process.resourceUsage().maxRSS;
/** Ms for which a figure that had to be read is good enough. */
const fresh = 2;
let read = { at: Number.NEGATIVE_INFINITY, most: 0 };

/**
 * The most memory in KiB that this process has held, for a process that another one started.
 *
 * `maxRSS` begins with what the parent held when it started this one (Linux keeps that figure over `exec`), so that
 * children of a large program would all seem as large. It counts from where it has grown; below, the system's own
 * figure of this program does, where there is one.
 */
export function ownPeak(): number {
  const { maxRSS } = process.resourceUsage();
  if (maxRSS > inherited) return maxRSS;
  const time = now();
  if (time - read.at < fresh) return read.most;
  try {
    const most = Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? maxRSS);
    read = { at: time, most };
  } catch {
    read = { at: time, most: maxRSS };
  }
  return read.most;
}
