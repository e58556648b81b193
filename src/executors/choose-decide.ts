import { spreadOf } from '../timing/stats.ts';

/** The engines, from the simplest on: among those that are equally fast the first is recommended. */
export const engineNames = ['serial', 'async', 'threads', 'processes'] as const;

/** Which engine: the executor of the same name. */
export type EngineName = (typeof engineNames)[number];

/** What one engine needed for the items that were tried, warm, in each round. Ms for one item, start apart. */
export interface Costs {
  readonly engine: EngineName;
  /** Ms before it can take the first item. */
  readonly start: number;
  readonly each: readonly number[];
  /** CPU time, in the same rounds. */
  readonly cpuEach: readonly number[];
}

/** What follows from the costs. */
export interface Decision {
  readonly engine: EngineName;
  /** Engines that are nearly as fast, or perhaps faster: the rounds do not agree. */
  readonly close: readonly EngineName[];
}

/** An engine must be faster by this factor to be worth more than a simpler one. */
const worthIt = 1.1;
/** Up to this factor two medians count as near. */
const near = 1.1;

/**
 * Ms that `items` items should take in each round: the start, and then the items; no engine is faster than one item is
 * when it is alone.
 */
export function costOf({ start, each }: Costs, items: number, alone: number): number[] {
  return each.map((ms) => start + Math.max(items * ms, alone));
}

/**
 * The simplest engine that no other one beats. One beats another if it was faster in every round, and by a tenth in
 * the middle one: less is not worth a worker.
 *
 * @param all the simplest first; rounds in the same order, so that a busy moment of the machine counts for all
 */
export function decide(all: readonly Costs[], items: number): Decision {
  const alone = spreadOf(all[0]!.each).median;
  const costs = new Map(all.map((one) => [one.engine, costOf(one, items, alone)]));
  const gain = (one: EngineName, over: EngineName) =>
    spreadOf(costs.get(over)!.map((ms, round) => ms / costs.get(one)![round]!));
  const names = [...costs.keys()];
  let best = names[0]!;
  for (const name of names.slice(1)) {
    const { least, median } = gain(name, best);
    if (least > 1 && median >= worthIt) best = name;
  }
  // A simpler one may be as fast, and have lost a round to one that is simpler still.
  const engine = names.find((name) => gain(best, name).median < near)!;
  const close = names.filter((name) => name !== engine && gain(engine, name).median < near);
  return { engine, close };
}

/**
 * The same on one core: a run takes at least the CPU time that it used, however many workers share it.
 *
 * @param computes true if CPU time is all it takes: then it takes no longer, whatever else the machine did meanwhile,
 *   and nobody does it in less than the loop
 */
export function onOneCore(all: readonly Costs[], computes: boolean): Costs[] {
  const loop = all[0]!.cpuEach;
  return all.map((one) => {
    const each = one.cpuEach.map((cpu, round) => Math.max(cpu, (computes ? loop : one.each)[round]!));
    return { ...one, each };
  });
}

/**
 * The costs by which to judge on a machine of `cores`: on one, workers gain nothing where it computes, though a loop may
 * seem slower by a tenth as it was compiled for other calls as well.
 */
export function judgedOn(cores: number, all: readonly Costs[], computes: boolean): readonly Costs[] {
  return cores === 1 ? onOneCore(all, computes) : all;
}

/** From how many items on a pool is faster than the faster way at home, its start paid; Infinity: never. */
export function paysFrom(pool: Costs, home: Costs, alone: number): number {
  const [mine, theirs] = [spreadOf(pool.each).median, spreadOf(home.each).median];
  const gain = theirs - mine;
  // A gain within a twentieth is none that a measurement could tell.
  if (gain <= theirs / 20) return Number.POSITIVE_INFINITY;
  // Before its share of the items is longer than one item is, a worker takes as long as that item.
  const first = Math.floor((pool.start + alone) / theirs) + 1;
  return first * mine <= alone ? first : Math.max(2, Math.floor(pool.start / gain) + 1);
}
