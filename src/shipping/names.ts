import { isEnvironment } from './identity.ts';
import type { Surroundings } from './inspect.ts';
import { originOf, standardNames } from './modules.ts';
import { scriptOf } from './scripts.ts';

/** What a name stands for where a function stands. */
type Meaning =
  /** The same in every thread, or declared nowhere: it stays as it is. */
  | { readonly kind: 'unchanged' }
  /** An object whose members are variables, as `exports` in a cell. */
  | { readonly kind: 'members'; readonly of: object }
  /** A CommonJS `require`, which looks for modules from that folder. */
  | { readonly kind: 'require'; readonly folder: string }
  | {
      readonly kind: 'value';
      readonly value: unknown;
      /**
       * When the variable can have got another value: never; only together with the member `name` of that object; or
       * nobody knows.
       */
      readonly changes: 'never' | 'unknown' | { readonly with: object };
    }
  | { readonly kind: 'refused'; readonly reason: string; readonly wayOut: string };

/** Where tslab keeps the top-level names of all cells. */
function cellNames(): Record<string, unknown> | undefined {
  return (globalThis as { __tslab__?: { exports: Record<string, unknown> } }).__tslab__?.exports;
}

/** What a stack calls the source of a function that was sent. */
export const fileName = (fn: string): string => `${cellNames() ? 'cell' : 'function'}:${fn || 'anonymous'}`;

/**
 * What a name stands for.
 *
 * @param at where the function stands
 */
export function meaningOf(name: string, at: Surroundings): Meaning {
  const { scopes } = at;
  const index = scopes.findIndex(({ kind, variables }) => kind !== 'Global' && Object.hasOwn(variables, name));
  const scope = scopes[index];
  if (scope === undefined) return globalMeaning(name, at);

  let value: unknown;
  try {
    value = scope.variables[name];
  } catch {
    return { kind: 'refused', reason: 'has no value yet', wayOut: 'Give it one before the function is sent.' };
  }
  if (typeof value === 'object' && value !== null && isEnvironment(value)) return { kind: 'members', of: value };

  if (name === 'require' && typeof value === 'function' && 'resolve' in value) {
    const paths: readonly string[] = (value as NodeJS.Require).resolve.paths('./x') ?? [];
    return { kind: 'require', folder: paths[0] ?? process.cwd() };
  }
  const isOutermost = scopes.slice(index + 1).every(({ kind }) => kind === 'Script' || kind === 'Global');
  if (scope.kind === 'Module' || scope.kind === 'Script') return { kind: 'value', value, changes: 'unknown' };
  if (scope.kind === 'Closure' && isOutermost) {
    const top = topMeaning(name, value, scope.owner, at);
    if (top !== undefined) return top;
  } else if (isNamedElsewhere(name, value, index, at)) {
    return { kind: 'value', value, changes: 'never' };
  }
  const around = scope.owner === '' ? 'a block or function around it' : `the function ${scope.owner} around it`;
  return {
    kind: 'refused',
    reason: `is a local variable of ${around}`,
    wayOut: 'Pass it as an argument, or declare it at the top of a cell.',
  };
}

/** The outermost function's scope is that of a cell's or CommonJS module's top, or that of any function in it. */
function topMeaning(name: string, value: unknown, owner: string, at: Surroundings): Meaning | undefined {
  const cells = cellNames();
  if (owner === '') {
    if (cells && Object.hasOwn(cells, name) && Object.is(cells[name], value)) {
      return { kind: 'value', value, changes: { with: cells } };
    }
    if (name === 'exports' && (value === cells || isPlainExports(value, at))) {
      return { kind: 'members', of: value as object };
    }
    if (isCompilers(name, value)) return { kind: 'value', value, changes: 'never' };
  }
  if (!isTop(name, at)) return undefined;
  return { kind: 'value', value, changes: 'unknown' };
}

function isPlainExports(value: unknown, at: Surroundings): boolean {
  return typeof value === 'object' && value !== null && !isTop('exports', at);
}

/** `os_1`, `__importStar`, `__dirname`: made by the compiler or the loader, and never assigned to again. */
function isCompilers(name: string, value: unknown): boolean {
  if (name.startsWith('__') && (typeof value === 'function' || typeof value === 'string')) return true;
  if (!/_\d+$/.test(name) || typeof value !== 'object' || value === null) return false;
  if (originOf(value) !== undefined) return true;
  const original: unknown = Reflect.get(value, 'default');
  const isWrapper = (typeof original === 'object' && original !== null) || typeof original === 'function';
  return isWrapper && originOf(original) !== undefined;
}

/** A class's own name in its methods, and a namespace's within it, stand for what the top level knows as well. */
function isNamedElsewhere(name: string, value: unknown, index: number, { scopes }: Surroundings): boolean {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return false;
  if (cellNames()?.[name] === value) return true;
  return scopes.slice(index + 1).some(({ kind, variables }) => {
    try {
      return kind !== 'Global' && Object.hasOwn(variables, name) && variables[name] === value;
    } catch {
      return false;
    }
  });
}

function globalMeaning(name: string, at: Surroundings): Meaning {
  if (standardNames().has(name)) return { kind: 'unchanged' };
  // Somebody's own global variable: the worker has another global object.
  if (name in globalThis) return { kind: 'value', value: Reflect.get(globalThis, name), changes: 'unknown' };
  // Of a variable that only a computed key of a class names, the engine keeps nothing once the class is made.
  const top = isTop(name, at);
  if (top === undefined) return { kind: 'unchanged' };
  const cells = cellNames();
  if (top && cells && Object.hasOwn(cells, name))
    return { kind: 'value', value: cells[name], changes: { with: cells } };
  return { kind: 'refused', reason: 'is known no more once the class is made', wayOut: 'Name it in a method, too.' };
}

function isTop(name: string, at: Surroundings): boolean | undefined {
  try {
    return scriptOf(at).isTop(name, at);
  } catch {
    return undefined;
  }
}

/** True when nothing ever assigns to a name of the top level after its declaration. */
export function isConstant(name: string, at: Surroundings): boolean {
  try {
    return scriptOf(at).isConstant(name);
  } catch {
    // The parser does not know this script's syntax.
    return false;
  }
}
