import { Heap } from './heap.ts';

/**
 * Names for the lanes of the timeline: `thread 1`, `process 2`, `task 3`.
 *
 * A worker takes the smallest number that is free and gives it back at its end, so that workers alive at the same
 * time never share a lane and the next run of a cell starts at 1 again.
 * What `thread 2` starts is `thread 2.1`, `process 2.1` and so on.
 */
const taken = new Map<string, { next: number; freed: Heap<number> }>();

/** A lane in use; `release` gives its number back and may be called more than once. */
export interface Lane {
  readonly name: string;
  release(): void;
}

/** Takes the first free lane of a kind, in log n steps: there may be 100,000 tasks. */
export function takeLane(kind: 'thread' | 'process' | 'task' | 'cluster'): Lane {
  // Invariant: of the numbers below `next`, just those in `freed` are free.
  const numbers = taken.get(kind) ?? { next: 1, freed: new Heap<number>((one, other) => one < other) };
  taken.set(kind, numbers);
  const number = numbers.freed.take() ?? numbers.next++;
  let free = false;
  return {
    name: `${kind} ${lane === 'main' ? '' : `${lane.split(' ')[1]}.`}${number}`,
    release() {
      if (!free) numbers.freed.add(number);
      free = true;
    },
  };
}

let lane = 'main';

/** The lane of this thread; a worker is told its own when it starts. */
export function laneHere(): string {
  return lane;
}

/** Called once, in a new worker. */
export function setLaneHere(name: string): void {
  lane = name;
}

/** The threads that this one started and that live, by Node's number. */
const started = new Map<number, string>();

/** This thread started that one, known as `thread 1 (count)`. @returns to be called when it has ended */
export function noteStarted(id: number, who: string): () => void {
  started.set(id, who);
  return () => started.delete(id);
}

/** What a thread that this one started is known as, while it lives. */
export const startedThread = (id: number): string | undefined => started.get(id);
