import { type AnyFunction, type Shipment, ShippingError, type Target } from './contract.ts';
import { outgoing } from './later.ts';
import { isPlain } from './plain.ts';
import { forget, receive, receivedBefore } from './receive.ts';
import { registerShippable } from './registry.ts';
import { read } from './values.ts';

export { type AnyFunction, type Shipment, ShippingError, type Target } from './contract.ts';
export { registerShippable, type Travel } from './registry.ts';

registerShippable('ShippingError', ShippingError);

/**
 * Makes a function ready to travel, with all it uses: functions and classes of its cells or modules by their source,
 * imported values by module and name, data as it is now. Cheap for a function that did not change.
 *
 * In the worker a captured variable is a copy: what the function assigns there stays there, where all functions that
 * were sent with the same captured value share it, as one module's functions would, while one of them is in use. When
 * the value changes here, the next call of `shipFunction` gives another shipment. Memory that threads share stays
 * shared. A class takes its present static fields along; its static blocks run again. A function's own properties
 * travel with it.
 *
 * @param fn a function of a cell, a script or a module
 * @throws ShippingError before anything runs, with each name that cannot travel, where it is used and the way out
 */
export function shipFunction(fn: AnyFunction, to: Target): Shipment {
  return outgoing().plan(fn, to);
}

/**
 * The function of a shipment, built once in this thread or process and kept by its id until `forgetFunction`.
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

/** Forgets the function of a shipment, and with it the captured data that no other function here shares. */
export function forgetFunction(id: string): void {
  forget(id);
}

/**
 * Makes a value ready to travel: arguments on their way to a worker, results on their way home. Plain data comes back
 * as it is, at the cost of one look at it. Functions travel as with `shipFunction`. Instances travel by class and
 * fields, the private ones included; no constructor's body runs, but field initialisers may where there are private
 * fields, and those take some 0.1 ms an instance. A getter of a plain object whose other members are all data travels
 * as the value it has.
 *
 * @param transfer receives what must be in the transfer list of the `postMessage` that carries the value (ports);
 *   without it, such values are refused
 * @param path what a refusal calls the value, such as `args[0]`
 * @throws ShippingError for sockets, streams, proxies and all else that cannot travel, with the path to it
 */
export function shipValue(value: unknown, to: Target, transfer?: unknown[], path = 'value'): unknown {
  return isPlain(value, to === 'thread') ? value : outgoing().write(value, to, transfer, path);
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
  try {
    return isPlain(error, to === 'thread') ? error : outgoing().writeError(error, to);
  } catch {
    return 'What was thrown cannot be sent: to read it throws.'; // a getter, or Error.prepareStackTrace
  }
}

/** What was thrown on the other side, to be thrown again here. */
export function receiveError(value: unknown): unknown {
  return read(value);
}
