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

/** CPU time in ms used so far by this process, all its threads and all children that reported. */
export function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000 + children;
}
