import type { AnyFunction } from './contract.ts';
import { privateFieldsOf } from './inspect.ts';
import { originOf } from './modules.ts';
import { isNative, textOf } from './shape.ts';
import { sourceOf } from './source.ts';
import type { Base } from './wire.ts';

/** Reads and sets the private fields of one class; a class that shipping built hands it over. */
export interface Keeper {
  read(instance: object): unknown[];
  write(instance: object, values: readonly unknown[]): void;
}

/** The classes that let their private fields be read and set: those that shipping built from source. */
export const keepers = new WeakMap<AnyFunction, Keeper>();

/**
 * The prototypes of instances that came home with private fields: made by a class that stands in for the one that they
 * are instances of to everybody.
 */
export const standIns = new WeakMap<object, { readonly original: AnyFunction; readonly maker: AnyFunction }>();

/** The class of an object; undefined for one whose prototype belongs to no class. */
export function classOf(value: object): AnyFunction | undefined {
  const prototype: object | null = Object.getPrototypeOf(value);
  if (prototype === null) return undefined;
  const standIn = standIns.get(prototype);
  if (standIn) return standIn.original;
  const cls: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  return typeof cls === 'function' && cls.prototype === prototype ? (cls as AnyFunction) : undefined;
}

/** The class and those it extends, the base class first. */
export function chainOf(cls: AnyFunction): AnyFunction[] {
  const chain: AnyFunction[] = [];
  for (let at: unknown = cls; typeof at === 'function' && at !== Function.prototype; at = Object.getPrototypeOf(at)) {
    chain.unshift(at as AnyFunction);
  }
  return chain;
}

/** The classes of the engine and of Node whose instances are data, so that a class may extend them. */
const bases = new Map<unknown, Base>([
  [Array, 'array'],
  [Map, 'map'],
  [Object, 'object'],
  [Set, 'set'],
]);

/** What there is to know of a class before its instances are written down. */
export interface Kind {
  /** What an instance must be made from; undefined when it is more than data, as a socket. */
  readonly base: Base | undefined;
  /** The classes of the chain that have private fields, the base class first. */
  readonly privates: readonly AnyFunction[];
  /** One of them that comes from a module, so that it cannot be built in another way. */
  readonly foreign: AnyFunction | undefined;
}

const kinds = new WeakMap<AnyFunction, Kind>();

/** What there is to know of a class. */
export function kindOf(cls: AnyFunction): Kind {
  let kind = kinds.get(cls);
  if (kind === undefined) {
    const privates = privateChain(cls);
    kind = { base: baseOf(cls), privates, foreign: privates.find((one) => originOf(one) !== undefined) };
    kinds.set(cls, kind);
  }
  return kind;
}

function baseOf(cls: AnyFunction): Base | undefined {
  if (cls === Error || cls.prototype instanceof Error) return 'error';
  for (const one of chainOf(cls)) {
    const base = bases.get(one);
    if (base) return base;
    const origin = originOf(one);
    const isEmitter = origin?.from === 'builtin' && one.name === 'EventEmitter';
    if (isEmitter) continue;
    if (origin && origin.from !== 'file') return undefined;
    // A class that neither was imported nor has a source belongs to native code.
    if (!origin && isNative(one)) return undefined;
  }
  return 'object';
}

const fieldNames = new WeakMap<AnyFunction, readonly string[]>();

/** The private fields that the class itself gives to an instance. */
function privateNames(cls: AnyFunction): readonly string[] {
  let names = fieldNames.get(cls);
  if (names === undefined) {
    const text = textOf(cls);
    names = text.startsWith('class') && text.includes('#') ? sourceOf(text).privateFields : [];
    fieldNames.set(cls, names);
  }
  return names;
}

/** The classes of the chain that have private fields, the base class first. */
export function privateChain(cls: AnyFunction): AnyFunction[] {
  return chainOf(cls).filter((one) => keepers.has(one) || privateNames(one).length > 0);
}

/** The values of an instance's private fields, per class of its `privateChain`. */
export function readPrivates(instance: object, cls: AnyFunction): unknown[][] {
  const chain = kindOf(standIns.get(Object.getPrototypeOf(instance))?.maker ?? cls).privates;
  if (chain.every((one) => keepers.has(one))) {
    return chain.map((one) => (keepers.get(one) as Keeper).read(instance));
  }
  // The inspector lists them in the same order; a field that hides one of the same name comes after it.
  const fields = privateFieldsOf(instance);
  return chain.map((one) =>
    privateNames(one).map((name) => {
      const index = fields.findIndex((field) => field.name === name);
      return index < 0 ? undefined : fields.splice(index, 1)[0]?.value;
    }),
  );
}
