import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

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
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && variablesOf(pid).includes(wanted) && !isZombie(pid));
}

function variablesOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
  } catch {
    // Gone meanwhile, or another user's.
    return [];
  }
}

function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return true;
  }
}

/** Ends processes at once and waits until they are gone, for 2 s at most. */
export async function killProcesses(pids: readonly number[]): Promise<void> {
  const left = new Set(pids);
  for (const pid of left) signal(pid, 'SIGKILL');
  for (let round = 0; left.size > 0 && round < 100; round += 1) {
    for (const pid of left) if (!signal(pid, 0) || isZombie(pid)) left.delete(pid);
    if (left.size > 0) await sleep(20);
  }
}

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
