import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import type { AnyFunction } from './contract.ts';
import { bare } from './decode.ts';
import { surroundingsOf } from './inspect.ts';
import { built, chainOf, standIns } from './instances.ts';
import { originOf } from './modules.ts';
import { fileName, meaningOf } from './names.ts';
import { isNative, nameOf, textOf, unusedName } from './shape.ts';
import { sourceOf } from './source.ts';

/**
 * Makes a function or class from an expression.
 *
 * @param file what a stack calls the place; it counts lines from the function's first
 * @param variables what its free names stand for
 */
export function compile(
  code: string,
  name: string,
  file: string,
  isStrict: boolean,
  variables: readonly (readonly [name: string, value: unknown])[],
): AnyFunction {
  const parameters = ['$bare', '$import', ...variables.map(([variable]) => variable)].join();
  const prefix = `(function (${parameters}) {${isStrict ? '"use strict";' : ''} return (`;
  const script = new Script(`${prefix}${code}\n); })`, {
    filename: file,
    columnOffset: -prefix.length,
  });
  const make = script.runInThisContext() as (...values: unknown[]) => AnyFunction;
  const fn = make(bare, importFrom, ...variables.map(([, value]) => value));
  built.add(fn);
  // An expression has a name only where it is written with one.
  if (fn.name !== name && Object.getOwnPropertyDescriptor(fn, 'name')?.writable !== true) {
    Object.defineProperty(fn, 'name', { value: name, configurable: true });
  }
  return fn;
}

/** What `import(…)` means in a function that was sent: a relative address counts from the working directory. */
function importFrom(name: string): Promise<unknown> {
  return import(/^\.\.?\//.test(name) ? new URL(name, pathToFileURL(`${process.cwd()}/`)).href : name);
}

const made = new WeakMap<AnyFunction, AnyFunction>();

/**
 * Nobody can set the private fields of a class from outside. An instance of such a class that comes home is therefore
 * made by a second class of the same source, whose fields can be set. Its prototype leads to that of the class itself,
 * so that `instanceof` holds; only a method that reads a private field of both kinds of instances notices.
 */
export function standInFor(cls: AnyFunction): AnyFunction {
  const known = made.get(cls);
  if (known) return known;
  let parent: AnyFunction | undefined;
  let last: object | undefined;
  for (const one of chainOf(cls)) {
    if (isNative(one) || originOf(one)) {
      parent = one;
      continue;
    }
    parent = rebuild(one, parent);
    last ??= parent.prototype as object;
  }
  const maker = parent as AnyFunction;
  Object.setPrototypeOf(last, cls.prototype as object);
  Object.defineProperty(maker.prototype, 'constructor', { value: cls, configurable: true, writable: true });
  standIns.set(maker.prototype as object, { original: cls, maker });
  made.set(cls, maker);
  return maker;
}

/** The class once more, with the variables that it sees. */
function rebuild(cls: AnyFunction, parent: AnyFunction | undefined): AnyFunction {
  const text = textOf(cls);
  const source = sourceOf(text);
  const at = surroundingsOf(cls);
  const scope: Record<string, unknown> = {};
  const variables: [string, unknown][] = [];
  for (const name of source.names.keys()) {
    const meaning = meaningOf(name, at);
    if (meaning.kind === 'value') scope[name] = meaning.value;
    if (meaning.kind === 'members') variables.push([name, meaning.of]);
  }
  const variable = unusedName(text);
  variables.push([variable, scope], ['$extends', parent]);
  const isStrict = at.scopes.some(({ kind }) => kind === 'Module');
  return compile(
    source.expression(new Set(Object.keys(scope)), variable),
    nameOf(cls),
    fileName(nameOf(cls)),
    isStrict,
    variables,
  );
}
