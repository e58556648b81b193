import { channels, nextEventId } from '../timing/events.ts';
import type { Leave } from '../workers/holders.ts';
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
}

export type JobState = 'waiting' | 'running' | 'finished' | 'failed' | 'cancelled';

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
  /** Ms of `now()`; 0 until it happened. */
  readonly submitted: number;
  started = 0;
  finished = 0;
  received = 0;
  /** Why it is being cancelled, if the one who cancels gave a reason. */
  reason: unknown = undefined;
  /** The result when finished, the error when failed or cancelled. */
  outcome: unknown = undefined;
  /** Joins its events; 0 when nobody listened at submission. */
  readonly eventId: number;

  constructor(call: Call, args: readonly unknown[], holder: Holder, submitted: number) {
    this.call = call;
    this.args = args;
    this.holder = holder;
    this.submitted = submitted;
    if (channels.task.hasSubscribers) {
      this.eventId = nextEventId();
      channels.task.publish({ kind: 'submitted', time: submitted, lane: 'main', id: this.eventId, name: call.name });
    } else {
      this.eventId = 0;
    }
  }

  /** True once there is an outcome. */
  get over(): boolean {
    return this.state !== 'waiting' && this.state !== 'running';
  }

  /** A worker has it; `started` is exact for tasks of this thread and is replaced by the worker's own time otherwise. */
  run(lane: string, started: number): void {
    this.state = 'running';
    this.lane = lane;
    this.started = started;
  }

  /** It never began after all: back into the queue. */
  requeue(): void {
    this.state = 'waiting';
    this.message = 0;
    this.started = 0;
  }

  /** Settles it with what the function returned or threw. */
  finish(ok: boolean, outcome: unknown, started: number, finished: number, received: number): void {
    if (this.over) return;
    this.keepTimes(started, finished, received);
    this.#settle(ok ? 'finished' : 'failed', outcome);
  }

  /** Settles it as cancelled at `time`. */
  abandon(error: CancelledError, time: number): void {
    if (this.over) return;
    if (this.started !== 0) this.finished = time;
    this.received = time;
    this.#settle('cancelled', error);
  }

  protected keepTimes(started: number, finished: number, received: number): void {
    this.started = started;
    this.finished = finished;
    this.received = received;
  }

  /** Called once, when the outcome is there. */
  protected abstract settled(): void;

  #settle(state: JobState, outcome: unknown): void {
    this.state = state;
    this.outcome = outcome;
    if (this.eventId !== 0 && channels.task.hasSubscribers) this.#publish();
    this.leave?.(
      state === 'finished' ? undefined : `task '${this.call.name}' ${state}: ${(outcome as Error)?.message}`,
    );
    this.settled();
  }

  #publish(): void {
    const { eventId: id, lane } = this;
    const name = this.call.name;
    const ok = this.state === 'finished';
    if (this.started !== 0) {
      const { message } = this;
      channels.task.publish({ kind: 'started', time: this.started, lane, id, name, ...(message > 0 && { message }) });
      channels.task.publish({ kind: 'finished', time: this.finished, lane, id, name, ok });
    }
    channels.task.publish({ kind: 'received', time: this.received, lane: 'main', id, name, ok });
  }
}

/** The error of a cancelled task, naming the task. */
export function cancelled(name: string, reason?: unknown): CancelledError {
  const text = `task '${name}' was cancelled`;
  return reason === undefined ? new CancelledError(text) : new CancelledError(text, { cause: reason });
}
