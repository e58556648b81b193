import { host } from '../show/host.ts';
import { showsPictures } from '../show/show.ts';
import { now } from './clock.ts';
import { type CompareOptions, type Contender, type Plan, planOf } from './compare-options.ts';
import { Comparison } from './comparison.ts';
import { type Measured, measure, oneLine } from './timed.ts';

/** Events kept over all rounds: with more, only the last round keeps its timeline. */
const mostEvents = 200_000;

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
  let interrupted = false;
  const release = host()?.onInterrupt(() => {
    interrupted = true;
  });
  try {
    const rounds = await runRounds(plan, () => interrupted);
    // When the warm-up alone has used up the budget, its last round is all there is.
    const counted = rounds.length > plan.warmup ? rounds.slice(plan.warmup) : rounds.slice(-1);
    const comparison = new Comparison(plan, counted, rounds.length > plan.warmup);
    return showsPictures() ? await comparison.draw() : comparison;
  } finally {
    release?.();
  }
}

/** All rounds, the warm-up ones first; fewer when the budget is used up, but at least one. */
async function runRounds(plan: Plan, interrupted: () => boolean): Promise<Map<string, Measured>[]> {
  const names = [...plan.contenders.keys()];
  const deadline = now() + plan.budget;
  const rounds: Map<string, Measured>[] = [];
  let expected: Expected | undefined;
  let longest = 0;
  let kept = 0;
  for (let index = 0; index < plan.warmup + plan.rounds; index++) {
    const started = now();
    if (index > 0 && started + longest > deadline) break;
    const round = new Map<string, Measured>();
    const shift = index % names.length;
    for (const name of [...names.slice(shift), ...names.slice(0, shift)]) {
      if (interrupted()) throw new Error('The comparison was interrupted.');
      const run = await measure(name, plan.contenders.get(name)!);
      if (run.error) throw run.error.reason;
      if (!Object.hasOwn(plan.differ, name)) {
        expected ??= { from: name, value: run.value };
        assertEqual(plan, name, run.value, expected);
      }
      round.set(name, run);
      kept += run.events;
    }
    if (kept > mostEvents) rounds.forEach(forgetEvents);
    rounds.push(round);
    longest = Math.max(longest, now() - started);
  }
  return rounds;
}

function forgetEvents(round: Map<string, Measured>): void {
  for (const [name, { timeline: _, ...run }] of round) round.set(name, run);
}

interface Expected {
  readonly from: string;
  readonly value: unknown;
}

function assertEqual({ equal }: Plan, name: string, value: unknown, { from, value: expected }: Expected): void {
  if (equal(value, expected)) return;
  throw new Error(
    `The contenders did not do the same work: ${name} gave ${oneLine(value)}, but ${from} gave ${oneLine(expected)}.` +
      ` If that is meant, say why: compare(…, { differ: { ${JSON.stringify(name)}: 'because …' } }).`,
  );
}
