import type { AnyFunction, Shipment } from './contract.ts';
import { WeakValues } from './weak-values.ts';

/*
 * Who is who: things that must be the same thing in every thread and process have names that travel with them.
 */

/** A number that no other thread or process gives: its own part first. */
export const here = `${process.pid.toString(36)}.${Math.random().toString(36).slice(2, 10)}`;

const environments = new WeakMap<object, string>();
let environmentCount = 0;

/** Names an object whose members are variables; in a worker, by the name it had at home. */
export function environmentId(object: object, given?: string): string {
  let id = given ?? environments.get(object);
  if (id === undefined) {
    environmentCount += 1;
    id = `exports ${here}.${environmentCount}`;
  }
  environments.set(object, id);
  return id;
}

/** True for an object whose members are variables. */
export const isEnvironment = (object: object): boolean => environments.has(object);

let classCount = 0;
const classIds = new WeakMap<object, string>();
const classes = new WeakValues<AnyFunction>();

/**
 * A class is the same class wherever it goes, and an instance that comes back is an instance of the class it was: so
 * each class has a name that it keeps on its travels.
 *
 * @param given the name that a class received here has where it comes from
 */
export function classId(cls: AnyFunction, given?: string): string {
  let id = classIds.get(cls);
  if (id === undefined) {
    classCount += 1;
    id = given ?? `class ${here}.${classCount}`;
    classIds.set(cls, id);
    classes.set(id, cls);
  }
  return id;
}

/** The class of that name, if it was made or received here. */
export function classWithId(id: string): AnyFunction | undefined {
  return classes.get(id);
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

/** What brought a class here: it brings it further, too. */
export const broughtBy = new WeakMap<AnyFunction, Shipment>();
