import { CancelledError, TimeoutError } from '../executors/errors.ts';
import { QueueBroken, QueueClosed } from './errors.ts';

/** What can be waited for. */
export type Kind = 'get' | 'put';
/** What the holder of an end may do with it: an end of a pipe either takes from a queue or puts into it. */
export type Role = 'both' | Kind;

/** What is asked of a queue. */
export interface Ask {
  readonly kind: Kind | 'size';
  readonly value?: unknown;
  /** Buffers and ports that move with the value. */
  readonly transfer?: readonly unknown[];
  /** Ms to wait at most. */
  readonly timeout?: number | undefined;
}

/** Called once: with the value (of a get, or the size), or with an error. */
export type Done = (error: Error | undefined, value?: unknown) => void;

/** Tells one what it gets; or, in its place, that this cannot be read here. */
export function tellValue(done: Done, read: () => unknown): void {
  let value: unknown;
  try {
    value = read();
  } catch (error) {
    done(error as Error);
    return;
  }
  done(undefined, value);
}

/** How a queue is found from another thread or process. The same whenever the queue is sent. */
export interface Address {
  readonly id: string;
  readonly maxsize: number;
  readonly pid: number;
  readonly thread: number;
  /** The local socket at which the process is called, and what the caller must say first. */
  readonly path: string;
  readonly secret: string;
}

/** Called at the end of one who was given an end, with what went wrong there, if anything did. */
export type Leave = (wrong: string | undefined) => void;

/** A queue as its user's thread has it: the queue itself, or the far end of a line to it. */
export interface Core {
  readonly address: Address;
  /** @returns takes the ask back; the outcome is told all the same, as it may be on its way */
  request(ask: Ask, done: Done): () => void;
  close(): void;
  /** An end is about to be sent: whoever gets it will call. */
  share(to: 'thread' | 'process'): void;
  /** A thread, process or task was given an end. */
  give(role: Role): Leave;
  toString(): string;
}

/** Why an ask failed, in a form that travels. */
export type Failure = 'timeout' | 'cancelled' | 'closed' | 'broken';

export function errorOf(failure: Failure, text: string): Error {
  const cls = { timeout: TimeoutError, cancelled: CancelledError, closed: QueueClosed, broken: QueueBroken }[failure];
  return new cls(text);
}
