import type { Footprint } from './accesses.ts';
import { Execution, type Watched } from './execution.ts';
import { keyOf } from './key.ts';
import type { Bounds, Plan } from './program.ts';
import { newTally, note, type Tally } from './tally.ts';

/** Threads with more steps than this in one interleaving may be in a loop: from then on spins are watched for. */
const longWay = 12;
/** All steps of one exploration, some seconds: a loop that never ends shall not hold a cell for ever. */
const mostSteps = { plain: 20_000_000, slow: 2_000_000 } as const;

/** A depth of the search: who could go on, who was tried, and who need not be. */
interface Depth {
  mask: number;
  tried: number;
  choice: number;
  label: string;
  /** With reduction: what each thread tried here did, by thread. */
  prints: (Footprint | undefined)[];
  /** With reduction: threads whose step from here leads only to what was explored before, with what it does. */
  asleep: (Footprint | undefined)[];
}

/**
 * Depth first through all interleavings. Generators cannot be copied, so that each interleaving runs from the start:
 * the steps up to the last decision again, and then on, without a switch where it can be helped.
 *
 * With reduction it uses sleep sets (Godefroid, Partial-Order Methods, 1996, chapter 5), which leave out transitions
 * and no state: what always must hold is judged in every state that can be reached, and every deadlock is met.
 *
 * It yields an execution whenever its `chosen` thread is to make a step, so that steps may also be awaited.
 *
 * @param spins whether spins are watched; 'never' when they cannot be
 * @returns undefined when a thread went such a long way that the search must be made again with spins watched
 */
export function* search<S extends object>(
  plan: Plan<S>,
  bounds: Bounds,
  spins: boolean | 'never',
): Generator<Execution<S>, Tally | undefined, void> {
  const count = plan.bodies.length;
  const tally = newTally(count);
  const path: Depth[] = [];
  const { reduce } = bounds;
  let length = 0; // of the prefix to run again, its last choice being new
  let total = 0;
  const spun = new Map<string, boolean>();
  const isSpin = (execution: Watched, thread: number) => {
    const round = goesRound(plan, path, execution, thread, bounds.steps, spun);
    tally.spins ||= round;
    return round;
  };

  for (;;) {
    const execution = new Execution(plan, { accesses: reduce, ...(spins === true && { spins: isSpin }) });
    const made = new Array<number>(count).fill(0);
    let depth = 0;
    let last = -1;
    let switches = 0;
    let redundant = false;
    let cut = false;
    for (;;) {
      const mask = execution.enabled();
      if (mask === 0 || execution.threw) break;
      if (depth >= bounds.steps) {
        cut = true;
        break;
      }
      let here: Depth;
      if (depth < length) {
        here = path[depth]!;
        if (here.mask !== mask) throw twice(plan, depth, here, execution);
      } else {
        here = path[depth] ??= { mask: 0, tried: 0, choice: 0, label: '', prints: [], asleep: [] };
        here.mask = mask;
        here.tried = 0;
        if (reduce) {
          here.prints = [];
          here.asleep = depth === 0 ? [] : inherited(path[depth - 1]!, execution.footprint!);
        }
        const free = allowed(here, reduce, last, switches, bounds, tally);
        if (free === 0) {
          redundant = true;
          break;
        }
        here.choice = last >= 0 && free & (1 << last) ? last : lowest(free);
        here.tried = 1 << here.choice;
      }
      const thread = here.choice;
      if (last >= 0 && last !== thread && mask & (1 << last)) switches += 1;
      execution.chosen = thread;
      yield execution;
      made[thread]! += 1;
      if (depth < length - 1) {
        if (here.label !== execution.label) throw twice(plan, depth, here, execution);
      } else {
        here.label = execution.label;
        if (reduce) here.prints[thread] = execution.footprint;
      }
      last = thread;
      depth += 1;
      if (!spins && made[thread]! > longWay) return undefined;
    }
    total += depth;
    if (reduce && execution.observed!.opaque()) {
      // Nothing of what was found counts: all is searched again, in full.
      tally.bounds.add(`no reduction: ${execution.observed!.opaque()}, whose accesses cannot be watched`);
      const full = yield* search(plan, { ...bounds, reduce: false }, spins);
      for (const bound of tally.bounds) full?.bounds.add(bound);
      return full;
    }
    if (!redundant || execution.faults.length > 0) {
      const faults = redundant || cut ? execution.faults : execution.end();
      note(tally, faults, cut, execution.passedOver, made, bounds, path, depth);
    }
    length = backtrack(path, depth, reduce, bounds, tally);
    if (length === 0) return tally;
    if (tally.interleavings >= bounds.most) {
      tally.bounds.add(`stopped after ${bounds.most.toLocaleString('en-US')} interleavings`);
      return tally;
    }
    const enough = spins || reduce ? mostSteps.slow : mostSteps.plain;
    if (total >= enough) {
      tally.bounds.add(`stopped after ${enough.toLocaleString('en-US')} steps in all`);
      return tally;
    }
  }
}

