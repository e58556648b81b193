import type { AnyFunction } from './contract.ts';

/** Reads and sets the private fields of one class; a class that shipping built hands it over. */
export interface Keeper {
  /** Fields that construction fills with a function. */
  readonly functionFields: readonly string[];
  read(instance: object): unknown[];
  write(instance: object, values: readonly unknown[]): void;
}

/** The classes that let their private fields be read and set: those that shipping built from source. */
export const keepers = new WeakMap<AnyFunction, Keeper>();

/** What shipping built from source. A worker need not parse it again to know it. */
export const built = new WeakSet<AnyFunction>();

/** Those of them that are strict: of an async function its shape does not tell. */
export const builtStrict = new WeakSet<AnyFunction>();

/**
 * The prototypes of instances that came home with private fields: made by a class that stands in for the one that they
 * are instances of to everybody.
 */
export const standIns = new WeakMap<object, { readonly original: AnyFunction; readonly maker: AnyFunction }>();

/** The class and those it extends, the base class first. */
export function chainOf(cls: AnyFunction): AnyFunction[] {
  const chain: AnyFunction[] = [];
  for (let at: unknown = cls; typeof at === 'function' && at !== Function.prototype; at = Object.getPrototypeOf(at)) {
    chain.unshift(at as AnyFunction);
  }
  return chain;
}
