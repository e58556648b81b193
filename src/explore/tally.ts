import type { Outcome } from './execution.ts';
import type { Bounds } from './program.ts';

/** What was found, in numbers. */
export interface Tally {
  interleavings: number;
  losing: number;
  deadlocks: number;
  starved: number;
  /** The most times that a thread was passed over during one wait. */
  passedOver: number;
  /** Steps of the shortest and the longest interleaving, per thread. */
  readonly least: number[];
  readonly most: number[];
  /** What went wrong, and how often. */
  readonly reasons: Map<string, number>;
  /** Bounds that were met. */
  readonly bounds: Set<string>;
  /** The losing schedule with the fewest switches, then steps. */
  best: Found | undefined;
  /** Whether a thread that spins was set aside. */
  spins: boolean;
}

export interface Found {
  readonly choices: readonly number[];
  readonly switches: number;
  readonly outcome: Outcome;
}

/** A decision on the way of an interleaving. */
interface Choice {
  readonly choice: number;
}

export function newTally(count: number): Tally {
  return {
    interleavings: 0,
    losing: 0,
    deadlocks: 0,
    starved: 0,
    passedOver: 0,
    least: new Array<number>(count).fill(Number.POSITIVE_INFINITY),
    most: new Array<number>(count).fill(0),
    reasons: new Map(),
    bounds: new Set(),
    best: undefined,
    spins: false,
  };
}

/** Counts an interleaving that was run. */
export function note(
  tally: Tally,
  faults: readonly Outcome[],
  cut: boolean,
  passedOver: number,
  made: readonly number[],
  bounds: Bounds,
  path: readonly Choice[],
  depth: number,
): void {
  tally.interleavings += 1;
  const whole = faults.length === 0 && !cut;
  for (let thread = 0; thread < made.length; thread++) {
    if (made[thread]! > tally.most[thread]!) tally.most[thread] = made[thread]!;
    if (whole && made[thread]! < tally.least[thread]!) tally.least[thread] = made[thread]!;
  }
  if (cut) tally.bounds.add(`interleavings were cut after ${bounds.steps} steps`);
  tally.losing += Number(faults.some(({ kind }) => kind === 'broken'));
  tally.deadlocks += Number(faults.some(({ kind }) => kind === 'deadlock'));
  for (const fault of faults) {
    tally.reasons.set(fault.why, (tally.reasons.get(fault.why) ?? 0) + 1);
    keep(tally, fault, path, fault.at);
  }
  if (passedOver > tally.passedOver) tally.passedOver = passedOver;
  if (bounds.reduce || passedOver < bounds.patience) return;
  tally.starved += 1;
  if (tally.losing + tally.deadlocks > 0) return;
  keep(tally, { kind: 'starved', why: `pass a thread over ${passedOver} times`, at: depth }, path, depth);
}

/** Keeps a schedule when it is shorter than the best so far: by switches, then by steps. Any fault outdoes starvation. */
function keep(tally: Tally, outcome: Outcome, path: readonly Choice[], steps: number): void {
  let switches = 0;
  for (let at = 1; at < steps; at++) if (path[at]!.choice !== path[at - 1]!.choice) switches += 1;
  const { best } = tally;
  const fault = (one: Outcome) => one.kind !== 'starved';
  if (best && fault(best.outcome) === fault(outcome)) {
    if (switches > best.switches) return;
    if (switches === best.switches && steps >= best.choices.length) return;
  }
  tally.best = { switches, outcome, choices: path.slice(0, steps).map(({ choice }) => choice) };
}
