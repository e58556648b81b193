import { inspect } from 'node:util';
import { standInFor } from './compile.ts';
import type { AnyFunction, Shipment, Target } from './contract.ts';
import { ShippingError } from './contract.ts';
import { decode } from './decode.ts';
import { Encoder, type Surrounding } from './encode.ts';
import { originOf } from './modules.ts';
import { isPlain } from './plain.ts';
import { plan } from './plan.ts';
import { receive } from './receive.ts';
import { describeRefused, pathText, type Refusal, refusalError, refusedWithin } from './refusal.ts';
import { isNative } from './shape.ts';
import type { Graph, WireNode } from './wire.ts';

/** By this property a value that was written down is known from one that travels as it is. */
const mark = 'interleaved:value';

interface ShippedValue {
  readonly [mark]: Graph;
  /** The functions and classes that it needs, by the names it has for them. */
  readonly functions: ReadonlyMap<string, Shipment>;
}

/** See `shipValue` in `index.ts`. */
export function write(value: unknown, to: Target, transfer: unknown[] | undefined, path: string): unknown {
  if (isPlain(value, to === 'thread')) return value;
  const refusals: Refusal[] = [];
  const shipped = writeWith(value, to, path, {
    transfer,
    refuse: (_value, at, text) => {
      refusals.push({ name: pathText(at), text });
      return undefined;
    },
  });
  if (refusals.length > 0) throw refusalError(path, to, refusals);
  return shipped;
}

/** See `shipError` in `index.ts`. */
export function writeError(error: unknown, to: Target): unknown {
  if (isPlain(error, to === 'thread')) return error;
  // An error whose class cannot travel is an error of the nearest class that can.
  const refuse = (value: unknown): string => `${inspect(value, { depth: -1 })} cannot be sent`;
  return writeWith(error, to, 'error', { refuse }, (cls) => Object.getPrototypeOf(cls) as AnyFunction);
}

/** @param parentOf gives the class to try in the place of an error's class that cannot travel */
function writeWith(
  value: unknown,
  to: Target,
  path: string,
  how: Pick<Surrounding, 'refuse' | 'transfer'>,
  parentOf?: (cls: AnyFunction) => AnyFunction,
): ShippedValue {
  const functions = new Map<string, Shipment>();
  const callable: Surrounding['callable'] = (fn, at): WireNode => {
    const origin = isNative(fn) ? undefined : originOf(fn);
    if (origin) return ['origin', origin];
    if (isNative(fn)) return ['plain', how.refuse(fn, at, describeRefused(fn))];
    try {
      const shipment = plan(fn, to);
      functions.set(shipment.id, shipment);
      return ['function', shipment.id];
    } catch (error) {
      if (!(error instanceof ShippingError)) throw error;
      if (parentOf && fn.prototype instanceof Error) return callable(parentOf(fn), at);
      return ['plain', how.refuse(fn, at, refusedWithin(error))];
    }
  };
  const encoder = new Encoder({ to, callable, ...how });
  const roots = [encoder.encode(value, { step: path })];
  return { [mark]: { roots, nodes: encoder.nodes }, functions };
}

/** See `receiveValue` in `index.ts`. */
export function read(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !(mark in value)) return value;
  const { [mark]: graph, functions } = value as ShippedValue;
  const functionWithId = (id: string): AnyFunction => receive(functions.get(id) as Shipment);
  return decode(graph, { shared: new Map(), functionWithId, standIn: standInFor })[0];
}
