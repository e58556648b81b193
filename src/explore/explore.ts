import { Execution } from './execution.ts';
import { Explored, type Facts, type Replay } from './exploration.ts';
import { wordsOf } from './key.ts';
import { nameModels } from './models.ts';
import { boundsOf, type ExploreOptions, type Plan, type Program, planOf } from './program.ts';
import type { Schedule, ScheduledStep } from './schedule.ts';
import { type Found, search, type Tally } from './search.ts';

const replays = 10;

/** What `explore` found. */
export class Exploration extends Explored {
  readonly #again: ((times: number) => Replay) | undefined;

  constructor(facts: Facts, again: ((times: number) => Replay) | undefined) {
    super(facts);
    this.#again = again;
  }

  /** Runs the shortest losing schedule again and counts how often it comes out the same. @throws Error when none loses */
  replay(times = replays): Replay {
    if (!this.#again) throw new Error('No interleaving goes wrong: there is none to replay.');
    return this.#again(times);
  }
}

/**
 * Runs every interleaving of a small program and tells what can go wrong.
 *
 * Threads are generator functions over one state. What lies between two `yield`s is one step; each order of the steps is
 * run. `yield 'read'` names the step that it ends; `yield until(() => …)` waits; the models of `model` stand for locks,
 * semaphores and atomic words. Checks are judged after each step (`always`) and at the end (`atEnd`).
 *
 * What is proved is proved of the program as written, with steps as it cuts them, and within the bounds that the report
 * names. A thread that goes round in a loop and changes nothing is set aside until something changes: it is taken to be
 * where it was when it comes to the same point in the same state.
 *
 * @throws TypeError for a thread that is no generator function or yields what is no point, Error for a program that does
 * not do the same twice
 * @example
 * explore({
 *   state: () => ({ count: 0 }),
 *   threads: {
 *     *A(s) { const read = s.count; yield 'read'; const sum = read + 1; yield 'add'; s.count = sum; return 'write'; },
 *     *B(s) { const read = s.count; yield 'read'; const sum = read + 1; yield 'add'; s.count = sum; return 'write'; },
 *   },
 *   atEnd: (s) => s.count === 2 || 'lose an update',
 * }); // 20 interleavings of 2 threads × 3 steps, 18 lose an update; …
 */
export function explore<S extends object>(program: Program<S>, options: ExploreOptions = {}): Exploration {
  const bounds = boundsOf(options);
  const plan = planOf(program);
  const tally = (search(plan, bounds, false) ?? search(plan, bounds, true)) as Tally;
  const { best } = tally;
  const again = best && ((times: number) => replay(plan, best, times));
  const facts = {
    names: plan.names,
    tally,
    bounds,
    shortest: best && scheduleOf(plan, best),
    replayed: again?.(replays),
  };
  return new Exploration(facts, again);
}

function replay<S extends object>(plan: Plan<S>, found: Found, times: number): Replay {
  let reproduced = 0;
  for (let time = 0; time < times; time++) {
    const execution = new Execution(plan);
    let possible = true;
    for (const thread of found.choices) {
      possible &&= (execution.enabled() & (1 << thread)) !== 0;
      if (possible) execution.step(thread);
    }
    if (!possible) continue;
    if (found.outcome.kind === 'cut' || found.outcome.kind === 'right') reproduced += 1;
    else if (execution.outcome().why === found.outcome.why) reproduced += 1;
  }
  return { times, reproduced };
}

/** A schedule told step by step. */
function scheduleOf<S extends object>(plan: Plan<S>, { choices, switches, outcome }: Found): Schedule {
  const execution = new Execution(plan);
  nameModels(execution.bare);
  const made = plan.names.map(() => 0);
  const steps: ScheduledStep[] = [];
  for (const thread of choices) {
    if ((execution.enabled() & (1 << thread)) === 0) break; // told by the replay, which fails
    made[thread]! += 1;
    const begins = execution.begins(thread);
    execution.step(thread);
    const what = [begins, execution.label].filter(Boolean).join(', ') || `step ${made[thread]}`;
    steps.push({ thread: plan.names[thread]!, what, after: wordsOf(execution.bare, plan.names) });
  }
  return { steps, switches, kind: outcome.kind, why: outcome.why };
}
