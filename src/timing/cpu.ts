/**
 * CPU time of this process and of the children that report to it.
 *
 * `process.cpuUsage()` covers every thread of a process but no child, so each child process sends the CPU time it
 * has used since its last message, and whoever receives it adds it here.
 */
let children = 0;

/** Adds `ms` of CPU time that a child process has used since it last reported. */
export function addChildCpu(ms: number): void {
  children += ms;
}

/**
 * CPU time in ms used so far by this process, all its threads, and those processes of pools and `Process` that reported.
 * Other children are not counted.
 *
 * @example
 * const before = cpuTime();
 * await work();
 * console.log(cpuTime() - before, 'ms of CPU time');
 */
export function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000 + children;
}
