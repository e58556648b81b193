import type { Content } from './wire.ts';

/**
 * What the two threads of the kernel say to each other.
 *
 * The main thread runs cells and nothing else. A second thread holds all sockets, so that output flows, interrupts
 * arrive and the server is watched while a cell keeps the main thread busy. Requests are known by a number, and a
 * cell by the number of its request.
 */
export type ToCells =
  | { readonly kind: 'request'; readonly id: number; readonly type: string; readonly content: Content }
  /** Never before the reply to the one before: the socket thread holds the queue. */
  | { readonly kind: 'execute'; readonly id: number; readonly content: Content }
  /** Asks whether the event loop turns. */
  | { readonly kind: 'ping' }
  | { readonly kind: 'interrupt'; readonly id: number }
  | { readonly kind: 'processes ended'; readonly id: number; readonly count: number }
  | { readonly kind: 'exit' };

export type ToSockets =
  /** Cells can run; the content answers every kernel_info_request. */
  | { readonly kind: 'ready'; readonly info: Content }
  | { readonly kind: 'reply'; readonly id: number; readonly content: Content }
  | { readonly kind: 'stream'; readonly id: number; readonly name: StreamName; readonly text: string }
  | { readonly kind: 'publish'; readonly id: number; readonly type: string; readonly content: Content }
  | { readonly kind: 'pong' }
  /** A signal asks for what an interrupt_request asks for. */
  | { readonly kind: 'interrupt' }
  | { readonly kind: 'spawned'; readonly id: number; readonly pid: number; readonly detached: boolean }
  | { readonly kind: 'end processes'; readonly id: number }
  /** The main thread is about to exit and waits for `State.closed`. */
  | { readonly kind: 'close' };

export type StreamName = 'stdout' | 'stderr';

/** Words that both threads see at once, whatever the other one is doing: indices of an Int32Array. */
export const State = {
  /** Above 0 while the main thread does work that must not be broken off. */
  critical: 0,
  /** Pieces of output that the socket thread has not taken yet. */
  untaken: 1,
  /** How far the two threads are with breaking off what runs on the main thread: one of `Breaking`. */
  breaking: 2,
  /** 1 when the socket thread has sent everything, ended all processes and closed its sockets. */
  closed: 3,
} as const;

/** The socket thread asks, the main thread gets ready or refuses, the socket thread breaks off what runs there. */
export const Breaking = { off: 0, asked: 1, ready: 2, refused: 3 } as const;

/** With more pieces of output than this on the way, the main thread waits until there are few: memory has an end. */
export const manyUntaken = 5000;
export const fewUntaken = 2500;

export interface SocketsData {
  readonly connectionFile: string;
  readonly state: Int32Array;
}

/** What the socket thread throws into the main thread before it breaks off what runs there; nobody's error. */
export const breakingOff = Symbol.for('interleaved.kernel.breaking-off');

/** Under this global name, what runs on the main thread for the socket thread finds the words of `State`. */
export const stateName = Symbol.for('interleaved.kernel.state');
