import type { AnyFunction, Shipment } from './contract.ts';
import { decode } from './decode.ts';
import { outgoing } from './later.ts';
import { receiveWithin } from './receive.ts';
import type { Graph } from './wire.ts';

/** By this property a value that was written down is known from one that travels as it is. */
export const mark = 'interleaved:value';

/** A value that was written down. */
export interface ShippedValue {
  readonly [mark]: Graph;
  /** The functions and classes that it needs, by the names it has for them. */
  readonly functions: ReadonlyMap<string, Shipment>;
}

/** See `receiveValue` in `index.ts`. */
export function read(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !(mark in value)) return value;
  const { [mark]: graph, functions } = value as ShippedValue;
  const functionWithId = (id: string): AnyFunction => receiveWithin(functions.get(id) as Shipment);
  return decode(graph, { shared: new Map(), functionWithId, standIn: (cls) => outgoing().standInFor(cls) })[0];
}
