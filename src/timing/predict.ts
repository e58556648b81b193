import { inspect } from 'node:util';
import { digits, ratio, times } from '../show/format.ts';
import { type Part, paragraph, partsOf, Shown } from '../show/parts.ts';
import { table } from '../show/table.ts';

/** What a score compares a guess with: one number, or the median of several rounds. */
export type Measurement = number | { readonly median: number };
/** Measured figures by the names that were guessed at; a `Comparison` gives its speed-ups. */
export type Figures = Readonly<Record<string, Measurement>>;

interface ScoreOptions {
  /** The posts' figures for Python, by name. */
  readonly python?: Readonly<Record<string, number | undefined>>;
}

/**
 * The reader's guess, to be written down before the run: one number for each name, `null` where nothing is filled in
 * yet. Later `compare(…, { prediction })` or `guess.score(…)` sets it beside what was measured.
 *
 * @param what what is guessed, with its unit
 * @param guesses name to number or `null`
 * @param options `within`: a guess counts as right when it is off by at most this factor (1.25 if absent)
 * @throws TypeError for a guess that is neither a positive number nor `null`
 * @example
 * const guess = predict('speed-up of 2 processes', { serial: 1, threads: null, processes: 2 });
 */
export function predict(
  what: string,
  guesses: Readonly<Record<string, number | null>>,
  options: { within?: number } = {},
): Prediction {
  return new Prediction(what, guesses, options.within ?? 1.25);
}

/** A guess, made by `predict`, that shows itself and can be scored. */
export class Prediction extends Shown {
  readonly what: string;
  readonly guesses: Readonly<Record<string, number | null>>;
  /** The factor by which a guess may be off and still be right. */
  readonly within: number;

  constructor(what: string, guesses: Readonly<Record<string, number | null>>, within: number) {
    super();
    if (typeof what !== 'string' || typeof guesses !== 'object' || guesses === null) {
      throw new TypeError(`predict() needs what is guessed and the guesses: predict('speed-up', { threads: null }).`);
    }
    if (Object.keys(guesses).length === 0)
      throw new RangeError(`The prediction of ${what} has no guesses: { name: null }.`);
    for (const [name, guess] of Object.entries(guesses)) {
      if (guess === null || guess === undefined || (typeof guess === 'number' && guess > 0 && guess < Infinity))
        continue;
      throw new TypeError(
        `The guess for ${name} is ${inspect(guess)}; write a number greater than 0, or null for none.`,
      );
    }
    if (!(within >= 1)) throw new RangeError(`within is a factor of at least 1, not ${within}.`);
    this.what = what;
    this.guesses = { ...guesses };
    this.within = within;
  }

  /** Sets each guess beside what was measured. @throws RangeError when a guessed name was not measured */
  score(
    measured: Figures | { readonly speedUps: Figures; readonly python?: Figures },
    options: ScoreOptions = {},
  ): Score {
    const comparison = isComparison(measured);
    const figures = comparison ? measured.speedUps : (measured as Figures);
    const missing = Object.keys(this.guesses).find((name) => figures[name] === undefined);
    if (missing !== undefined) {
      const known = Object.keys(figures).join(', ');
      throw new RangeError(
        `The prediction guesses at ${inspect(missing)}, which was not measured. Measured: ${known}.`,
      );
    }
    const python = options.python ?? (comparison ? (measured.python as ScoreOptions['python']) : undefined) ?? {};
    return new Score(this, figures, python);
  }

  protected override parts(): readonly Part[] {
    const rows = Object.entries(this.guesses).map(([name, guess]) => ({ name, 'your guess': written(guess) }));
    return partsOf(table(rows, { caption: `Prediction: ${this.what}`, columns: ['name', right('your guess')] }));
  }
}

/** How good one guess was. */
export type Verdict = 'right' | 'close' | 'far off' | 'not filled in';

/** Guess, measurement and Python's figure side by side, with a verdict in words. */
export class Score extends Shown {
  readonly prediction: Prediction;
  /** Name to verdict: right within the tolerance, close within a factor of 2, else far off. */
  readonly verdicts: Readonly<Record<string, Verdict>>;
  readonly #figures: Figures;
  readonly #python: Readonly<Record<string, number | undefined>>;

  constructor(prediction: Prediction, figures: Figures, python: Readonly<Record<string, number | undefined>>) {
    super();
    this.prediction = prediction;
    this.#figures = figures;
    this.#python = python;
    this.verdicts = Object.fromEntries(
      Object.entries(prediction.guesses).map(([name, guess]) => [
        name,
        judge(guess, figures[name]!, prediction.within),
      ]),
    );
  }

  /** How many guesses were right, of those filled in. */
  get right(): number {
    return Object.values(this.verdicts).filter((verdict) => verdict === 'right').length;
  }

  /** How many guesses were filled in. */
  get filledIn(): number {
    return Object.values(this.verdicts).filter((verdict) => verdict !== 'not filled in').length;
  }

  protected override parts(): readonly Part[] {
    const { what, guesses, within } = this.prediction;
    const rows = Object.entries(guesses).map(([name, guess]) => ({
      name,
      'your guess': written(guess),
      measured: ratio(middle(this.#figures[name]!)),
      Python: this.#python[name] === undefined ? '' : ratio(this.#python[name]),
      verdict: this.#words(name, guess),
    }));
    const columns = ['your guess', 'measured', 'Python'].filter((key) =>
      rows.some((row) => row[key as 'Python'] !== ''),
    );
    const total = this.filledIn === 0 ? 'no guess filled in' : `${this.right} of ${this.filledIn} right`;
    const caption = `Your prediction, ${what}: ${total}`;
    const scored = table(rows, { caption, columns: ['name', ...columns.map(right), 'verdict'] });
    const rule = `Right: within a factor of ${digits(within)}; close: within a factor of 2.`;
    return this.filledIn === 0 ? partsOf(scored) : [...partsOf(scored), paragraph(rule)];
  }

  #words(name: string, guess: number | null): string {
    const verdict = this.verdicts[name]!;
    if (guess === null || guess === undefined || verdict === 'right') return verdict;
    const off = guess / middle(this.#figures[name]!);
    return `${verdict} (${times(Math.max(off, 1 / off))} too ${off > 1 ? 'high' : 'low'})`;
  }
}

function judge(guess: number | null | undefined, measured: Measurement, within: number): Verdict {
  if (guess === null || guess === undefined) return 'not filled in';
  const ratio = guess / middle(measured);
  const off = Math.max(ratio, 1 / ratio);
  if (off <= within) return 'right';
  return off <= Math.max(2, within) ? 'close' : 'far off';
}

function middle(measured: Measurement): number {
  return typeof measured === 'number' ? measured : measured.median;
}

function written(guess: number | null | undefined): string {
  return guess === null || guess === undefined ? '…' : digits(guess);
}

function right(key: string) {
  return { key, align: 'right' } as const;
}

function isComparison(measured: object): measured is { readonly speedUps: Figures; readonly python?: Figures } {
  const { speedUps } = measured as { speedUps?: unknown };
  return typeof speedUps === 'object' && speedUps !== null;
}
