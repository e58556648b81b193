import type { Socket } from 'node:net';
import type { MessagePort, Transferable } from 'node:worker_threads';
import { framed, messageIn } from './frame.ts';

/** A line between two threads, of one process or two: what one posts the other hears, in order. Keeps nobody alive. */
export interface Wire {
  readonly to: 'thread' | 'process';
  /** @throws when the message cannot be copied; nothing was sent then */
  post(message: unknown, transfer: readonly unknown[]): void;
  /** True when all that was posted has left this thread, and arrives whatever becomes of it. */
  readonly isOut: boolean;
  /** Ends it when all that was posted has gone out. */
  close(): void;
}

/** What listens at the end of a wire. */
export interface Ear {
  hear(message: unknown): void;
  /** The other side ended it, or ended; called after its last message. */
  closed(): void;
}

/**
 * A wire to another thread of this process.
 *
 * @param word what the other side sleeps on, if it does: counts what was posted
 */
export function portWire(port: MessagePort, ear: Ear, word?: Int32Array): Wire {
  port.on('message', (message) => ear.hear(message));
  port.on('close', () => ear.closed());
  port.unref();
  return {
    to: 'thread',
    isOut: true,
    post(message, transfer) {
      port.postMessage(message, transfer as Transferable[]);
      if (word === undefined) return;
      Atomics.add(word, 0, 1);
      Atomics.notify(word, 0);
    },
    close: () => port.close(),
  };
}

/**
 * A wire to another process, by a local socket.
 *
 * @param secret what the other side must send first; absent on the calling side
 */
export function socketWire(socket: Socket, ear: Ear, secret?: string): Wire {
  const parts: Buffer[] = [];
  let length = 0;
  let next: 'secret' | 'length' | 'message' = secret === undefined ? 'length' : 'secret';
  let needed = secret?.length ?? 4;
  const take = (): Buffer => {
    const bytes = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
    const rest = bytes.subarray(needed);
    parts.length = 0;
    if (rest.length > 0) parts.push(rest);
    length = rest.length;
    return bytes.subarray(0, needed);
  };
  socket.on('data', (chunk: Buffer) => {
    parts.push(chunk);
    length += chunk.length;
    while (length >= needed && !socket.destroyed) {
      const bytes = take();
      if (next === 'length') {
        next = 'message';
        needed = bytes.readUInt32LE();
        continue;
      }
      if (next === 'message') ear.hear(messageIn(bytes));
      else if (bytes.toString('latin1') !== secret) socket.destroy();
      next = 'length';
      needed = 4;
    }
  });
  // 'close' follows every error.
  socket.on('error', () => {});
  socket.on('close', () => ear.closed());
  socket.unref();
  return {
    to: 'process',
    get isOut() {
      return socket.writableLength === 0;
    },
    post(message) {
      if (!socket.destroyed) socket.write(framed(message));
    },
    close: () => socket.end(),
  };
}
