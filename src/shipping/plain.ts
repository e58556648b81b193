import * as types from 'node:util/types';

const typedArrays = new Set<unknown>(
  [
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array,
    DataView,
  ].map(({ prototype }) => prototype),
);
// Newer than the types of Node that we compile with.
typedArrays.add((globalThis as { Float16Array?: { prototype: object } }).Float16Array?.prototype);
const leaves = new Set<unknown>([ArrayBuffer, Date, RegExp].map(({ prototype }) => prototype));

/**
 * How far the first look goes, which follows data by recursion and keeps no list of what it has seen. It finds a cycle
 * by its depth.
 */
const firstLook = { depth: 32, objects: 50_000 };
/** The structured clone gives up where data is some thousand levels deep. */
const deepest = 1000;
/** Looking for named properties of an array takes time; nobody puts them on a long one. */
const longest = 100;
let budget = 0;

/**
 * True for data that the structured clone carries whole: primitives, and arrays, plain objects, `Map`s, `Set`s, dates,
 * regular expressions, buffers and typed arrays made only of such.
 *
 * @param shared whether memory that threads share may be among it
 */
export function isPlain(value: unknown, shared: boolean): boolean {
  return isPlainAtOnce(value, shared) ?? listPlain(value, shared) !== undefined;
}

/** The same at little cost; undefined for data that is large, deep or goes in circles. */
export function isPlainAtOnce(value: unknown, shared: boolean): boolean | undefined {
  budget = firstLook.objects;
  try {
    return look(value, shared, firstLook.depth);
  } catch {
    return false; // a getter threw: it travels as a getter
  }
}

/** Undefined when the data is too deep or too large for this look. */
function look(value: unknown, shared: boolean, depth: number): boolean | undefined {
  if (typeof value !== 'object') return typeof value !== 'function' && typeof value !== 'symbol';
  if (value === null) return true;
  budget -= 1;
  if (budget < 0 || depth < 0) return undefined;
  const contents = contentsOf(value, shared);
  if (typeof contents === 'boolean') return contents;
  if (contents === undefined) {
    for (const key in value) {
      const answer = look((value as Record<string, unknown>)[key], shared, depth - 1);
      if (!answer) return answer;
    }
    return true;
  }
  for (const member of contents) {
    const answer = look(member, shared, depth - 1);
    if (!answer) return answer;
  }
  return true;
}

/** All objects of plain data; undefined when it is not plain. */
export function listPlain(value: unknown, shared: boolean): Set<object> | undefined {
  const seen = new Set<object>();
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > deepest) return undefined;
    const below: unknown[] = [];
    for (const next of level) {
      if (typeof next === 'function' || typeof next === 'symbol') return undefined;
      if (typeof next !== 'object' || next === null || seen.has(next)) continue;
      seen.add(next);
      const contents = contentsOf(next, shared);
      if (contents === false) return undefined;
      if (contents !== true) for (const member of contents ?? Object.values(next)) below.push(member);
    }
    level = below;
  }
  return seen;
}

/** True and false answer the question; else the values that decide it, or nothing for those of the object's keys. */
function contentsOf(value: object, shared: boolean): boolean | Iterable<unknown> | undefined {
  if (types.isProxy(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Array.prototype) {
    const array = value as unknown[];
    return array.length <= longest && Object.keys(array).length > array.length ? false : array;
  }
  if (prototype === Object.prototype) {
    return Object.getOwnPropertySymbols(value).length > 0 || types.isArgumentsObject(value) ? false : undefined;
  }
  if (ArrayBuffer.isView(value)) {
    return typedArrays.has(prototype) && (shared || !types.isSharedArrayBuffer(value.buffer));
  }
  if (prototype === SharedArrayBuffer.prototype) return shared;
  if (leaves.has(prototype)) return Object.keys(value).length === 0;
  if (prototype !== Map.prototype && prototype !== Set.prototype) return false;
  return Object.keys(value).length === 0 && (value as Iterable<unknown>);
}

/** True for arrays and plain objects of primitives that are surely alike; false also says that nobody looked. */
export function isSameData(a: unknown, b: unknown, depth = firstLook.depth): boolean {
  if (typeof a !== 'object' || a === null) return Object.is(a, b);
  if (typeof b !== 'object' || b === null || depth < 0 || types.isProxy(a)) return false;
  const prototype: unknown = Object.getPrototypeOf(a);
  if (prototype !== Object.getPrototypeOf(b)) return false;
  if (prototype === Array.prototype) {
    const [left, right] = [a as unknown[], b as unknown[]];
    if (left.length !== right.length) return false;
    for (let at = 0; at < left.length; at += 1) if (!isSameData(left[at], right[at], depth - 1)) return false;
    return true;
  }
  if (prototype !== Object.prototype || Object.getOwnPropertySymbols(a).length > 0) return false;
  const keys = Object.keys(a);
  const others = Object.keys(b);
  const isSame = (key: string, at: number): boolean =>
    key === others[at] && isSameData(Reflect.get(a, key), Reflect.get(b, key), depth - 1);
  return keys.length === others.length && keys.every(isSame);
}
