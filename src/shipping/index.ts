import { type AnyFunction, type Shipment, ShippingError, type Target } from './contract.ts';
import { plan } from './plan.ts';
import { receive, receivedBefore } from './receive.ts';
import { registerShippable } from './registry.ts';
import { read, write, writeError } from './values.ts';

export { type AnyFunction, type Shipment, ShippingError, type Target } from './contract.ts';
export { registerShippable, type Travel } from './registry.ts';

registerShippable('ShippingError', ShippingError);

/**
 * Makes a function ready to travel, with all it uses. Cheap for a function that did not change.
 *
 * @throws ShippingError before anything runs, with each name that cannot travel, where it is used and the way out
 */
export function shipFunction(fn: AnyFunction, to: Target): Shipment {
  return plan(fn, to);
}

/**
 * The function of a shipment, built once in this thread or process and kept by its id.
 *
 * @param shipment the shipment, or the id of one that was received here before
 * @throws ShippingError for an id that was never received here
 */
export function receiveFunction(shipment: Shipment | string): AnyFunction {
  if (typeof shipment !== 'string') return receive(shipment);
  const fn = receivedBefore(shipment);
  if (fn === undefined) throw new ShippingError(`No function with the id ${shipment} was received here.`, [shipment]);
  return fn;
}

/**
 * Makes a value ready to travel: arguments on their way to a worker, results on their way home. Plain data comes back
 * as it is, at the cost of one look at it.
 *
 * @param transfer receives what must be in the transfer list of the `postMessage` that carries the value (ports);
 *   without it, such values are refused
 * @param path what a refusal calls the value, such as `args`
 * @throws ShippingError for sockets, streams, proxies and all else that cannot travel, with the path to it
 */
export function shipValue(value: unknown, to: Target, transfer?: unknown[], path = 'value'): unknown {
  return write(value, to, transfer, path);
}

/** The value that `shipValue` made ready on the other side. */
export function receiveValue(value: unknown): unknown {
  return read(value);
}

/**
 * Makes whatever was thrown ready to travel: class, message, cause, own fields, the stack of where it was thrown. Never
 * fails: what cannot travel is replaced by a text that says so.
 */
export function shipError(error: unknown, to: Target): unknown {
  return writeError(error, to);
}

/** What was thrown on the other side, to be thrown again here. */
export function receiveError(value: unknown): unknown {
  return read(value);
}
