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
  /** The key where its bytes lie, if they are large. */
  ref: string | undefined;
  /** Resolves when it is in the server, or never will be. */
  sending: Promise<void> = Promise.resolve();
  /** True once it is in the server. */
  isThere = false;
  /** True when the job of its id is known to be its own: another task may have the same key. */
  isChecked: boolean;
  /** True while its outcome is being read. */
  isReading = false;
  /** How often in a row it was not in the server though it ought to be. */
  missed = 0;
  /** How often the server had lost its bytes, or those of its outcome. */
  losses = 0;
  /** Tasks that are not to begin or to go on. */
  readonly unwanted: Set<number> = new Set();
  /** True while that is on its way to the server. */
  isCalling = false;
  #receivers: Receiver[];
  #hasBegun = false;
  /** Who waits for this one's end to send it again, and how. */
  readonly #followers = new Map<Receiver, () => void>();

  constructor(id: string, bytes: Buffer, receiver: Receiver, print: string | undefined) {
    this.id = id;
    this.bytes = bytes;
    this.#receivers = [receiver];
    this.print = print;
    this.isChecked = print === undefined;
  }

  /** The same key was submitted again while the first is under way. */
  join(receiver: Receiver, print: string | undefined): void {
    if (print === this.print) this.#receivers.push(receiver);
    else queueMicrotask(() => receiver.failed(otherTask()));
  }

  /** The same key was submitted again after the first was called back: that comes when this one is over. */
  follow(receiver: Receiver, send: () => void): void {
    this.#followers.set(receiver, send);
  }

  /** Lets one of several receivers go. False when it is the only one: then the message itself is to be called back. */
  leaves(receiver: Receiver): boolean {
    if (this.#receivers.length === 1 && this.#receivers[0] === receiver) return false;
    this.#followers.delete(receiver);
    this.#receivers = this.#receivers.filter((each) => each !== receiver);
    queueMicrotask(() => receiver.withdrawn());
    return true;
  }

  begun(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    for (const each of this.#receivers) each.begun();
  }

  settled(outcome: Outcome): void {
    this.#end((each) => each.settled(outcome));
  }

  withdrawn(): void {
    this.#end((each) => each.withdrawn());
  }

  vanished(reason: string): void {
    this.#end((each) => each.vanished(reason));
  }

  failed(error: Error): void {
    this.#end((each) => each.failed(error));
  }

  #end(tell: (receiver: Receiver) => void): void {
    for (const each of this.#receivers) tell(each);
    for (const send of this.#followers.values()) send();
  }
}

/** What a caller is told whose key is another task's. */
export function otherTask(): Error {
  return new TypeError(
    'this key is that of a task with another function or other arguments, whose result is kept: choose another key',
  );
}
