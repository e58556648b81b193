import type { Target } from '../shipping/index.ts';
import type { WorkerDied } from './errors.ts';
import type { Batch, Report, Withdrawal } from './protocol.ts';

/** What an engine tells about a worker that lives. */
export interface LinkEvents {
  report(report: Report): void;
  /** Called once, after the last report. */
  died(death: WorkerDied): void;
}

/** A living worker, and the way to talk with it. */
export interface Link {
  /** When it was ready for its first batch. */
  readonly ready: number;
  post(message: Batch | Withdrawal, transfer: unknown[]): void;
  /** Ends it at once, whatever it does. `died` follows. */
  kill(): void;
  /** A worker that is busy keeps the program alive; an idle one does not. */
  hold(busy: boolean): void;
}

/** Where the workers of a pool come from: the library that starts, watches and replaces them. One per worker. */
export interface Engine {
  readonly kind: Target & ('thread' | 'process');
  /** Starts a worker, or takes over the one that replaced the last. Rejects when it ends before it is ready. */
  connect(events: LinkEvents, who: string): Promise<Link>;
  /** Ends the worker, if there is one, and resolves when it is gone. */
  destroy(): Promise<void>;
}
