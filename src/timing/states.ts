import type { Lane } from './lanes.ts';

/** What a worker does at one moment, in the order of a task's life. */
export const states = ['start-up', 'queue', 'run', 'wait', 'reply'] as const;
export type State = (typeof states)[number];

/** Where several hold, the first of this list is shown. */
const importance: readonly State[] = ['start-up', 'wait', 'run', 'reply', 'queue'];

/** A stretch of one lane in one state, in ms from the start of the timeline. */
export interface Segment {
  readonly state: State;
  readonly from: number;
  readonly to: number;
  /** The task's name, where the stretch is one run. */
  readonly name?: string | undefined;
}

interface Stretch extends Segment {
  readonly of: Segment;
}

/**
 * What a lane did, without gaps of its own making: at each moment the state that matters most, and none when idle.
 * A task still running at the end is shown to the end.
 */
export function segmentsOf(lane: Lane, start: number, end: number): Segment[] {
  const intervals: Segment[] = [];
  const add = (state: State, from?: number, to?: number, name?: string) => {
    if (from === undefined) return;
    const [a, b] = [Math.max(from, start) - start, Math.min(to ?? end, end) - start];
    if (b > a) intervals.push({ state, from: a, to: b, name });
  };
  for (const { spawned, ready, exited } of lane.lives) add('start-up', spawned, ready ?? exited);
  const exited = lane.lives.at(-1)?.exited;
  for (const task of lane.tasks) {
    add('queue', task.submitted, task.started ?? task.received ?? exited);
    add('run', task.started, task.finished ?? task.received ?? exited, task.name);
    if (task.received !== undefined) add('reply', task.finished, task.received);
  }
  for (const wait of lane.waits) add('wait', wait.waiting, wait.acquired, wait.name);
  return flatten(intervals);
}

/** Sweeps over all ends of intervals, and keeps the most important state that is on. Two runs stay two bars. */
function flatten(intervals: readonly Segment[]): Segment[] {
  const edges = intervals
    .flatMap((interval) => [
      { time: interval.from, on: true, interval },
      { time: interval.to, on: false, interval },
    ])
    .sort((a, b) => a.time - b.time || Number(a.on) - Number(b.on));
  const active = importance.map(() => new Set<Segment>());
  const found: Stretch[] = [];
  let last = 0;
  for (const { time, on, interval } of edges) {
    const [top] = active.find((set) => set.size > 0) ?? [];
    if (top && time > last) {
      const before = found.at(-1);
      const goesOn = before?.to === last && before.state === top.state && (before.of === top || top.state !== 'run');
      if (goesOn) found[found.length - 1] = { ...before, to: time };
      else found.push({ state: top.state, name: top.name, from: last, to: time, of: top });
    }
    last = time;
    const set = active[importance.indexOf(interval.state)]!;
    if (on) set.add(interval);
    else set.delete(interval);
  }
  return found;
}

/**
 * Cuts a lane into equal columns and gives each the state that holds most of it. `undefined` is idle, and wins only
 * with two thirds of a column, so that what happened is seen rather than what did not.
 */
export function columnsOf(segments: readonly Segment[], span: number, count: number): (State | undefined)[] {
  const width = span / count;
  const shares = Array.from({ length: count }, () => new Map<State, number>());
  for (const { state, from, to } of segments) {
    const last = Math.min(count - 1, Math.floor(to / width));
    for (let column = Math.min(count - 1, Math.floor(from / width)); column <= last; column++) {
      const part = Math.min(to, (column + 1) * width) - Math.max(from, column * width);
      const share = shares[column]!;
      if (part > 0) share.set(state, (share.get(state) ?? 0) + part);
    }
  }
  const columns = shares.map((share) => {
    const [top] = [...share].sort((a, b) => b[1] - a[1]);
    return top && top[1] > width / 3 ? top[0] : undefined;
  });
  // A single short run in a long timeline must not vanish; thousands of them need no such help.
  if (segments.length > count) return columns;
  for (const { state, from, to } of segments) {
    if (state === 'run') columns[Math.min(count - 1, Math.floor((from + to) / 2 / width))] = state;
  }
  return columns;
}

/** The same lane with at most one segment for each column: neighbours in one state become one bar. */
export function merged(segments: readonly Segment[], span: number, count: number): Segment[] {
  const width = span / count;
  const bars: { state: State; from: number; to: number }[] = [];
  for (const [index, state] of columnsOf(segments, span, count).entries()) {
    if (!state) continue;
    const before = bars.at(-1);
    if (before && before.state === state && before.to === index * width) before.to = (index + 1) * width;
    else bars.push({ state, from: index * width, to: (index + 1) * width });
  }
  return bars;
}
