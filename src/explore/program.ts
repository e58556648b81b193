import { types } from 'node:util';
import { Footprint, observed, tape } from './accesses.ts';
import { keyOf } from './key.ts';
import { Point } from './point.ts';

/**
 * One thread of a program: a generator function. What it does between two `yield`s is one step, which nobody
 * interrupts. `yield 'read'` names the step that it ends; the last step is named by a string that is returned.
 */
export type ThreadBody<S> = (state: S) => Generator<unknown, unknown, unknown>;

/** True when all is well; otherwise false, or what went wrong as the end of "18 interleavings …": `lose an update`. */
export type Check<S> = (state: S) => boolean | string;

/** A small program of some threads over one state. */
export interface Program<S extends object> {
  /** Makes the state that all threads share, anew for each interleaving. */
  readonly state: () => S;
  /** The threads, by name or as a list (then A, B, C …). */
  readonly threads: { readonly [name: string]: ThreadBody<S> } | readonly ThreadBody<S>[];
  /** Must hold after each step. */
  readonly always?: Check<S>;
  /** Must hold when all threads have ended. */
  readonly atEnd?: Check<S>;
}

/** How far an exploration goes. Whatever bound it meets, its report says so. */
export interface ExploreOptions {
  /**
   * Leave out interleavings that differ only in the order of steps that cannot disturb each other. Default false. It
   * finds the same faults and deadlocks in fewer interleavings, if all that threads share lies in the state; starvation
   * is a matter of order, and is not judged then.
   */
  readonly reduce?: boolean;
  /** The most interleavings to run. Default 1,000,000. */
  readonly most?: number;
  /** The most steps of one interleaving: longer ones are cut. Default 200. */
  readonly steps?: number;
  /** The most unforced switches of one interleaving, from a thread that could have gone on. Default: any number. */
  readonly switches?: number;
  /**
   * A thread starves that is passed over this many times during one wait: it could have gone on and then could not any
   * more, or it went round in vain. Default 10.
   */
  readonly patience?: number;
}

export interface Bounds {
  readonly reduce: boolean;
  readonly most: number;
  readonly steps: number;
  readonly switches: number;
  readonly patience: number;
}

/** A thread or task as it is run: each call makes one step. */
export interface Stepper {
  next(): IteratorResult<unknown, unknown> | Promise<IteratorResult<unknown, unknown>>;
}

/** A program that was looked over and can be run. */
export interface Plan<S extends object> {
  readonly state: () => S;
  readonly names: readonly string[];
  readonly bodies: readonly ((state: S) => Stepper)[];
  /** Threads whose code before their first operation on a model touches nothing: it is no step of its own. */
  readonly eager: readonly boolean[];
  readonly always: Check<S> | undefined;
  readonly atEnd: Check<S> | undefined;
}

/** A mistake in how a program is written, which is no finding of its exploration. */
export class BadProgram extends TypeError {}

/** The sign bit stays free, so that a set of threads is a small whole number. */
const mostThreads = 30;

export function boundsOf(options: ExploreOptions): Bounds {
  const { reduce = false, most = 1_000_000, steps = 200, switches = Number.POSITIVE_INFINITY, patience = 10 } = options;
  for (const [name, value] of Object.entries({ most, steps, patience })) {
    if (!(value >= 1)) throw new RangeError(`${name} must be 1 or more, not ${value}.`);
  }
  if (!(switches >= 0)) throw new RangeError(`switches must be 0 or more, not ${switches}.`);
  if (reduce && switches !== Number.POSITIVE_INFINITY)
    throw new RangeError('reduce and switches exclude each other: what reduction leaves out may have fewer switches.');
  return { reduce, most, steps, switches, patience };
}

/** The names and functions of the threads. @throws RangeError when there is none, or there are too many */
export function namesOf<F>(threads: { readonly [name: string]: F } | readonly F[]): { names: string[]; bodies: F[] } {
  const named = Array.isArray(threads)
    ? threads.map((body, index): [string, F] => [letter(index), body])
    : Object.entries(threads ?? {});
  if (named.length === 0) throw new RangeError('A program needs a thread: threads: { A: function* (s) { … } }.');
  if (named.length > mostThreads)
    throw new RangeError(`${named.length} threads: at most ${mostThreads} can be explored.`);
  return { names: named.map(([name]) => name), bodies: named.map(([, body]) => body) };
}

