import { types } from 'node:util';

/**
 * The same text for the same state: plain data, arrays, maps, sets, typed arrays and models by their fields. Functions
 * count by their names. An object that is met again is named by its place in the order of first meetings.
 */
export function keyOf(value: unknown, met: Map<object, number> = new Map()): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return `ƒ${value.name}`;
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value);
  const before = met.get(value);
  if (before !== undefined) return `#${before}`;
  met.set(value, met.size);
  if (Array.isArray(value)) return `[${value.map((one) => keyOf(one, met)).join()}]`;
  if (ArrayBuffer.isView(value)) return `[${Array.from(value as Uint8Array).join()}]`;
  if (types.isMap(value) || types.isSet(value)) return `${value.constructor.name}${keyOf([...value], met)}`;
  if (types.isDate(value)) return `Date ${value.getTime()}`;
  let text = '{';
  for (const name of Object.keys(value)) text += `${name}:${keyOf((value as Record<string, unknown>)[name], met)},`;
  return `${text}}`;
}

/** The fields of a state in a few words each, for a reader: `count: 1`, `lock: held by A`. */
export function wordsOf(state: object, names: readonly string[]): string[] {
  return Object.entries(state)
    .filter(([, value]) => typeof value !== 'function')
    .map(([name, value]) => `${name}: ${word(value, names)}`);
}

/** A model tells its own state by this method. */
export const tell: unique symbol = Symbol('tell') as never;

function word(value: unknown, names: readonly string[]): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'function') return 'ƒ';
  if (typeof value !== 'object' || value === null) return String(value);
  if (tell in value) return (value[tell] as (names: readonly string[]) => string)(names);
  if (types.isMap(value) || types.isSet(value)) return `{${[...value].map((one) => word(one, names)).join(', ')}}`;
  if (ArrayBuffer.isView(value)) return `[${Array.from(value as Uint8Array).join(', ')}]`;
  if (Array.isArray(value)) return `[${value.map((one) => word(one, names)).join(', ')}]`;
  const fields = Object.entries(value).map(([name, one]) => `${name}: ${word(one, names)}`);
  return `{${fields.join(', ')}}`;
}
