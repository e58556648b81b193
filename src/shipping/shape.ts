import type { AnyFunction } from './contract.ts';
import type { Source } from './source.ts';

/** The text of a function, also of one that has a `toString` of its own. */
export const textOf = (fn: object): string => Function.prototype.toString.call(fn);

/** The name of a function; a class may have a static member in its place. */
export const nameOf = ({ name }: { readonly name: unknown }): string => (typeof name === 'string' ? name : '');

/** True for functions of the engine or of native code, and for bound ones. */
export const isNative = (fn: object): boolean => / \{ \[native code\] \}$/.test(textOf(fn));

/** The data that hangs on a function or class: static fields, and whatever was put there. */
export function ownKeys(fn: AnyFunction): PropertyKey[] {
  const keys: PropertyKey[] = Object.keys(fn);
  for (const symbol of Object.getOwnPropertySymbols(fn)) {
    if (Object.prototype.propertyIsEnumerable.call(fn, symbol)) keys.push(symbol);
  }
  return keys.filter((key) => Object.getOwnPropertyDescriptor(fn, key)?.writable === true);
}

/** Why a function or class is more than its source says; undefined if it is not. */
export function changedShape(fn: AnyFunction, text: string, { isPlainFunction, kind }: Source): string | undefined {
  const prototype = fn.prototype as object | undefined;
  if (kind !== 'class') {
    const isOldClass =
      isPlainFunction &&
      prototype !== undefined &&
      (Reflect.ownKeys(prototype).length > 1 || Object.getPrototypeOf(prototype) !== Object.prototype);
    return isOldClass
      ? 'is a class written as a function, whose methods its source does not show. Write a class.'
      : undefined;
  }
  const isWritten = (value: unknown): boolean =>
    value === undefined || value === fn || (typeof value === 'function' && text.includes(textOf(value)));
  for (const object of [prototype ?? {}, fn]) {
    for (const key of Reflect.ownKeys(object)) {
      const property = Object.getOwnPropertyDescriptor(object, key);
      const isData = object === fn && (property?.enumerable || ['length', 'name', 'prototype'].includes(key as string));
      if (isData || !property || [property.get, property.set, property.value].every(isWritten)) continue;
      return (
        `was changed after it was written: its source does not show ${String(key)} as it is now ` +
        '(a decorator, or a member put there later). Write the member in the class.'
      );
    }
  }
  return undefined;
}

/** A name for a variable that nothing in the text can mean. */
export function unusedName(text: string): string {
  let name = '$scope';
  while (text.includes(name)) name += '_';
  return name;
}
