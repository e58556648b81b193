import { types } from 'node:util';

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
const leaves = new Set<unknown>([ArrayBuffer, Date, RegExp].map(({ prototype }) => prototype));

/** How far the first look goes before it keeps a list of what it has seen, as it must where data may go in circles. */
const firstLook = { depth: 32, objects: 50_000 };

/**
 * True for data that the structured clone carries whole: primitives, and arrays, plain objects, `Map`s, `Set`s, dates,
 * regular expressions, buffers and typed arrays made only of such.
 *
 * @param shared whether memory that threads share may be among it
 * @param seen receives every object of the data; absent, none is listed unless that is needed
 */
export function isPlain(value: unknown, shared: boolean, seen?: Set<object>): boolean {
  switch (typeof value) {
    case 'symbol':
    case 'function':
      return false;
    case 'object':
      break;
    default:
      return true;
  }
  if (value === null) return true;
  if (seen) return isPlainObject(value, shared, 0, seen);
  budget = firstLook.objects;
  const answer = isPlainObject(value, shared, 0, undefined);
  return answer ?? isPlainObject(value, shared, 0, new Set()) ?? false;
}

let budget = 0;

/** Undefined when the data is so deep or so large that the look must begin again with a list. */
function isPlainObject(value: object, shared: boolean, depth: number, seen: Set<object>): boolean;
function isPlainObject(
  value: object,
  shared: boolean,
  depth: number,
  seen: Set<object> | undefined,
): boolean | undefined;
function isPlainObject(
  value: object,
  shared: boolean,
  depth: number,
  seen: Set<object> | undefined,
): boolean | undefined {
  if (seen === undefined) {
    budget -= 1;
    if (budget < 0 || depth > firstLook.depth) return undefined;
  } else {
    if (seen.has(value)) return true;
    seen.add(value);
  }
  if (types.isProxy(value)) return false;
  const inner = (member: unknown): boolean | undefined => {
    if (typeof member === 'object') return member === null || isPlainObject(member, shared, depth + 1, seen);
    return typeof member !== 'function' && typeof member !== 'symbol';
  };
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Array.prototype) {
    for (const member of value as unknown[]) {
      const answer = inner(member);
      if (!answer) return answer;
    }
    return true;
  }
  if (prototype === Object.prototype) {
    if (Object.getOwnPropertySymbols(value).length > 0 || types.isModuleNamespaceObject(value)) return false;
    for (const key in value) {
      const answer = inner((value as Record<string, unknown>)[key]);
      if (!answer) return answer;
    }
    return true;
  }
  if (ArrayBuffer.isView(value))
    return typedArrays.has(prototype) && (shared || !types.isSharedArrayBuffer(value.buffer));
  if (leaves.has(prototype)) return Object.keys(value).length === 0;
  if (prototype === SharedArrayBuffer.prototype) return shared;
  if (prototype === Map.prototype || prototype === Set.prototype) {
    for (const entry of value as Iterable<unknown>) {
      const answer = inner(entry);
      if (!answer) return answer;
    }
    return Object.keys(value).length === 0;
  }
  return false;
}
