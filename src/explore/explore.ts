import type { Execution } from './execution.ts';
import { Explored, type Facts, type Replay } from './exploration.ts';
import { boundsOf, type ExploreOptions, type Program, planOf } from './program.ts';
import { playing, replays, reproduces, toldBy } from './replay.ts';
import { search } from './search.ts';

/** What `explore` found. */
export class Exploration extends Explored {
  readonly #again: ((times: number) => Replay) | undefined;

  constructor(facts: Facts, again?: (times: number) => Replay) {
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
 * run. What follows the last `yield` is a step too, even where it is nothing. `yield 'read'` names the step that it ends;
 * `yield until(() => …)` waits; the models of `model` stand for locks, semaphores and atomic words. Checks are judged
 * after each step (`always`) and at the end (`atEnd`).
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
  const tally = run(search(plan, bounds, false)) ?? run(search(plan, bounds, true))!;
  const { best } = tally;
  if (!best) return new Exploration({ names: plan.names, of: 'thread', tally, bounds });
  const again = (times: number) => {
    let reproduced = 0;
    for (let time = 0; time < times; time++) reproduced += Number(reproduces(run(playing(plan, best)), best));
    return { times, reproduced };
  };
  const shortest = toldBy(run(playing(plan, best)), best);
  return new Exploration({ names: plan.names, of: 'thread', tally, bounds, shortest, replayed: again(replays) }, again);
}

/** Makes the steps that a search or a replay asks for. */
function run<S extends object, R>(asking: Generator<Execution<S>, R, void>): R {
  for (;;) {
    const { done, value } = asking.next();
    if (done) return value;
    value.step(value.chosen);
  }
}
