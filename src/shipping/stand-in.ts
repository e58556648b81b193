import { compile } from './compile.ts';
import type { AnyFunction } from './contract.ts';
import { surroundingsOf } from './inspect.ts';
import { chainOf, standIns } from './keepers.ts';
import { originOf } from './modules.ts';
import { fileName, meaningOf } from './names.ts';
import { isNative, nameOf, textOf, unusedName } from './shape.ts';
import { sourceOf } from './source.ts';

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
