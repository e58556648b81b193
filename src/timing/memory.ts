import { writeFileSync } from 'node:fs';

/** One run whose memory is watched; figures in KiB. */
interface Watch {
  /** The most that this process held until its peak was last forgotten. */
  own: number;
  readonly children: Map<object, number>;
}

const watches = new Set<Watch>();

/** Notes the most memory in KiB that a child process has held so far, as it reports it. */
export function noteChildMemory(child: object, most: number): void {
  for (const { children } of watches) children.set(child, most);
}

/**
 * Begins to watch memory.
 *
 * @returns a function that ends it and gives the peak in bytes: the most that this process with its threads has held
 *   meanwhile, and the most that each child process that reported meanwhile has held since it started. Where the
 *   system cannot forget a peak (only Linux can), this process counts with all its life, too.
 */
export function watchMemory(): () => number {
  const before = process.resourceUsage().maxRSS;
  for (const watch of watches) watch.own = Math.max(watch.own, before);
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // See above.
  }
  const watch: Watch = { own: 0, children: new Map() };
  watches.add(watch);
  return () => {
    watches.delete(watch);
    const own = Math.max(watch.own, process.resourceUsage().maxRSS);
    return [...watch.children.values()].reduce((sum, most) => sum + most, own) * 1024;
  };
}
