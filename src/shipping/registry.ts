import { fileURLToPath } from 'node:url';
import { type AnyFunction, ShippingError, type Target } from './contract.ts';
import { type Origin, originOf, valueFrom } from './modules.ts';
import { here } from './names.ts';

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

/** Where the other side finds the module that registers the class. */
export function whereKnown({ cls, home }: KnownClass): Origin | undefined {
  return home ?? originOf(cls);
}

let count = 0;
const classIds = new WeakMap<object, string>();
const classes = new Map<string, WeakRef<AnyFunction>>();

/**
 * A class is the same class wherever it goes, and an instance that comes back is an instance of the class it was: so
 * each class has a name that it keeps on its travels.
 *
 * @param given the name that a class received here has where it comes from
 */
export function classId(cls: AnyFunction, given?: string): string {
  let id = classIds.get(cls);
  if (id === undefined) {
    count += 1;
    id = given ?? `class ${here}.${count}`;
    classIds.set(cls, id);
    classes.set(id, new WeakRef(cls));
  }
  return id;
}

/** The class of that name, if it was made or received here. */
export function classWithId(id: string): AnyFunction | undefined {
  return classes.get(id)?.deref();
}

const symbols = new Map<string, symbol>();
const symbolIds = new Map<symbol, string>();

/** A symbol that only its own thread knows keeps its identity by a name too. */
export function symbolId(symbol: symbol, given?: string): string {
  let id = symbolIds.get(symbol);
  if (id === undefined) {
    id = given ?? `symbol ${here}.${symbols.size}`;
    symbols.set(id, symbol);
    symbolIds.set(symbol, id);
  }
  return id;
}

/** The symbol of that name, made if it is new here. */
export function symbolWithId(id: string, description: string): symbol {
  const symbol = symbols.get(id) ?? Symbol(description);
  symbolId(symbol, id);
  return symbol;
}

const memoryIds = new WeakMap<SharedArrayBuffer, string>();
let memories = 0;

/** Names shared memory, which is the same memory only if it has the same name. */
export function memoryId(memory: SharedArrayBuffer): string {
  let id = memoryIds.get(memory);
  if (id === undefined) {
    memories += 1;
    id = `memory ${here}.${memories}`;
    memoryIds.set(memory, id);
  }
  return id;
}