function lowest(set: number): number {
  return 31 - Math.clz32(set & -set);
}

/** The threads to try at a depth, without those that sleep and those that would be one switch too many. */
function allowed(here: Depth, reduce: boolean, last: number, switches: number, bounds: Bounds, tally: Tally): number {
  let free = here.mask & ~here.tried;
  if (reduce) for (const [thread, asleep] of here.asleep.entries()) if (asleep) free &= ~(1 << thread);
  if (switches >= bounds.switches && last >= 0 && here.mask & (1 << last)) {
    const stay = free & (1 << last);
    if (stay !== free) tally.bounds.add(`at most ${bounds.switches} switches`);
    free = stay;
  }
  return free;
}

/** Who sleeps after a step: whoever slept or was tried before it, and does what the step does not disturb. */
function inherited(before: Depth, step: Footprint): (Footprint | undefined)[] {
  const asleep: (Footprint | undefined)[] = [];
  for (let thread = 0; thread < 32 && before.mask >> thread; thread++) {
    if (thread === before.choice) continue;
    const print = before.asleep[thread] ?? before.prints[thread];
    if (print?.independentOf(step)) asleep[thread] = print;
  }
  return asleep;
}

/** Chooses the next branch, deepest first; gives the length of the new prefix, 0 when all is explored. */
function backtrack(path: Depth[], depth: number, reduce: boolean, bounds: Bounds, tally: Tally): number {
  const switchesTo: number[] = [];
  if (bounds.switches !== Number.POSITIVE_INFINITY) {
    let switches = 0;
    for (let at = 0; at < depth; at++) {
      switchesTo.push(switches);
      const last = path[at - 1]?.choice ?? -1;
      if (last >= 0 && last !== path[at]!.choice && path[at]!.mask & (1 << last)) switches += 1;
    }
  }
  for (let at = depth - 1; at >= 0; at--) {
    const here = path[at]!;
    const free = allowed(here, reduce, path[at - 1]?.choice ?? -1, switchesTo[at] ?? 0, bounds, tally);
    if (free === 0) continue;
    here.choice = lowest(free);
    here.tried |= 1 << here.choice;
    return at + 1;
  }
  return 0;
}

/**
 * Whether a thread that came to the same point again, in the same state, would go round for ever: it is run alone, on a
 * copy of this interleaving, until it changes something, ends, or has made as many steps as an interleaving may have.
 */
function goesRound<S extends object>(
  plan: Plan<S>,
  path: readonly Depth[],
  at: Watched,
  thread: number,
  most: number,
  known: Map<string, boolean>,
): boolean {
  const id = `${thread} ${at.label} ${at.begins(thread)} ${at.key}`;
  const before = known.get(id);
  if (before !== undefined) return before;
  const alone = new Execution(plan);
  for (let depth = 0; depth < at.steps; depth++) {
    alone.enabled();
    alone.step(path[depth]!.choice);
  }
  let round = true;
  for (let step = 0; round && step < most; step++) {
    if (!(alone.enabled() & (1 << thread))) round = false;
    else {
      alone.step(thread);
      round = (alone.alive & (1 << thread)) !== 0 && keyOf(alone.bare) === at.key;
    }
  }
  known.set(id, round);
  return round;
}

function twice<S extends object>(plan: Plan<S>, depth: number, was: Depth, is: Execution<S>): Error {
  const name = plan.names[was.choice];
  return new Error(
    `The program does not do the same twice: after the same ${depth} steps (then ${name}), ` +
      (was.label === is.label ? 'other threads could go on than before' : `"${was.label}" became "${is.label}"`) +
      '. Something outside the state steers it: Math.random, a clock, or a variable that state() does not make anew.',
  );
}
