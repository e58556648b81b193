import { inspect } from 'node:util';
import type { AnyFunction, Shipment, Target } from './contract.ts';
import { ShippingError } from './contract.ts';
import { Encoder, type Surrounding } from './encode.ts';
import { importNode } from './modules.ts';
import { plan } from './plan.ts';
import { describeRefused, pathText, type Refusal, refusalError, refusedWithin } from './refusal.ts';
import { isNative } from './shape.ts';
import { mark, type ShippedValue } from './values.ts';
import type { WireNode } from './wire.ts';

/*
 * The half of shipping that sends. It reads sources, asks the inspector and writes values down: much code, which a
 * worker that only gives back plain data need not load.
 */

export { plan } from './plan.ts';
export { standInFor } from './stand-in.ts';

/** See `shipValue` in `index.ts`; for values that are not plain data. */
export function write(value: unknown, to: Target, transfer: unknown[] | undefined, path: string): unknown {
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

/** See `shipError` in `index.ts`; for what is not plain data. */
export function writeError(error: unknown, to: Target): unknown {
  // An error whose class cannot travel is an error of the nearest class that can.
  const refuse = (value: unknown): string => `${inspect(value, { depth: -1, customInspect: false })} cannot be sent`;
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
    if (isNative(fn)) return ['plain', how.refuse(fn, at, describeRefused(fn))];
    const imported = importNode(fn);
    if (imported) return imported;
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
