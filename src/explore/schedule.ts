import type { Outcome } from './execution.ts';

/** One step of a schedule. */
export interface ScheduledStep {
  /** Who made it. */
  readonly thread: string;
  /** What it did, by the names that the program gives its steps. */
  readonly what: string;
  /** The state after it, in a few words. */
  readonly after: string;
  /** Of these, the fields that it changed. */
  readonly changed: string;
}

/** One interleaving: who made which step, in order. */
export interface Schedule {
  readonly steps: readonly ScheduledStep[];
  /** Changes from one thread to another. */
  readonly switches: number;
  /** How it came out. */
  readonly kind: Outcome['kind'];
  /** What went wrong, as the end of "this interleaving …". */
  readonly why: string;
}

/** The threads in order, as `A B A B`; a longer schedule counts: `A ×12, B ×9`. */
export function orderOf(steps: readonly ScheduledStep[]): string {
  const between = steps.every(({ thread }) => thread.length < 3) ? ' ' : ', ';
  if (steps.length <= 16) return steps.map(({ thread }) => thread).join(between);
  const runs: { thread: string; times: number }[] = [];
  for (const { thread } of steps) {
    const last = runs.at(-1);
    if (last?.thread === thread) last.times += 1;
    else runs.push({ thread, times: 1 });
  }
  return runs.map(({ thread, times }) => (times > 1 ? `${thread} ×${times}` : thread)).join(', ');
}
