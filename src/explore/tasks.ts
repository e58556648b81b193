import { types } from 'node:util';
import type { Execution } from './execution.ts';
import { Explored } from './exploration.ts';
import type { Point } from './point.ts';
import {
  BadProgram,
  boundsOf,
  type Check,
  checkState,
  type ExploreOptions,
  namesOf,
  type Plan,
  placeOf,
  type Stepper,
} from './program.ts';
import { playing, replays, reproduces, toldBy } from './replay.ts';
import { search } from './search.ts';

/** Where a task lets others go on: `await point('read')` names the step that it ends; `await point(until(() => …))` waits. */
export type TaskPoint = (place?: string | Point) => Promise<void>;

/** One task of a program: an async function whose switch points are its awaits of `point`. */
export type TaskBody<S> = (state: S, point: TaskPoint) => Promise<unknown>;

/** A small program of some tasks over one state, as `exploreAsync` runs it. */
export interface TaskProgram<S extends object> {
  /** Makes the state that all tasks share, anew for each interleaving. */
  readonly state: () => S;
  /** The tasks, by name or as a list (then A, B, C …). */
  readonly tasks: { readonly [name: string]: TaskBody<S> } | readonly TaskBody<S>[];
  /** Must hold after each step. */
  readonly always?: Check<S>;
  /** Must hold when all tasks have ended. */
  readonly atEnd?: Check<S>;
}

/** Ms that a task may wait for something that is no point. */
const patience = 2000;
/** How often it is looked whether it still waits. */
const looks = 8;

/**
 * Runs every interleaving of async functions and tells what can go wrong, by the same words as `explore`. One task runs
 * at a time, from one `await point(…)` to the next; other awaits between them belong to the step.
 *
 * It makes some 300,000 steps a second. Loops that wait by looking again and again are cut by the bound `steps`: wait
 * by `await point(until(() => …))`.
 *
 * @throws TypeError for a task that is no function, does not await a point, or waits 2 s for what is no point
 * @example
 * await exploreAsync({
 *   state: () => ({ balance: 100 }),
 *   tasks: [1, 2].map(() => async (s, point) => {
 *     const balance = s.balance;
 *     await point('read');
 *     s.balance = balance - 10;
 *   }),
 *   atEnd: (s) => s.balance === 80 || 'lose an update',
 * });
 */
export async function exploreAsync<S extends object>(
  program: TaskProgram<S>,
  options: ExploreOptions = {},
): Promise<Explored> {
  const bounds = boundsOf(options);
  const plan = planOf(program);
  const tally = (await run(search(plan, bounds, 'never')))!;
  const { best } = tally;
  if (!best) return new Explored({ names: plan.names, of: 'task', tally, bounds });
  let reproduced = 0;
  for (let time = 0; time < replays; time++) reproduced += Number(reproduces(await run(playing(plan, best)), best));
  const shortest = toldBy(await run(playing(plan, best)), best);
  return new Explored({
    names: plan.names,
    of: 'task',
    tally,
    bounds,
    shortest,
    replayed: { times: replays, reproduced },
  });
}

function planOf<S extends object>({ state, tasks, always, atEnd }: TaskProgram<S>): Plan<S> {
  const { names, bodies } = namesOf(tasks);
  for (const [index, body] of bodies.entries()) {
    if (typeof body === 'function' && !types.isGeneratorFunction(body)) continue;
    const what = typeof body === 'function' ? 'a generator function: explore runs those' : String(body);
    throw new TypeError(`Task ${names[index]} must be an async function, not ${what}.`);
  }
  checkState(state);
  const steppers = bodies.map((body, index) => (made: S) => new Task(body, made, names[index]!));
  return { state, names, bodies: steppers, eager: names.map(() => false), always, atEnd };
}

/** An async function that is run from point to point. */
class Task<S> implements Stepper {
  readonly #start: () => Promise<unknown>;
  #begun = false;
  /** It ended while it stood at a point. */
  #misuse: BadProgram | undefined;
  /** Lets it go on from the point where it stands. */
  #goOn: (() => void) | undefined;
  /** Tells whoever asked for a step that it is made. */
  #made: (result: IteratorResult<unknown, unknown>) => void = () => {};
  /** Tells that it threw. */
  #fail: (error: unknown) => void = () => {};

  constructor(body: TaskBody<S>, state: S, name: string) {
    const misuse = () =>
      new BadProgram(`Task ${name} goes on while it stands at a point: write await point(…) each time.`);
    const point: TaskPoint = (place = '') => {
      placeOf(place, name);
      if (this.#goOn) throw misuse();
      return new Promise((resolve) => {
        this.#goOn = resolve;
        this.#made({ done: false, value: place });
      });
    };
    this.#start = async () => {
      try {
        return await body(state, point);
      } finally {
        // Whoever asked for this step was told of the point: the next one to ask is told of the end.
        if (this.#goOn) this.#misuse = misuse();
      }
    };
  }

  next(): Promise<IteratorResult<unknown, unknown>> {
    return new Promise((resolve, reject) => {
      if (this.#misuse) throw this.#misuse;
      this.#made = resolve;
      this.#fail = reject;
      if (this.#begun) {
        const goOn = this.#goOn!;
        this.#goOn = undefined;
        goOn();
        return;
      }
      this.#begun = true;
      this.#start().then(
        (value) => this.#made({ done: true, value }),
        (error) => this.#fail(error),
      );
    });
  }
}

/** Makes the steps that a search or a replay asks for; a step that does not end is given up with an error. */
async function run<S extends object, R>(asking: Generator<Execution<S>, R, void>): Promise<R> {
  let steps = 0;
  let seen = -1;
  let idle = 0;
  let giveUp: () => void = () => {};
  const stuck = new Promise<never>((_, reject) => {
    giveUp = () => reject(stuckError);
  });
  stuck.catch(() => {});
  const stuckError = new BadProgram('');
  const watch = setInterval(() => {
    idle = seen === steps ? idle + 1 : 0;
    seen = steps;
    if (idle === looks) giveUp();
  }, patience / looks);
  try {
    for (;;) {
      const { done, value } = asking.next();
      if (done) return value;
      steps += 1;
      const name = value.plan.names[value.chosen];
      stuckError.message = `Task ${name} waits for something that is no point, and it did not come within ${patience / 1000} s. Only the task whose turn it is runs: wait for other tasks by await point(until(() => …)).`;
      await Promise.race([value.stepTask(value.chosen), stuck]);
    }
  } finally {
    clearInterval(watch);
  }
}
