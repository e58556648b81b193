import { type Channel, channel } from 'node:diagnostics_channel';

/** The life of a task: the four times that Python's ipyparallel names as well. */
export type TaskKind = 'submitted' | 'started' | 'finished' | 'received';
/** The life of a worker: start-up lies between `spawned` and `ready`. */
export type WorkerKind = 'spawned' | 'ready' | 'exited';
/** The life of a wait for a lock, a queue or a barrier. */
export type WaitKind = 'waiting' | 'acquired' | 'released';

/** One thing that happened, as executors, workers, locks and channels publish it. */
export interface RecordedEvent {
  readonly kind: TaskKind | WorkerKind | WaitKind;
  /** When, in ms of the machine-wide clock `now()`; taken where it happened, also when it was published later. */
  readonly time: number;
  /** Who did it: `main`, `thread 1`, `process 2`, `task 3`. One lane of the timeline. */
  readonly lane: string;
  /** Joins the events of one task or one wait; unique in the publishing process. */
  readonly id?: number;
  /** What a reader calls it: the function's name, the lock's name. */
  readonly name?: string;
  /** Which message brought the task to its lane, on `started`: tasks of one lane with the same number came together. */
  readonly message?: number;
  /** False when the task failed, the wait timed out or the worker died. */
  readonly ok?: boolean;
}

/**
 * The channels of `node:diagnostics_channel` on which events are published. Publish only under
 * `if (channels.task.hasSubscribers)`: with nobody listening, no event object may be made.
 */
export const channels: {
  readonly task: Channel<RecordedEvent>;
  readonly worker: Channel<RecordedEvent>;
  readonly wait: Channel<RecordedEvent>;
} = {
  task: channel('interleaved:task'),
  worker: channel('interleaved:worker'),
  wait: channel('interleaved:wait'),
};

let lastId = 0;

/** A number for the events of one task or one wait. */
export function nextEventId(): number {
  lastId += 1;
  return lastId;
}
