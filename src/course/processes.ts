import { readFileSync } from 'node:fs';
import { processTable } from '../kernel/processes.ts';

/**
 * Every process that a server starts inherits this variable, also one that has left its process group and lost its
 * parent. By it they are found again.
 */
export const markVariable = 'INTERLEAVED_SERVER';

/**
 * The processes, without this one, that have an environment variable of this value. Linux tells (`/proc`); elsewhere
 * the list is empty, and ending them is left to the server and the kernels.
 */
export function processesWith(variable: string, value: string): number[] {
  if (process.platform !== 'linux') return [];
  const wanted = `${variable}=${value}`;
  const pids = processTable().map(({ pid }) => pid);
  return pids.filter((pid) => pid !== process.pid && variablesOf(pid).includes(wanted));
}

function variablesOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
  } catch {
    // Gone meanwhile, or another user's.
    return [];
  }
}