function letter(index: number): string {
  return index < 26 ? String.fromCharCode(65 + index) : `T${index + 1}`;
}

/**
 * Looks a program over before it is run.
 *
 * @throws TypeError for what is no generator function or no state, Error for a state that is not made anew each time
 */
export function planOf<S extends object>(program: Program<S>): Plan<S> {
  const { names, bodies } = namesOf(program.threads);
  for (const [index, body] of bodies.entries()) {
    if (types.isGeneratorFunction(body) && !types.isAsyncFunction(body)) continue;
    const what = types.isAsyncFunction(body)
      ? 'an async function: exploreAsync explores those'
      : typeof body === 'function'
        ? 'a plain function, which cannot be stopped between two steps: write function* and yield'
        : String(body);
    throw new TypeError(`Thread ${names[index]} must be a generator function, not ${what}.`);
  }
  checkState(program.state);
  checkCourse(program.state, bodies as ThreadBody<S>[]);
  const eager = bodies.map((body, index) => startsClean(program.state(), body as ThreadBody<S>, names[index]!));
  return {
    state: program.state,
    names,
    bodies: bodies as ThreadBody<S>[],
    eager,
    always: program.always,
    atEnd: program.atEnd,
  };
}

export function checkState(state: () => object): void {
  if (typeof state !== 'function')
    throw new TypeError('state must be a function that makes the state: () => ({ count: 0 }).');
  const [one, other] = [state(), state()];
  if (typeof one !== 'object' || one === null) throw new TypeError(`state() must make an object, not ${one}.`);
  if (one === other)
    throw new Error(
      'state() gave the same object twice; each interleaving needs a new one: state: () => ({ count: 0 }).',
    );
  if (keyOf(one) !== keyOf(other))
    throw new Error(
      'state() made two different states: it must make the same each time, without random numbers or clocks.',
    );
}

/** Steps of the trial of a program. */
const trial = 100;

/** Runs the threads in turn, twice, and compares where that leads. Which course it takes does not matter here. */
function checkCourse<S extends object>(state: () => S, bodies: readonly ThreadBody<S>[]): void {
  const course = () => {
    const made = state();
    for (const body of bodies) {
      try {
        const thread = body(made);
        for (let step = 0; step < trial; step++) {
          const { done, value } = thread.next();
          if (done || (value instanceof Point && value.ready?.() === false)) break;
        }
      } catch {
        break; // a finding, told with its schedule
      }
    }
    return keyOf(made);
  };
  const [one, other] = [course(), course()];
  if (one !== other)
    throw new Error(
      'The program does not do the same twice: its threads, one after the other, left two different states. ' +
        'Something outside the state steers it: Math.random, a clock, or a variable that state() does not make anew.',
    );
}

/**
 * Whether all that a thread does before its first operation on a model is of no concern to others. The first step
 * depends on the initial state alone, so that one look tells it for all interleavings.
 */
function startsClean<S extends object>(state: S, body: ThreadBody<S>, name: string): boolean {
  const seen = new Footprint();
  const thread = body(observed(state).state);
  tape.on = seen;
  try {
    const first = thread.next();
    if (!first.done) placeOf(first.value, name);
    return !first.done && first.value instanceof Point && seen.empty;
  } catch (error) {
    if (error instanceof BadProgram) throw error;
    return false; // what a thread throws is a finding, told with its schedule
  } finally {
    tape.on = undefined;
  }
}

/** What a thread yielded: a point, or the name of the step that it ended. @throws TypeError for anything else */
export function placeOf(value: unknown, name: string): Point | string {
  if (typeof value === 'string' || value instanceof Point) return value;
  if (value === undefined) return '';
  const out = types.isPromise(value)
    ? 'a promise: exploreAsync explores async functions'
    : typeof value === 'function'
      ? 'a function: to wait for a condition, yield until(() => …)'
      : types.isGeneratorObject(value)
        ? 'a generator: an operation of a model is written yield*, with the star'
        : `${value}`;
  throw new BadProgram(`Thread ${name} yields the name of a step or until(…), not ${out}.`);
}
