import { createHash } from 'node:crypto';
import type { Outcome } from './wire.ts';

/** Who waits for a message's outcome. Of the last four, one is called, once. */
export interface Receiver {
  /** A worker has it. */
  begun(): void;
  settled(outcome: Outcome): void;
  /** None of its tasks began, and none will. */
  withdrawn(): void;
  /** Every worker that had it vanished, as often as is allowed. */
  vanished(reason: string): void;
  /** It could not be sent, or was refused. */
  failed(error: Error): void;
}

/** A message under way, as its caller knows it. */
export class Message {
  readonly id: string;
  /** Kept until it is answered, should the server lose it. */
  readonly bytes: Buffer;
  /** Tells apart tasks that were given the same key. */
  readonly print: string | undefined;
  /** Resolves when it is in the server, or never will be. */
  sending: Promise<void> = Promise.resolve();
  /** True once it is in the server. */
  isThere = false;
  /** True while its outcome is being read. */
  isReading = false;
  /** How often in a row it was not in the server though it ought to be. */
  missed = 0;
  /** Tasks that are not to begin or to go on. */
  readonly unwanted: Set<number> = new Set();
  /** True while that is on its way to the server. */
  isCalling = false;
  #receivers: Receiver[];

  constructor(id: string, bytes: Buffer, receiver: Receiver, print: string | undefined) {
    this.id = id;
    this.bytes = bytes;
    this.#receivers = [receiver];
    this.print = print;
  }

  /** The same key was submitted again while the first is under way. */
  join(receiver: Receiver, print: string | undefined): void {
    if (print === this.print) this.#receivers.push(receiver);
    else queueMicrotask(() => receiver.failed(otherTask()));
  }

  /** Lets one of several receivers go. False when it is the only one: then the message itself is to be called back. */
  leaves(receiver: Receiver): boolean {
    if (this.#receivers.length === 1) return false;
    this.#receivers = this.#receivers.filter((each) => each !== receiver);
    queueMicrotask(() => receiver.withdrawn());
    return true;
  }

  begun(): void {
    for (const each of this.#receivers) each.begun();
  }

  settled(outcome: Outcome): void {
    for (const each of this.#receivers) each.settled(outcome);
  }

  withdrawn(): void {
    for (const each of this.#receivers) each.withdrawn();
  }

  vanished(reason: string): void {
    for (const each of this.#receivers) each.vanished(reason);
  }

  failed(error: Error): void {
    for (const each of this.#receivers) each.failed(error);
  }
}

/** The id of the job that holds the task with a key: the same whoever submits it, whenever. */
export function keyedId(key: string): string {
  return `key-${createHash('sha256').update(key).digest('base64url')}`;
}

/** What is the same for two submits of the same function with the same arguments. */
export function printOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('base64url');
}

/** What a caller is told whose key is another task's. */
export function otherTask(): Error {
  return new TypeError(
    'this key is that of a task with another function or other arguments, whose result is kept: choose another key',
  );
}
