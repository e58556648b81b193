import type { Task } from '../timing/lanes.ts';

/** Whether two values hold the same data. */
export function same(value: unknown, expected: unknown): boolean {
  return JSON.stringify(value) === JSON.stringify(expected);
}

/** The start of a list of results, in words. */
export function sample(value: unknown): string {
  if (!Array.isArray(value)) return `it gave ${JSON.stringify(value)}`;
  const start = JSON.stringify(value.slice(0, 6)).slice(0, -1);
  return `it gave ${value.length.toLocaleString('en-US')} results, ${start}${value.length > 6 ? ', …' : ''}]`;
}

/** Lane to the number of tasks that ran there. */
export function perLane(tasks: readonly Task[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { lane } of tasks) counts.set(lane, (counts.get(lane) ?? 0) + 1);
  return counts;
}

/** Which worker ran how many tasks, in words. */
export function shares(tasks: readonly Task[]): string {
  return [...perLane(tasks)].map(([lane, count]) => `${lane}: ${count.toLocaleString('en-US')}`).join(', ');
}
