/** By what name a value that comes from a module, or with the engine, is found again in another thread or process. */
export interface Origin {
  readonly from: 'builtin' | 'file' | 'global';
  /** A built-in's name, a file's path, or nothing. */
  readonly id: string;
  /** The way from there: none is the module itself. */
  readonly keys: readonly string[];
  /** The copy of a module that TypeScript makes for `import * as name`. */
  readonly star?: boolean;
}

let load: NodeJS.Require | undefined;

/**
 * The value of that name here; loads the module when it is not yet loaded.
 *
 * @throws whatever loading the module throws
 */
export function valueFrom({ from, id, keys, star }: Origin): unknown {
  let value: unknown = globalThis;
  if (from === 'builtin') value = process.getBuiltinModule(id);
  if (from === 'file') {
    // Made when needed, as few workers need it.
    load ??= process.getBuiltinModule('node:module').createRequire(import.meta.url);
    value = load(id);
  }
  for (const key of keys) value = (value as Record<string, unknown>)[key];
  return star ? { ...(value as object), default: value } : value;
}
