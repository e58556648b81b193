import type { Content } from './wire.ts';

/**
 * What the two threads of the kernel say to each other.
 *
 * The main thread runs cells and nothing else. A second thread holds all sockets, so that output flows, interrupts
 * arrive and the server is watched while a cell keeps the main thread busy. Requests are known by a number.
 */
export type ToCells =
  | { readonly kind: 'request'; readonly id: number; readonly type: string; readonly content: Content }
  /** Never before the reply to the one before: the socket thread holds the queue. */
  | { readonly kind: 'execute'; readonly id: number; readonly content: Content }
  | { readonly kind: 'exit' };

export type ToSockets =
  /** Cells can run; the content answers every kernel_info_request. */
  | { readonly kind: 'ready'; readonly info: Content }
  | { readonly kind: 'reply'; readonly id: number; readonly content: Content }
  | { readonly kind: 'stream'; readonly id: number; readonly name: StreamName; readonly text: string }
  | { readonly kind: 'publish'; readonly id: number; readonly type: string; readonly content: Content };

export type StreamName = 'stdout' | 'stderr';
