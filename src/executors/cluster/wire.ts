import { deserialize, serialize } from 'node:v8';
import { registerShippable } from '../../shipping/index.ts';
import { now } from '../../timing/clock.ts';
import { BrokenExecutor, TimeoutError, WorkerDied } from '../errors.ts';
import type { Batch } from '../protocol.ts';

// Both sides of a cluster find these by name: their files may lie elsewhere on another machine.
registerShippable('BrokenExecutor', BrokenExecutor);
registerShippable('TimeoutError', TimeoutError);
registerShippable('WorkerDied', WorkerDied);

/** The name of the BullMQ jobs that hold a batch. */
export const jobName = 'batch';

/** A batch as it travels to a worker of the cluster: it stands alone, so `definitions` holds all that it needs. */
export interface ClusterBatch extends Batch {
  /** What messages call the tasks: one name for all, or one per task. */
  readonly names: string | readonly string[];
  /** Ms from its start after which the task is ended; such a batch is of one task. */
  readonly runTimeout: number | undefined;
}

/** What became of all tasks of a batch, as a worker answers. */
export interface Outcome {
  /** Per task start and end, in ms since 1970 with fractions (see `wallTime`); NaN for a task that was withdrawn. */
  readonly times: readonly number[];
  /** Per task the result, or what `shipError` made of the error. */
  readonly values: readonly unknown[];
  /** Which of `values` are errors, in order. */
  readonly failed: readonly number[] | undefined;
  /** True when a result was changed by `shipValue`. */
  readonly shipped: boolean;
  /** What timelines call the worker. */
  readonly lane: string;
}

/** What a caller says about a job under way, by `controlChannel`. It may be said again. */
export interface Control {
  readonly id: string;
  /** The seal of the job that is meant; under a key, others of the same id may follow it. */
  readonly of?: string;
  /**
   * Tasks that nobody waits for: those that have not begun are left out, and if one of them runs it is ended (a caller
   * does not know which one runs). The others go on.
   */
  readonly withdraw: readonly number[];
}

/** The bytes of any of these three. May throw: what cannot be copied has no bytes. */
export function toBytes(message: ClusterBatch | Outcome | Control): Buffer {
  return serialize(message);
}

/** Only for bytes whose seal was checked: reading them may run code. */
export function batchFrom(bytes: Uint8Array): ClusterBatch {
  return deserialize(bytes) as ClusterBatch;
}

/** Only for bytes whose seal was checked. */
export function outcomeFrom(bytes: Uint8Array): Outcome {
  return deserialize(bytes) as Outcome;
}

/** Only for bytes whose seal was checked. */
export function controlFrom(bytes: Uint8Array): Control {
  return deserialize(bytes) as Control;
}

/** Where callers speak of jobs under way. */
export function controlChannel({ prefix, queue }: { readonly prefix: string; readonly queue: string }): string {
  return `${prefix}:${queue}:control`;
}

/** What to add to `now()` for ms since 1970: what clocks of two machines have in common. */
export function wallOffset(): number {
  return performance.timeOrigin + performance.now() - now();
}
