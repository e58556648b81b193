import { fileURLToPath } from 'node:url';
import { type AnyFunction, ShippingError, type Target } from './contract.ts';
import { type Origin, valueFrom } from './origin.ts';

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

export interface KnownClass {
  readonly name: string;
  readonly cls: AnyFunction;
  readonly travel: Travel<object, unknown> | undefined;
  /** The module that registers it, where it said so. */
  readonly home: Origin | undefined;
}

const byName = new Map<string, KnownClass>();
const byPrototype = new Map<unknown, KnownClass>();

/**
 * Lets the instances of a class of the library travel in their own way, inside arguments, results and captured
 * variables. Both sides must have loaded the module that calls this, or `home` says which it is.
 *
 * @param name the same on both sides, and unique
 * @param travel how; absent, an instance travels by its fields and only the class is found by its name, as an error's
 * @param home the `import.meta.url` of the module that calls this: the other side loads it when it must
 * @example
 * registerShippable('Pair', Pair, { ship: ({ a, b }) => [a, b], receive: ([a, b]) => new Pair(a, b) });
 */
export function registerShippable<T extends object, D>(
  name: string,
  // biome-ignore lint/suspicious/noExplicitAny: a class, whatever its constructor takes.
  cls: abstract new (...args: any[]) => T,
  travel?: Travel<T, D>,
  home?: string,
): void {
  const known: KnownClass = {
    name,
    cls: cls as unknown as AnyFunction,
    travel: travel as Travel<object, unknown> | undefined,
    home: home === undefined ? undefined : { from: 'file', id: fileURLToPath(home), keys: [] },
  };
  byName.set(name, known);
  byPrototype.set(cls.prototype, known);
}

/** What is known of a class by its prototype. */
export function knownClass(prototype: unknown): KnownClass | undefined {
  return byPrototype.get(prototype);
}

/** The class that was registered with that name, here or by the module that must be loaded for it. */
export function classNamed(name: string, from: Origin | undefined): KnownClass {
  if (!byName.has(name) && from) valueFrom(from);
  const known = byName.get(name);
  if (known) return known;
  throw new ShippingError(`${name} is not known here: import the module of the library that has it.`, [name]);
}
