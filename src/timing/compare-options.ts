import { availableParallelism } from 'node:os';
import { inspect, isDeepStrictEqual } from 'node:util';
import type { Prediction } from './predict.ts';

/** A function to be compared; what it returns is waited for. */
export type Contender = () => unknown;

export interface CompareOptions {
  /** What the table says above it. */
  readonly title?: string;
  /** Measured rounds; 5 if absent. */
  readonly rounds?: number;
  /** Rounds before them that do not count; 1 if absent. */
  readonly warmup?: number;
  /** Ms for all rounds together: when they are used up, fewer rounds are run, at least one. 20,000 if absent. */
  readonly budget?: number;
  /** The contender that speed-ups refer to; the first if absent. */
  readonly baseline?: string;
  /** When two results count as equal; `isDeepStrictEqual` if absent. */
  readonly equal?: (a: never, b: never) => boolean;
  /** Contenders whose results are meant to differ, each with the reason. */
  readonly differ?: Readonly<Record<string, string>>;
  /** The posts' times for Python in seconds, or `{ speedUp }` where only that is known, by contender. */
  readonly python?: Readonly<Record<string, number | { readonly seconds?: number; readonly speedUp?: number }>>;
  /** A guess of speed-ups to be scored. */
  readonly prediction?: Prediction;
}

/** Checked options. Invariant: every name in them is a contender's, and the baseline is one of several or the only one. */
export interface Plan {
  readonly title: string | undefined;
  readonly contenders: ReadonlyMap<string, Contender>;
  readonly rounds: number;
  readonly warmup: number;
  readonly budget: number;
  readonly baseline: string;
  readonly equal: (a: unknown, b: unknown) => boolean;
  readonly differ: Readonly<Record<string, string>>;
  readonly python: ReadonlyMap<string, { readonly seconds?: number; readonly speedUp?: number }>;
  readonly prediction: Prediction | undefined;
  /** Cores that this process may use. */
  readonly cores: number;
}

/** Checks everything before any work is done. */
export function planOf(
  given: Readonly<Record<string, Contender>> | readonly Contender[],
  options: CompareOptions,
): Plan {
  const contenders = contendersOf(given);
  const names = [...contenders.keys()];
  const {
    rounds = 5,
    warmup = 1,
    budget = 20_000,
    baseline = names[0]!,
    differ = {},
    python = {},
    prediction,
  } = options;
  wholeNumber('rounds', rounds, 1);
  wholeNumber('warmup', warmup, 0);
  if (!(budget > 0)) throw new RangeError(`budget is a time in ms greater than 0, not ${inspect(budget)}.`);
  const known = (option: string, name: string) => {
    if (!contenders.has(name)) {
      throw new RangeError(`${option} names ${inspect(name)}, which is no contender: ${names.join(', ')}.`);
    }
  };
  known('baseline', baseline);
  for (const [name, reason] of Object.entries(differ)) {
    known('differ', name);
    if (typeof reason !== 'string' || reason.trim() === '') {
      throw new TypeError(`differ needs the reason why ${name} gives another result, not ${inspect(reason)}.`);
    }
  }
  for (const name of Object.keys(python)) known('python', name);
  for (const name of Object.keys(prediction?.guesses ?? {})) known('prediction', name);
  return {
    title: options.title,
    contenders,
    rounds,
    warmup,
    budget,
    baseline,
    equal: (options.equal as Plan['equal'] | undefined) ?? isDeepStrictEqual,
    differ,
    python: pythonOf(python, baseline),
    prediction,
    cores: availableParallelism(),
  };
}

function contendersOf(given: Readonly<Record<string, Contender>> | readonly Contender[]): Map<string, Contender> {
  if (typeof given !== 'object' || given === null) {
    throw new TypeError(`compare() needs contenders, not ${inspect(given)}: compare({ name: () => work() }).`);
  }
  const entries = Array.isArray(given)
    ? given.map((fn: Contender, index): [string, Contender] => [fn?.name || `contender ${index + 1}`, fn])
    : Object.entries(given as Readonly<Record<string, Contender>>);
  if (entries.length === 0)
    throw new RangeError('compare() needs at least one contender: compare({ name: () => work() }).');
  const contenders = new Map<string, Contender>();
  for (const [name, fn] of entries) {
    if (typeof fn !== 'function')
      throw new TypeError(`The contender ${name} is ${inspect(fn)}, not a function: () => work().`);
    if (contenders.has(name)) throw new RangeError(`Two contenders are called ${name}: give each its own name.`);
    contenders.set(name, fn);
  }
  return contenders;
}

function wholeNumber(option: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new RangeError(`${option} is a whole number of at least ${least}, not ${inspect(value)}.`);
}

/** Adds the speed-ups that follow from Python's seconds. */
function pythonOf(python: NonNullable<CompareOptions['python']>, baseline: string): Plan['python'] {
  const figures = new Map(
    Object.entries(python).map(([name, figure]) => [name, typeof figure === 'number' ? { seconds: figure } : figure]),
  );
  for (const [name, { seconds, speedUp }] of figures) {
    for (const value of [seconds, speedUp]) {
      if (value !== undefined && !(value > 0))
        throw new RangeError(`Python's figure for ${name} is ${inspect(value)}.`);
    }
  }
  const base = figures.get(baseline)?.seconds;
  return new Map(
    [...figures].map(([name, { seconds, speedUp }]) => {
      const ratio = speedUp ?? (base !== undefined && seconds !== undefined ? base / seconds : undefined);
      return [name, { ...(seconds !== undefined && { seconds }), ...(ratio !== undefined && { speedUp: ratio }) }];
    }),
  );
}
