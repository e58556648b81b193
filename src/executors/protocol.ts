import type { Shipment } from '../shipping/index.ts';
import type { KeptEvents } from '../timing/kept.ts';

/** Tasks for one worker in one message; the worker runs them in order, one at a time. */
export interface Batch {
  readonly batch: number;
  /** Functions that this worker has not received before. */
  readonly definitions: readonly Shipment[] | undefined;
  /** Ids of functions that this worker will not be asked for again, unless they are sent again. */
  readonly forget?: readonly string[] | undefined;
  /** The id of the function of every task, or one id per task. */
  readonly functions: string | readonly string[];
  /** Per task its arguments; with `single`, its only argument. */
  readonly args: readonly unknown[];
  readonly single: boolean;
  /** True when an argument was changed by `shipValue`. */
  readonly shipped: boolean;
  /** True to have the ArrayBuffers of the results moved; such a batch is of one task. */
  readonly transferResult: boolean;
  /** True to be told when its first task begins, for one that may run but for a time. */
  readonly announce: boolean;
  /** True when the results go on to a program that may be on another machine. */
  readonly isRemote?: boolean;
}

/** A batch as a process is sent it. */
export interface ProcessBatch extends Batch {
  /** The path of the `Bulk` of pool and process, in the first batch, if there is one. */
  readonly bulk: string | undefined;
  /** The path of the `Beat` of pool and process, in the first batch of several tasks, if there is one. */
  readonly beat: string | undefined;
  /** Which of `args` it packed. */
  readonly packed: readonly number[] | undefined;
  /** Whether somebody wants the events of the process, until the next batch. */
  readonly isRecorded: boolean;
}

/** Asks a process not to begin tasks of the batch that it is at. (Threads are told by shared words.) */
export interface Withdrawal {
  readonly withdraw: number;
  readonly indices: readonly number[];
}

/** The answer of a process: tasks of the batch that it will not begin, told before it comes to them. */
export interface Left {
  readonly batch: number;
  readonly left: readonly number[];
}

/** What became of the tasks `from`, `from + 1`, … of the batch that a worker is at. */
export interface Report {
  readonly batch: number;
  readonly from: number;
  /** Per task start and end, in ms of `now()`; both are NaN for a task that was withdrawn. */
  readonly times: ArrayLike<number>;
  /** Per task the result, or what `shipError` made of the error. */
  readonly values: readonly unknown[];
  /** Which of `values` are errors, counted from `from`, in order. */
  readonly failed: readonly number[] | undefined;
  /** True when a result was changed by `shipValue`. */
  readonly shipped: boolean;
  /** True when the batch is over. */
  readonly end: boolean;
  /** The lane where they ran, if it is not that of the slot. */
  readonly lane?: string;
}

/** A report as a process sends it. */
export interface ProcessReport extends Report {
  /** Which of `values` the `Bulk` packed. */
  readonly packed: readonly number[] | undefined;
  /** Ms of CPU time since the last report. */
  readonly cpu: number;
  /** The most memory in KiB that it has held so far. */
  readonly memory: number;
  /** Bytes written to stdout and stderr so far; what they show must come before the results. */
  readonly written: readonly [stdout: number, stderr: number];
  readonly events: KeptEvents | undefined;
}

/** What a thread tells beside the shared words: look at them, and an outcome that does not fit into them. */
export interface ThreadNews {
  readonly batch: number;
  /** The task whose outcome this is; -1 for none. */
  readonly index: number;
  readonly ok: boolean;
  readonly value: unknown;
  readonly shipped: boolean;
  /** True when the batch is over. */
  readonly end: boolean;
}

/** What a worker answers when it is ready for its first batch. */
export interface Hello {
  /** When, in ms of `now()`. */
  readonly ready: number;
}
