import type { Shipment } from '../shipping/index.ts';

/** Tasks for one worker in one message; the worker runs them in order, one at a time. */
export interface Batch {
  readonly batch: number;
  /** Functions that this worker has not received before. */
  readonly definitions: readonly Shipment[] | undefined;
  /** The id of the function of every task, or one id per task. */
  readonly functions: string | readonly string[];
  /** Per task its arguments; with `single`, its only argument. */
  readonly args: readonly unknown[];
  readonly single: boolean;
  /** True when an argument was changed by `shipValue`. */
  readonly shipped: boolean;
}

/** Asks a worker not to begin tasks of the batch that it is at. */
export interface Withdrawal {
  readonly withdraw: number;
  readonly indices: readonly number[];
}

/**
 * What a worker tells about the batch it is at: the outcomes of its tasks `from`, `from + 1`, …
 *
 * A worker reports at the end of a batch, and before that whenever some ms have passed since it last did, so that
 * results arrive while the batch runs and little is lost with a worker that is killed.
 */
export interface Report {
  readonly batch: number;
  readonly from: number;
  /** Per task start and end, in ms of `now()`; start is NaN for a task that was withdrawn. */
  readonly times: ArrayLike<number>;
  /** Per task the result, or what `shipError` made of the error. */
  readonly values: readonly unknown[];
  /** Which of `values` are errors, counted from `from`. */
  readonly failed: readonly number[] | undefined;
  /** True when a result was changed by `shipValue`. */
  readonly shipped: boolean;
  /** True when the batch is over. */
  readonly end: boolean;
  /** Processes only: ms of CPU time since the last report. */
  readonly cpu?: number;
  /** Processes only: bytes written to stdout and stderr so far; what they show must come before the results. */
  readonly written?: readonly [stdout: number, stderr: number];
}

/** What a worker answers when it is ready for its first batch. */
export interface Hello {
  /** When, in ms of `now()`. */
  readonly ready: number;
}
