import type { WorkerDied } from './errors.ts';
import type { Batch, Report } from './protocol.ts';

/** What an engine tells about a worker that lives. */
export interface LinkEvents {
  report(report: Report): void;
  /**
   * Called once, after the last report.
   *
   * @param begun whether the first task of the batch that was not reported had begun; undefined when nobody knows
   */
  died(death: WorkerDied, begun: boolean | undefined): void;
}

/** A living worker, and the way to talk with it. */
export interface Link {
  /** When it was ready for its first batch. */
  readonly ready: number;
  /** Sends a batch; throws when an argument cannot be copied. */
  send(batch: Batch, transfer: unknown[]): void;
  /**
   * Takes tasks of the batch back.
   *
   * @returns those that certainly will not begin, the others have; undefined when that is not known: the worker is
   *   asked to leave them out, and reports which it did leave out
   */
  takeBack(indices: readonly number[]): number[] | undefined;
  /** Reports what can be known now, without waiting for a message. */
  look(): void;
  /** Ends the task that runs, and with it the worker; `died` follows. No other task of the batch is hit. */
  end(index: number): void;
  /** A worker that is busy keeps the program alive; an idle one does not. */
  hold(busy: boolean): void;
}

/** Where the workers of a pool come from: the library that starts, watches and replaces them. One per worker. */
export interface Engine {
  readonly kind: 'thread' | 'process';
  /** Starts a worker, or takes over the one that replaced the last. Rejects when it ends before it is ready. */
  connect(events: LinkEvents, who: string): Promise<Link>;
  /** Ends the worker, if there is one, and resolves when it is gone. */
  destroy(): Promise<void>;
}
