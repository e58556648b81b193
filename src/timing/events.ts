import { channel } from 'node:diagnostics_channel';

/** The life of a task: the four times that Python's ipyparallel names as well. */
type TaskKind = 'submitted' | 'started' | 'finished' | 'received';
/** The life of a worker: start-up lies between `spawned` and `ready`. */
type WorkerKind = 'spawned' | 'ready' | 'exited';
/** The life of a wait for a lock, a queue or a barrier. */
type WaitKind = 'waiting' | 'acquired' | 'released';

/** One thing that happened, as executors, workers, locks and channels publish it. */
export interface RecordedEvent {
  readonly kind: TaskKind | WorkerKind | WaitKind;
  /** When, in ms of the machine-wide clock `now()`; taken where it happened, also when it was published later. */
  readonly time: number;
  /** Who did it: `main`, `thread 1`, `process 2`, `task 3`. One lane of the timeline. */
  readonly lane: string;
  /** Joins the events of one task or one wait; unique in the publishing process, all its threads together. */
  readonly id?: number;
  /** What a reader calls it: the function's name, the lock's name. */
  readonly name?: string;
  /** Which message brought the task to its lane, on `started`: tasks of one lane with the same number came together. */
  readonly message?: number;
  /** False when the task failed, the wait timed out or the worker died. */
  readonly ok?: boolean;
}

/** A channel of `node:diagnostics_channel`, which in a worker reaches the recorders of those who started it as well. */
class EventChannel {
  readonly #channel;
  /** Not 0 while a recorder elsewhere listens. For threads a shared word: one that is busy or blocked sees it too. */
  #far: Int32Array = new Int32Array(1);
  #tell: (event: RecordedEvent) => void = () => {};

  constructor(name: string) {
    this.#channel = channel<unknown, RecordedEvent>(name);
  }

  /** True while somebody listens. */
  get hasSubscribers(): boolean {
    return this.#far[0] !== 0 || this.#channel.hasSubscribers;
  }

  publish(event: RecordedEvent): void {
    if (this.#far[0] !== 0) this.#tell(event);
    this.#channel.publish(event);
  }

  subscribe(hear: (event: unknown) => void): void {
    this.#channel.subscribe(hear);
  }

  unsubscribe(hear: (event: unknown) => void): void {
    this.#channel.unsubscribe(hear);
  }

  /** From now on `tell` is given every event for which `far` is not 0. Called once, in a worker. */
  reach(far: Int32Array, tell: (event: RecordedEvent) => void): void {
    this.#far = far;
    this.#tell = tell;
  }
}

/**
 * The channels on which events are published. Publish only under `if (channels.task.hasSubscribers)`: with nobody
 * listening, no event object may be made.
 *
 * Of a lock, take the time of `acquired` when it is yours and that of `released` while it still is: then two who held
 * it one after the other are not seen in it at once.
 */
export const channels: Readonly<Record<'task' | 'worker' | 'wait', EventChannel>> = {
  task: new EventChannel('interleaved:task'),
  worker: new EventChannel('interleaved:worker'),
  wait: new EventChannel('interleaved:wait'),
};

/** 0 until the first was given: what tells the thread's number takes a new process longer to load than all of this. */
let lastId = 0;

/** A number for the events of one task or one wait. */
export function nextEventId(): number {
  // Threads count from numbers far apart, so that their events can be put together.
  if (lastId === 0) lastId = process.getBuiltinModule('node:worker_threads').threadId * 2 ** 32;
  lastId += 1;
  return lastId;
}
