import { channels, nextEventId } from '../timing/events.ts';
import type { Leave } from '../workers/holders.ts';
import { laneHere } from '../workers/lanes.ts';
import { CancelledError } from './errors.ts';

/** A function as a backend prepared it to be called many times. */
export interface Call {
  /** What a reader calls it. */
  readonly name: string;
  /** Items per message as the caller asked for; undefined leaves it to the measured length of the tasks. */
  readonly chunksize?: number | undefined;
  /** Ms after its start at which a task is ended; such tasks travel alone. */
  readonly runTimeout?: number | undefined;
  /** Objects that move to the worker instead of being copied; such tasks travel alone. */
  readonly transfer?: readonly unknown[] | undefined;
  /** True when the memory of the result moves as well. */
  readonly transferResult?: boolean | undefined;
  /** The name under which results are kept in a cluster; such tasks travel alone. */
  readonly key?: string | undefined;
}

const none: readonly unknown[] = [];

type JobState = 'waiting' | 'running' | 'finished' | 'failed' | 'cancelled';

/** When a job went through its life, in ms of `now()`; 0 until it happened. */
interface Times {
  readonly submitted: number;
  started: number;
  finished: number;
  received: number;
  /** Joins its events; 0 when nobody listened at submission. */
  readonly eventId: number;
}

/** What runs jobs, as far as a job needs to know it. A backend is given only jobs of calls it prepared. */
export interface Holder {
  /** Takes the job back or ends it. Returns false when neither can be done. */
  cancel(job: Job): boolean;
}

/**
 * One call of one function, from submission to outcome: the unit that backends queue, send and settle. A `Future` and
 * an item of `map` each stand on one.
 *
 * Invariant: `state` leaves 'finished', 'failed' and 'cancelled' never again, and `settled` is called once, on entry.
 */
export abstract class Job {
  readonly call: Call;
  /** The arguments; a pool puts in their place what `shipValue` made of them. */
  args: readonly unknown[];
  /** True when `shipValue` changed an argument. */
  shipped = false;
  /** What moves to the worker with the arguments. */
  transfer: unknown[] | undefined = undefined;
  /** Tells queues and the like that the task was given, if any, how it ended. */
  leave: Leave | undefined = undefined;
  readonly holder: Holder;
  state: JobState = 'waiting';
  /** The lane of the worker that has it, once one has. */
  lane = 'main';
  /** The number of the message that brought it to its worker; 0 before that, and where none is needed. */
  message = 0;
  /** The name under which its result is kept in a cluster, if it is. */
  key: string | undefined = undefined;
  /** Why it is being cancelled, if the one who cancels gave a reason. */
  reason: unknown = undefined;
  /** The result when finished, the error when failed or cancelled. */
  outcome: unknown = undefined;
  /**
   * Undefined for a job whose times nobody will see. They are an object of their own because numbers with a fraction
   * are objects in V8, four more for each job of a class of which but one job was ever recorded.
   */
  readonly #times: Times | undefined;

  /** @param submitted undefined for a job whose times nobody will see */
  constructor(call: Call, args: readonly unknown[], holder: Holder, submitted: number | undefined) {
    this.call = call;
    this.args = args;
    this.holder = holder;
    this.#times = submitted === undefined ? undefined : newTimes(submitted, call.name);
  }

  /** Ms of `now()`, as are the other three. */
  get submitted(): number {
    return this.#times?.submitted ?? 0;
  }

  /** 0 until it happened, and where times are not kept. */
  get started(): number {
    return this.#times?.started ?? 0;
  }

  get finished(): number {
    return this.#times?.finished ?? 0;
  }

  get received(): number {
    return this.#times?.received ?? 0;
  }

  /** True once there is an outcome. */
  get over(): boolean {
    return this.state !== 'waiting' && this.state !== 'running';
  }

  /** A worker has it; `started` is exact for tasks of this thread and is replaced by the worker's own time otherwise. */
  run(lane: string, started: number): void {
    // The news may come after it was cancelled.
    if (this.over) return;
    this.state = 'running';
    this.lane = lane;
    if (this.#times !== undefined) this.#times.started = started;
  }

  /** It never began after all: back into the queue. */
  requeue(): void {
    this.state = 'waiting';
    this.message = 0;
    if (this.#times !== undefined) this.#times.started = 0;
  }

  /** Settles it with what the function returned or threw. */
  finish(ok: boolean, outcome: unknown, started: number, finished: number, received: number): void {
    if (this.over) return;
    const times = this.#times;
    if (times !== undefined) {
      times.started = started;
      times.finished = finished;
      times.received = received;
    }
    this.#settle(ok ? 'finished' : 'failed', outcome);
  }

  /** Settles it as cancelled at `time`. */
  abandon(error: CancelledError, time: number): void {
    if (this.over) return;
    const times = this.#times;
    if (times !== undefined) {
      if (times.started !== 0) times.finished = time;
      times.received = time;
    }
    this.#settle('cancelled', error);
  }

  /** Called once, when the outcome is there. */
  protected abstract settled(): void;

  #settle(state: JobState, outcome: unknown): void {
    this.state = state;
    this.outcome = outcome;
    // Whoever keeps a future keeps its result, and no more.
    this.args = none;
    this.transfer = undefined;
    const times = this.#times;
    if (times !== undefined && times.eventId !== 0 && channels.task.hasSubscribers) this.#publish(times);
    this.leave?.(
      state === 'finished' ? undefined : `task '${this.call.name}' ${state}: ${(outcome as Error)?.message}`,
    );
    this.settled();
  }

  #publish({ eventId: id, started, finished, received }: Times): void {
    const { lane, message } = this;
    const name = this.call.name;
    const ok = this.state === 'finished';
    if (started !== 0) {
      const start = { kind: 'started', time: started, lane, id, name } as const;
      channels.task.publish(message > 0 ? { ...start, message } : start);
      channels.task.publish({ kind: 'finished', time: finished, lane, id, name, ok });
    }
    channels.task.publish({ kind: 'received', time: received, lane: laneHere(), id, name, ok });
  }
}

/** The times of a job that is being submitted, which is published if anybody listens. */
function newTimes(submitted: number, name: string): Times {
  let eventId = 0;
  if (channels.task.hasSubscribers) {
    eventId = nextEventId();
    channels.task.publish({ kind: 'submitted', time: submitted, lane: laneHere(), id: eventId, name });
  }
  return { submitted, started: 0, finished: 0, received: 0, eventId };
}

/** The error of a cancelled task, naming the task. */
export function cancelled(name: string, reason?: unknown): CancelledError {
  const text = `task '${name}' was cancelled`;
  return reason === undefined ? new CancelledError(text) : new CancelledError(text, { cause: reason });
}
