import { Execution } from './execution.ts';
import { wordsOf } from './key.ts';
import { nameModels } from './models.ts';
import type { Plan } from './program.ts';
import type { Schedule, ScheduledStep } from './schedule.ts';
import type { Found } from './tally.ts';

/** How often a report replays its shortest schedule. */
export const replays = 10;

/** A schedule as it was played: what each step did, and how it came out; undefined where it could not be played. */
interface Played {
  readonly steps: readonly ScheduledStep[];
  readonly why: string | undefined;
}

/** Plays a schedule on a new state; it yields the execution whenever its `chosen` thread is to make a step. */
export function* playing<S extends object>(
  plan: Plan<S>,
  { choices, outcome }: Found,
): Generator<Execution<S>, Played, void> {
  const execution = new Execution(plan);
  nameModels(execution.bare);
  const made = plan.names.map(() => 0);
  const steps: ScheduledStep[] = [];
  let before = wordsOf(execution.bare, plan.names);
  for (const thread of choices) {
    if ((execution.enabled() & (1 << thread)) === 0) return { steps, why: undefined };
    made[thread]! += 1;
    const begins = execution.begins(thread);
    execution.chosen = thread;
    yield execution;
    const what = [begins, execution.label].filter(Boolean).join(', ') || `step ${made[thread]}`;
    const after = wordsOf(execution.bare, plan.names);
    const changed = after.filter((field) => !before.includes(field)).join(', ');
    steps.push({ thread: plan.names[thread]!, what, after: after.join(', '), changed });
    before = after;
  }
  if (outcome.kind === 'starved') return { steps, why: outcome.why };
  // What was seen on the way is no deadlock, though others had not ended.
  const faults = outcome.kind === 'broken' && execution.alive ? execution.faults : execution.end();
  return { steps, why: faults.find(({ why }) => why === outcome.why)?.why };
}

/** Whether it came out as it was found. */
export function reproduces(played: Played, { outcome, choices }: Found): boolean {
  return played.why === outcome.why && played.steps.length === choices.length;
}

/** A schedule told step by step. */
export function toldBy({ steps }: Played, { switches, outcome }: Found): Schedule {
  return { steps, switches, kind: outcome.kind, why: outcome.why };
}
