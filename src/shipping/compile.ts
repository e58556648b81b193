import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import type { AnyFunction } from './contract.ts';
import { bare } from './decode.ts';
import { built, builtStrict } from './keepers.ts';

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
  if (isStrict) builtStrict.add(fn);
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
