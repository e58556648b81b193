import type { AnyFunction } from './contract.ts';
import { privateFieldsOf } from './inspect.ts';
import { built, chainOf, type Keeper, keepers, standIns } from './keepers.ts';
import { originOf } from './modules.ts';
import { isNative, textOf } from './shape.ts';
import { type Source, sourceOf } from './source.ts';
import type { Base } from './wire.ts';

/** The class of an object; undefined for one whose prototype belongs to no class. */
export function classOf(value: object): AnyFunction | undefined {
  const prototype: object | null = Object.getPrototypeOf(value);
  if (prototype === null) return undefined;
  const standIn = standIns.get(prototype);
  if (standIn) return standIn.original;
  const cls: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  return typeof cls === 'function' && cls.prototype === prototype ? (cls as AnyFunction) : undefined;
}

/** The classes of the engine and of Node whose instances are data, so that a class may extend them. */
const bases = new Map<unknown, Base>([
  [Array, 'array'],
  [Map, 'map'],
  [Object, 'object'],
  [Set, 'set'],
]);

/** What there is to know of a class before its instances are written down. */
interface Kind {
  /** What an instance must be made from; undefined when it is more than data, as a socket. */
  readonly base: Base | undefined;
  /** The classes that keep fields which only construction can give to an instance, the base class first. */
  readonly keeping: readonly AnyFunction[];
  /** Fields that each instance gets by its construction. */
  readonly functionFields: readonly string[];
  /** One of the classes that comes from a module, so that it cannot be built in another way. */
  readonly foreign: AnyFunction | undefined;
}

const kinds = new WeakMap<AnyFunction, Kind>();

/** What there is to know of a class. */
export function kindOf(cls: AnyFunction): Kind {
  let kind = kinds.get(cls);
  if (kind === undefined) {
    const keeping = keepingChain(cls);
    const functionFields = keeping.flatMap((one) => builtFields(one).functionFields);
    const foreign = keeping.find((one) => originOf(one) !== undefined);
    kind = { base: baseOf(cls), keeping, functionFields, foreign };
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

type BuiltFields = Pick<Source, 'functionFields' | 'privateFields'>;

const fields = new WeakMap<AnyFunction, BuiltFields>();
const none: BuiltFields = { functionFields: [], privateFields: [] };

/** The fields of a class itself that only construction gives to an instance: private ones, and functions of its own. */
function builtFields(cls: AnyFunction): BuiltFields {
  let found = fields.get(cls);
  if (found === undefined && built.has(cls)) return { ...none, ...keepers.get(cls) };
  if (found === undefined) {
    const text = textOf(cls);
    found = /^class\b.*(#|=>|\bfunction\b)/s.test(text) ? sourceOf(text) : none;
    fields.set(cls, found);
  }
  return found;
}

/** The classes of the chain that keep such fields, the base class first. */
function keepingChain(cls: AnyFunction): AnyFunction[] {
  return chainOf(cls).filter((one) => {
    const { functionFields, privateFields } = builtFields(one);
    return keepers.has(one) || functionFields.length + privateFields.length > 0;
  });
}

/** The values of an instance's private fields, per class of its `keepingChain`. */
export function readPrivates(instance: object, cls: AnyFunction): unknown[][] {
  const chain = kindOf(standIns.get(Object.getPrototypeOf(instance))?.maker ?? cls).keeping;
  if (chain.every((one) => keepers.has(one))) {
    return chain.map((one) => (keepers.get(one) as Keeper).read(instance));
  }
  if (chain.every((one) => builtFields(one).privateFields.length === 0)) return chain.map(() => []);
  // The inspector lists them in the same order; a field that hides one of the same name comes after it.
  const found = privateFieldsOf(instance);
  return chain.map((one) =>
    builtFields(one).privateFields.map((name) => {
      const index = found.findIndex((field) => field.name === name);
      return index < 0 ? undefined : found.splice(index, 1)[0]?.value;
    }),
  );
}
