import { readFileSync } from 'node:fs';

/** Whose CPU time is told apart: this process, the server's below it, and all others below it. */
export const roles = /** @type {const} */ (['caller', 'server', 'workers']);

/** Linux counts in hundredths of a second. */
const tick = 10;

/**
 * Ms of CPU time so far, of what lives; NaN where the system does not tell.
 * @returns {Record<typeof roles[number], number>}
 */
export function cpuByRole() {
  const { user, system } = process.cpuUsage();
  const sums = { caller: (user + system) / 1000, server: 0, workers: 0 };
  if (process.platform !== 'linux') return { caller: sums.caller, server: Number.NaN, workers: Number.NaN };
  for (const pid of below(process.pid)) {
    const stat = read(`/proc/${pid}/stat`);
    // The name, in parentheses, may hold spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const role = /\((valkey|redis)-server/.test(stat) ? 'server' : 'workers';
    sums[role] += (Number(fields[11]) + Number(fields[12])) * tick || 0;
  }
  return sums;
}

/** @param {number} pid @returns {number[]} the processes below one */
function below(pid) {
  const children = read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
  return children.flatMap((child) => [child, ...below(child)]);
}

/** @param {string} path */
function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // It has just ended.
    return '';
  }
}
