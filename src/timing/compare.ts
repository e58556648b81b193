import { isDeepStrictEqual } from 'node:util';
import { showsPictures } from '../show/show.ts';
import { now } from './clock.ts';
import { type CompareOptions, type Contender, type Plan, planOf } from './compare-options.ts';
import { Comparison, type Round } from './comparison.ts';
import { type Measured, measure, oneLine } from './timed.ts';

/**
 * Runs several functions that do the same work, fairly, and says which is faster and by how much.
 *
 * After a warm-up every round runs each contender once, and each round begins with another one, so that a busy moment
 * of the machine hits all alike. A speed-up is the median of the ratios within the rounds, with the least and the
 * most. The results must be equal, or nothing was compared: `differ` names those that are meant not to be.
 *
 * @param contenders name to function, or a list of named functions; the first is the baseline
 * @returns the comparison, which shows itself: table, chart and the timeline of each contender's middle round
 * @throws TypeError or RangeError before any work when an option makes no sense
 * @throws Error when results differ; what a contender throws
 * @example
 * await compare({
 *   serial: () => pairs.map(gcd),
 *   processes: () => pool.map(gcd, pairs),
 * }, { python: { serial: 1.17, processes: 0.663 }, prediction: guess })
 */
export async function compare(
  contenders: Readonly<Record<string, Contender>> | readonly Contender[],
  options: CompareOptions = {},
): Promise<Comparison> {
  const plan = planOf(contenders, options);
  const deadline = now() + plan.budget;
  let expected: { value: unknown } | undefined;
  const runOnce = async (name: string): Promise<Measured> => {
    const run = await measure(plan.contenders.get(name)!);
    if (run.error) throw run.error.reason;
    if (!(name in plan.differ)) {
      if (name === plan.baseline || !expected) expected ??= { value: run.value };
      assertEqual(plan, name, run.value, expected.value);
    }
    return run;
  };

  const names = [...plan.contenders.keys()];
  for (let round = 0; round < plan.warmup && now() < deadline; round++) {
    for (const name of names) await runOnce(name);
  }
  const rounds: Round[] = [];
  let longest = 0;
  while (rounds.length < plan.rounds) {
    // A first round always runs; another one only if it is likely to end within the budget.
    if (rounds.length > 0 && now() + longest > deadline) break;
    const started = now();
    const round = new Map<string, Measured>();
    const shift = rounds.length % names.length;
    for (const name of [...names.slice(shift), ...names.slice(0, shift)]) round.set(name, await runOnce(name));
    longest = Math.max(longest, now() - started);
    rounds.push(round);
  }
  const comparison = new Comparison(plan, rounds);
  return showsPictures() ? comparison.draw() : comparison;
}

function assertEqual({ equal, equalTo }: Plan, name: string, value: unknown, expected: unknown): void {
  if ((equal ?? isDeepStrictEqual)(value, expected)) return;
  throw new Error(
    `The contenders did not do the same work: ${name} gave ${oneLine(value)}, but ${oneLine(expected)} was expected` +
      ` as from ${equalTo}. If that is meant, say why: compare(…, { differ: { '${name}': 'because …' } }).`,
  );
}
