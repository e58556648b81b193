import type { Target } from '../shipping/index.ts';
import type { WorkerDied } from './errors.ts';
import type { PoolJob } from './hand.ts';
import type { Batch, Report } from './protocol.ts';

/** What an engine tells about a worker that lives. */
export interface LinkEvents {
  report(report: Report): void;
  /** Tasks that the worker was asked to leave out and certainly will not begin. Their report follows all the same. */
  left?(batch: number, indices: readonly number[]): void;
  /**
   * Called once, after the last report, unless the worker was never ready.
   *
   * @param begun whether the first task of the batch that was not reported had begun; undefined when nobody knows
   */
  died(death: WorkerDied, begun: boolean | undefined): void;
}

/** A living worker, and the way to talk with it. */
export interface Link {
  /** When it was ready for its first batch; 0 when it is not, but takes one already. */
  readonly ready: number;
  /** Resolves when it is ready, rejects when it ends before; undefined when it was ready from the first. */
  readonly opened?: Promise<unknown> | undefined;
  /** Sends the batch that was made of these jobs; throws when an argument cannot be copied. */
  send(batch: Batch, transfer: unknown[], jobs: readonly PoolJob[]): void;
  /**
   * Takes tasks of the batch back.
   *
   * @returns those that certainly will not begin, the others have; undefined when that is not known: the worker is
   *   asked to leave them out, and reports which it did leave out
   */
  takeBack(indices: readonly number[]): number[] | undefined;
  /** Reports what can be known now, without waiting for a message. */
  look(): void;
  /**
   * When the task began, in ms of `now()`; undefined when it has not, as far as is known. A process tells it of a batch
   * with `announce` only.
   */
  began(index: number): number | undefined;
  /**
   * The task of the batch that the worker began last, by its index, -1 when it has begun none; undefined when that is
   * not known: then it is taken to be the first without a report.
   */
  at(): number | undefined;
  /**
   * Ends the task that runs. Its worker ends with it and `died` follows, or, of a remote one, what became of the rest.
   * No other task of the batch is hit.
   */
  end(index: number): void;
  /** A worker that is busy keeps the program alive; an idle one does not. */
  hold(busy: boolean): void;
}

/** Where the workers of a pool come from: the library that starts, watches and replaces them. One per worker. */
export interface Engine {
  /**
   * Of a `remote` engine a slot is no worker but one message under way: nobody knows where, it may lie in a queue until
   * a report without values says that its first task begins, and the time that a task runs is measured over there.
   */
  readonly kind: Target;
  /**
   * Starts a worker, or takes over the one that replaced the last. Rejects when it ends before it is ready, unless its
   * link says so.
   */
  connect(events: LinkEvents, who: string): Promise<Link>;
  /** Ends the worker, if there is one, and resolves when it is gone. */
  destroy(): Promise<void>;
}
