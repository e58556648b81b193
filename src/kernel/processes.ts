import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process of this machine as the system lists it. */
interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** Seconds since its start; good to 0.02 s on Linux, to 1 s elsewhere. */
  readonly age: number;
  /** On Linux when it started, in the system's ticks: it tells it from a later process under the same number. */
  readonly start?: string | undefined;
}

/** All processes that have not ended; from /proc on Linux, from `ps` elsewhere. */
export function processTable(): ProcessEntry[] {
  return process.platform === 'linux' ? fromProc() : fromPs();
}

function fromProc(): ProcessEntry[] {
  const up = uptime();
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    const fields = fieldsOf(name);
    if (fields === undefined || fields[0] === 'Z') return [];
    const [parent, group, start] = [1, 2, 19].map((at) => fields[at]!);
    return [{ pid: Number(name), parent: Number(parent), group: Number(group), age: up - Number(start) / 100, start }];
  });
}

/** What Linux tells of a process, from its state on; undefined when it has ended. */
function fieldsOf(pid: number | string): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the command in brackets, may itself hold blanks and brackets.
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/** Exported for its test: Linux has `ps` as well. */
export function fromPs(): ProcessEntry[] {
  const text = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,pgid=,stat=,etime='], { encoding: 'utf8' });
  return text.split('\n').flatMap((line) => {
    const [pid, parent, group, stat, elapsed] = line.trim().split(/\s+/);
    if (stat === undefined || elapsed === undefined || stat.startsWith('Z')) return [];
    const [clock = '', days = '0'] = elapsed.split('-').reverse();
    const age = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) + Number(days) * 86_400;
    return [{ pid: Number(pid), parent: Number(parent), group: Number(group), age }];
  });
}

/** The processes among `table` that descend from one of `roots`, without the roots. */
export function descendants(table: readonly ProcessEntry[], roots: Iterable<number>): ProcessEntry[] {
  const family = new Set(roots);
  const found: ProcessEntry[] = [];
  for (let grown = true; grown; ) {
    grown = false;
    for (const entry of table) {
      if (!family.has(entry.parent) || family.has(entry.pid)) continue;
      family.add(entry.pid);
      found.push(entry);
      grown = true;
    }
  }
  return found;
}

/** Sends a signal; a process that has ended is no error. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH' && (error as NodeJS.ErrnoException).code !== 'EPERM')
      throw error;
  }
}

function alive(pids: readonly number[]): number[] {
  if (pids.length === 0) return [];
  const living = new Set(processTable().map(({ pid }) => pid));
  return pids.filter((pid) => living.has(pid));
}

/** Ends processes: politely first, and after `grace` ms in every case. */
export async function end(pids: readonly number[], polite: NodeJS.Signals, grace = 300): Promise<void> {
  for (const pid of pids) signal(pid, polite);
  let left = alive(pids);
  for (const start = performance.now(); left.length > 0 && performance.now() - start < grace; left = alive(left)) {
    await sleep(10);
  }
  for (const pid of left) signal(pid, 'SIGKILL');
  for (let round = 0; left.length > 0 && round < 50; round += 1) {
    await sleep(10);
    left = alive(left);
  }
}

/** Knows which cell started which process, and finds those that nobody reported. */
export class Processes {
  /** The direct children that the main thread reported, with their cells. */
  readonly #reported = new Map<number, number>();
  /** Groups of their own that detached children lead, with their starts: members outlive their leader. */
  readonly #groups = new Map<number, string | undefined>();

  spawned(pid: number, cell: number, detached: boolean): void {
    this.#reported.set(pid, cell);
    if (detached) this.#groups.set(pid, fieldsOf(pid)?.[19]);
  }

  /**
   * The processes of a cell, with all that descend from them: those reported, and those that nobody could report,
   * because the main thread is waiting for them (`execFileSync`) or a worker thread started them.
   *
   * @param since seconds since the cell began; an unreported child that is older belongs to an earlier cell
   */
  of(cell: number, since: number): number[] {
    const table = processTable();
    const children = table.filter(({ parent }) => parent === process.pid);
    const roots = children.filter(({ pid, age }) => {
      const owner = this.#reported.get(pid);
      return owner === undefined ? age <= since + 0.05 : owner === cell;
    });
    const own = roots.map(({ pid }) => pid);
    return [...own, ...descendants(table, own).map(({ pid }) => pid)];
  }

  /** Everything this kernel has started that still runs, detached processes and orphans of its groups included. */
  all(): number[] {
    const table = processTable();
    const groups = new Set(this.#groups.keys());
    for (const { pid, start } of table) {
      // The number is another's by now, which a system gives only when the group has nobody left.
      if (groups.has(pid) && this.#groups.get(pid) !== start) groups.delete(pid);
    }
    if (table.some(({ pid, group }) => pid === process.pid && group === pid)) groups.add(process.pid);
    const found = [...descendants(table, [process.pid]), ...table.filter(({ group }) => groups.has(group))];
    return [...new Set(found.map(({ pid }) => pid))].filter((pid) => pid !== process.pid);
  }
}
