import { groups, type Samples, type Tick } from './cpu-samples.ts';
import type { RecordedEvent } from './events.ts';

/** A stretch in which one did the same: CPU burst or I/O burst; in ms of `now()`. */
export interface Burst {
  readonly lane: string;
  readonly kind: 'CPU' | 'I/O';
  readonly from: number;
  readonly to: number;
}

/** How much of each kind's CPU time went into computing; the rest moved data for reads and writes. */
export type Shares = Readonly<Record<(typeof groups)[number], number>>;

/** Where the time went, in ms. */
export interface Spent {
  /** At least one thread or child computed. */
  readonly computing: number;
  /** Nothing computed, and reads, writes or answers were under way. */
  readonly io: number;
  /** Nothing computed, and no more than time was waited for. */
  readonly idle: number;
  /** Somebody was ready to compute and had no core, as the machine was busy with others. */
  readonly lost: number;
}

/**
 * Where the time went.
 *
 * A group computed for as long as all of its threads together did, and never for more than the time there was: eight
 * busy threads are no more CPU-bound than one, and four that take turns are as busy as one. Threads that compute at once
 * for less than a sample, and then wait, are taken for threads in turn.
 * A wait for a core is told only when it is over, so what is too much for one sample goes to those before. Waits of
 * those that hardly compute, such as the helpers of the engine, hold nothing up and do not count.
 *
 * @param blocked ms in which the main thread was blocked by a synchronous read, write or child
 * @param preempted ms in which the main thread had no core, where samples do not tell
 */
export function spentOf({ samples, ticks }: Samples, shares: Shares, blocked: number, preempted: number): Spent {
  const cpuOf = (of: (typeof groups)[number]) => samples.reduce((sum, sample) => sum + sample[of].all, 0);
  const all = groups.reduce((sum, of) => sum + cpuOf(of), 0);
  const workers = new Set(groups.filter((of) => cpuOf(of) > all / 5));
  const spans = samples.map(({ span, ...sample }) => {
    const used = (of: (typeof groups)[number]) => Math.min(span, sample[of].all);
    const wanted = (of: (typeof groups)[number]) =>
      Math.max(used(of), sample[of].cpu + (workers.has(of) ? sample[of].delay : 0));
    const [of] = groups.toSorted((a, b) => wanted(b) - wanted(a));
    const cpu = used(of!);
    // A thread that moves data was kept from moving it: that is I/O that took longer.
    return { span, cpu, lost: (wanted(of!) - cpu) * shares[of!], of: of! };
  });
  let surplus = 0;
  for (const one of spans.reverse()) {
    const room = one.span - one.cpu;
    const lost = one.lost + surplus;
    one.lost = Math.min(lost, room);
    surplus = lost - one.lost;
  }
  const total = spans.reduce((sum, one) => sum + one.span, 0);
  const lost = spans.reduce((sum, one) => sum + one.lost, preempted);
  const computing = spans.reduce((sum, one) => sum + one.cpu * shares[one.of], 0);
  const moving = spans.reduce((sum, one) => sum + one.cpu * (1 - shares[one.of]), 0);
  const waiting = Math.max(0, total - lost - computing);
  const io = Math.min(waiting, ioTime(ticks) + moving + blocked);
  return { computing, io, idle: waiting - io, lost };
}

/** Ms between ticks that found reads, writes or answers under way. */
function ioTime(ticks: readonly Tick[]): number {
  return ticks.reduce((sum, { time, waits }, index) => {
    const next = ticks[index + 1];
    return next && (waits.length > 0 || next.waits.length > 0) ? sum + next.time - time : sum;
  }, 0);
}

const lanes = { main: 'main', others: 'other threads', children: 'child processes' } as const;

/** The bursts of each lane: neighbouring samples that were busy, or that waited for I/O, are one. */
export function burstsOf({ samples, ticks }: Samples, shares: Shares, blockedIsIo: boolean): Burst[] {
  const bursts: Burst[] = [];
  for (const of of Object.keys(lanes) as (keyof typeof lanes)[]) {
    let before: { lane: string; kind: Burst['kind']; from: number; to: number } | undefined;
    let tick = 0;
    for (const sample of samples) {
      const from = sample.time - sample.span;
      const ready = Math.max(0.5, sample.span - Math.min(sample[of].delay, sample.span));
      while (tick + 1 < ticks.length && ticks[tick + 1]!.time <= from) tick += 1;
      const cpu = sample[of].all * shares[of] > ready / 2;
      // No tick within a sample: the main thread did not come round to it.
      const [here, next] = [ticks[tick], ticks[tick + 1]];
      const blocked = blockedIsIo && (next === undefined || next.time - here!.time > 3 * sample.span);
      const waits = of === 'main' && (blocked || here!.waits.length > 0 || (next?.waits.length ?? 0) > 0);
      const kind = cpu ? 'CPU' : waits ? 'I/O' : undefined;
      if (before && before.kind === kind) before.to = sample.time;
      else {
        if (before) bursts.push(before);
        before = kind && { lane: lanes[of], kind, from, to: sample.time };
      }
    }
    if (before) bursts.push(before);
  }
  return bursts;
}

/** Bursts as events for a timeline: a CPU burst runs, an I/O burst waits. */
export function eventsOf(bursts: readonly Burst[]): RecordedEvent[] {
  return bursts.flatMap(({ lane, kind, from, to }, id): RecordedEvent[] => {
    const same = { lane, id, name: kind };
    return kind === 'CPU'
      ? [
          { ...same, kind: 'started', time: from },
          { ...same, kind: 'finished', time: to },
        ]
      : [
          { ...same, kind: 'waiting', time: from },
          { ...same, kind: 'acquired', time: to },
        ];
  });
}
