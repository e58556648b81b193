import { createHash } from 'node:crypto';
import { runInThisContext } from 'node:vm';
import { type AnyFunction, type Shipment, ShippingError, type Target } from './contract.ts';

export { type AnyFunction, type Shipment, ShippingError, type Target } from './contract.ts';

/**
 * Makes a function ready to travel, with all it uses. Cheap for a function that did not change.
 *
 * @throws ShippingError before anything runs, with each name that cannot travel, where it is used and the way out
 */
export function shipFunction(fn: AnyFunction, _to: Target): Shipment {
  const source = fn.toString();
  return {
    id: createHash('sha1').update(source).digest('base64url'),
    name: fn.name || 'anonymous',
    definitions: source,
  };
}

const received = new Map<string, AnyFunction>();

/**
 * The function of a shipment, built once in this thread or process and kept by its id.
 *
 * @param shipment the shipment, or the id of one that was received here before
 * @throws ShippingError for an id that was never received here
 */
export function receiveFunction(shipment: Shipment | string): AnyFunction {
  const id = typeof shipment === 'string' ? shipment : shipment.id;
  let fn = received.get(id);
  if (fn === undefined) {
    if (typeof shipment === 'string') throw new ShippingError(`No function with the id ${id} was received here.`, [id]);
    fn = runInThisContext(`(${String(shipment.definitions)})`, { filename: `cell:${shipment.name}` }) as AnyFunction;
    received.set(id, fn);
  }
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
export function shipValue(value: unknown, _to: Target, _transfer?: unknown[], _path?: string): unknown {
  return value;
}

/** The value that `shipValue` made ready on the other side. */
export function receiveValue(value: unknown): unknown {
  return value;
}

/**
 * Makes whatever was thrown ready to travel: class, message, cause, own fields, the stack of where it was thrown. Never
 * fails: what cannot travel is replaced by a text that says so.
 */
export function shipError(error: unknown, _to: Target): unknown {
  return error;
}

/** What was thrown on the other side, to be thrown again here. */
export function receiveError(value: unknown): unknown {
  return value;
}

/** How the instances of one class of the library travel. */
export interface Travel<T, D> {
  /**
   * The state, as a value that can itself travel.
   *
   * @param transfer receives ports that must be transferred; absent where nothing can be
   * @throws ShippingError when this object cannot go there
   */
  ship(value: T, to: Target, transfer?: unknown[]): D;
  /** The object on the other side, from that state. */
  receive(data: D): T;
}

/**
 * Lets the instances of a class travel in their own way, inside arguments, results and captured variables. Both sides
 * must have loaded the module that calls this.
 *
 * @param name the same on both sides, and unique
 */
export function registerShippable<T extends object, D>(
  _name: string,
  // biome-ignore lint/suspicious/noExplicitAny: a class, whatever its constructor takes.
  _cls: abstract new (...args: any[]) => T,
  _travel: Travel<T, D>,
): void {}
