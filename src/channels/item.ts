import { isPlain } from '../executors/outcome.ts';
import { receiveValue, shipValue } from '../shipping/index.ts';

/** Where a value is ready to go: nowhere yet, to other threads, or also to other processes. */
export type Form = 'here' | 'thread' | 'process';

/** Something in a queue. */
export interface Item {
  readonly value: unknown;
  readonly form: Form;
  /** What moves with it instead of being copied, when it goes to a thread: buffers and ports. */
  readonly transfer: readonly unknown[];
}

/**
 * Makes a value ready to go.
 *
 * @throws ShippingError naming what cannot go there
 */
export function pack(value: unknown, form: Form, transfer: readonly unknown[] = []): Item {
  if (form === 'here' || isPlain(value)) return { value, form, transfer };
  const moves = form === 'thread' ? [...transfer] : undefined;
  return { value: shipValue(value, form, moves, 'item'), form, transfer: moves ?? [] };
}

/** The same item ready for one who may be further away than was thought when it was put. */
export function repack(item: Item, form: 'thread' | 'process'): Item {
  // What can go to a process can go to a thread.
  if (item.form === form || item.form === 'process') return item;
  return pack(unpack(item), form, form === 'thread' ? item.transfer : []);
}

/** The value itself, for one who takes it here. */
export function unpack(item: Item): unknown {
  return item.form === 'here' || isPlain(item.value) ? item.value : receiveValue(item.value);
}
