import { availableParallelism } from 'node:os';
import { inspect, isDeepStrictEqual } from 'node:util';

/** Options of `choose`. */
export interface ChooseOptions {
  /** What the reader calls the function; its name if absent. */
  readonly label?: string;
  /** How many items the whole job has, of which `items` is a sample; the length of the sample if absent. */
  readonly total?: number;
  /** Threads or processes of a pool; one per core if absent, and two at least. */
  readonly workers?: number;
  /** Async tasks under way at once; 16 if absent. */
  readonly limit?: number;
  /** Measured rounds after the first run; 3 if absent. */
  readonly rounds?: number;
  /** Ms for all of it, roughly: what does not fit is left out, rounds first. 10,000 if absent. */
  readonly budget?: number;
  /** When two results of one item count as equal; `isDeepStrictEqual` if absent. */
  readonly equal?: (a: never, b: never) => boolean;
}

/** Checked options. */
export interface ChoosePlan extends Required<Omit<ChooseOptions, 'equal'>> {
  readonly fn: (item: unknown) => unknown;
  readonly items: readonly unknown[];
  readonly equal: (a: unknown, b: unknown) => boolean;
}

/** Checks everything before any work is done. */
export function choosePlan(fn: unknown, given: unknown, options: ChooseOptions): ChoosePlan {
  if (typeof fn !== 'function') {
    throw new TypeError(`choose() needs a function of one item, not ${inspect(fn)}: choose(work, items).`);
  }
  if (typeof (given as Iterable<unknown> | undefined)?.[Symbol.iterator] !== 'function') {
    throw new TypeError(`choose() needs items to try the function on, not ${inspect(given)}: choose(work, items).`);
  }
  const items = [...(given as Iterable<unknown>)];
  if (items.length === 0) throw new RangeError('choose() needs at least one item to try the function on.');
  const plan = {
    label: options.label ?? (fn.name || 'the function'),
    total: options.total ?? items.length,
    workers: options.workers ?? Math.max(2, availableParallelism()),
    limit: options.limit ?? 16,
    rounds: options.rounds ?? 3,
  };
  for (const [name, value] of Object.entries(plan)) {
    if (name === 'label' || (Number.isInteger(value) && Number(value) >= 1)) continue;
    throw new RangeError(`${name} is a whole number of at least 1, not ${inspect(value)}.`);
  }
  const { budget = 10_000 } = options;
  if (!(budget > 0)) throw new RangeError(`budget is a time in ms greater than 0, not ${inspect(budget)}.`);
  const equal = (options.equal as ChoosePlan['equal'] | undefined) ?? isDeepStrictEqual;
  return { ...plan, budget, equal, items, fn: fn as ChoosePlan['fn'] };
}
