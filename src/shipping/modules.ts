import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import type { AnyFunction } from './contract.ts';
import type { Surroundings } from './inspect.ts';
import type { Origin } from './origin.ts';
import { type KnownClass, knownClass } from './registry.ts';
import { scriptOf } from './scripts.ts';
import type { WireNode } from './wire.ts';

const require = createRequire(import.meta.url);
const origins = new WeakMap<object, Origin>();
const library = new URL('..', import.meta.url).href;
let builtinsSeen = -1;
let filesSeen = -1;
const files = new Set<string>();

const nodeNames =
  'AbortController AbortSignal Blob BroadcastChannel Buffer ByteLengthQueuingStrategy CloseEvent CompressionStream ' +
  'CountQueuingStrategy Crypto CryptoKey CustomEvent DOMException DecompressionStream Event EventSource EventTarget ' +
  'File FormData Headers MessageChannel MessageEvent MessagePort Navigator Performance PerformanceEntry ' +
  'PerformanceMark PerformanceMeasure PerformanceObserver PerformanceObserverEntryList PerformanceResourceTiming ' +
  'ReadableByteStreamController ReadableStream ReadableStreamBYOBReader ReadableStreamBYOBRequest ' +
  'ReadableStreamDefaultController ReadableStreamDefaultReader Request Response Storage SubtleCrypto TextDecoder ' +
  'TextDecoderStream TextEncoder TextEncoderStream TransformStream TransformStreamDefaultController URL URLPattern ' +
  'URLSearchParams WebAssembly WebSocket WritableStream WritableStreamDefaultController WritableStreamDefaultWriter ' +
  'atob btoa clearImmediate clearInterval clearTimeout console crypto fetch global localStorage navigator ' +
  'performance process queueMicrotask sessionStorage setImmediate setInterval setTimeout structuredClone';
let ofLanguage: readonly string[] | undefined;
let standard: ReadonlySet<string> | undefined;

/** The names that the language itself gives to every thread, such as `Math`. */
function languageNames(): readonly string[] {
  ofLanguage ??= runInNewContext('Object.getOwnPropertyNames(globalThis)') as string[];
  return ofLanguage;
}

/** The names that stand for themselves in every thread, such as `Math`, `process`, `structuredClone`. */
export function standardNames(): ReadonlySet<string> {
  standard ??= new Set([...languageNames(), ...nodeNames.split(' ')]);
  return standard;
}

/** Where a function, class or object was imported from; undefined for what a cell or a script made itself. */
export function originOf(value: object): Origin | undefined {
  if (!origins.has(value)) index();
  const found = origins.get(value);
  if (found !== undefined) return found;
  if (typeof value === 'function' && standardNames().has(value.name) && Reflect.get(globalThis, value.name) === value) {
    record(value, { from: 'global', id: '', keys: [value.name] });
    return origins.get(value);
  }
  return starOf(value);
}

/**
 * Where a function of an ES module was imported from, if the module is somebody else's: of a package, or of this
 * library. A function of the user's own module travels by its source, so that no script runs twice.
 */
export function originInPackage(fn: object, at: Surroundings): Origin | undefined {
  if (!at.scopes.some(({ kind }) => kind === 'Module')) return undefined;
  const { url } = scriptOf(at);
  if (!url.startsWith('file:') || !(url.includes('/node_modules/') || url.startsWith(library))) return undefined;
  const id = fileURLToPath(url);
  try {
    record(require(id) as object, { from: 'file', id, keys: [] });
  } catch {
    // A module with a top-level await cannot be had this way.
  }
  return origins.get(fn);
}

/** The node of a function or class that the other side finds by its name; undefined for any other. */
export function importNode(fn: AnyFunction): WireNode | undefined {
  const known = knownClass(fn.prototype);
  if (known?.cls === fn) return ['known', known.name, whereKnown(known)];
  const origin = originOf(fn);
  return origin && ['origin', origin];
}

/** Where the other side finds the module that registers the class. */
export function whereKnown({ cls, home }: KnownClass): Origin | undefined {
  return home ?? originOf(cls);
}

/** Looks at what was loaded since the last time; never loads a module, never calls a getter that may have effects. */
function index(): void {
  if (builtinsSeen < 0) {
    // Node loads many of its own when they are first read, which takes long: `originOf` asks for those by their names.
    for (const name of languageNames()) {
      const value: unknown = Object.getOwnPropertyDescriptor(globalThis, name)?.value;
      if (!isObject(value) || value === globalThis) continue;
      record(value, { from: 'global', id: '', keys: [name] });
      const prototype: unknown = typeof value === 'function' ? value.prototype : undefined;
      if (isObject(prototype)) record(prototype, { from: 'global', id: '', keys: [name, 'prototype'] }, true);
    }
    record(console, { from: 'global', id: '', keys: ['console'] });
    record(process, { from: 'global', id: '', keys: ['process'] });
  }
  const { moduleLoadList } = process as unknown as { moduleLoadList: string[] };
  if (moduleLoadList.length !== builtinsSeen) {
    builtinsSeen = moduleLoadList.length;
    for (const entry of moduleLoadList) {
      // Some modules, such as sqlite, are known only by a name that begins with `node:`.
      const name = /^NativeModule ((?!internal\/|_|sys$|punycode$|wasi$).+)$/.exec(entry)?.[1];
      const id = name && `node:${name}`;
      const module: unknown = id && !files.has(id) && process.getBuiltinModule(id);
      if (!id || !isObject(module)) continue;
      files.add(id);
      record(module, { from: 'builtin', id, keys: [] });
    }
  }
  const cached = Object.keys(require.cache);
  if (cached.length === filesSeen) return;
  filesSeen = cached.length;
  for (const id of cached) {
    const loaded = require.cache[id];
    // The script that was started, if it is CommonJS, must not run again in a worker.
    if (files.has(id) || !loaded?.loaded || loaded === process.mainModule || !isObject(loaded.exports)) continue;
    files.add(id);
    record(loaded.exports, { from: 'file', id, keys: [] });
  }
}

const isObject = (value: unknown): value is object =>
  typeof value === 'function' || (typeof value === 'object' && value !== null);

/** Notes the value and what hangs directly on it, where nothing was noted before. */
function record(value: object, origin: Origin, membersOnly = false): void {
  if (!membersOnly && !origins.has(value)) origins.set(value, origin);
  const isModule = Object.hasOwn(value, '__esModule') || Object.prototype.toString.call(value) === '[object Module]';
  for (const [key, { get, value: own }] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
    let member: unknown = own;
    if (get && isModule) member = Reflect.get(value, key);
    if (!isObject(member) || origins.has(member)) continue;
    if (Object.getPrototypeOf(member) === Object.prototype && origin.from === 'global') continue;
    origins.set(member, { ...origin, keys: [...origin.keys, key] });
  }
}

/** The copy that compiled code makes for `import * as name`, and the namespace of a built-in. */
function starOf(value: object): Origin | undefined {
  if (!Object.hasOwn(value, 'default')) return undefined;
  let module: unknown;
  try {
    module = Reflect.get(value, 'default');
  } catch {
    return undefined;
  }
  const origin = isObject(module) && module !== value ? origins.get(module) : undefined;
  if (origin === undefined || origin.keys.length > 0 || origin.from === 'global') return undefined;
  const isCopy = Object.keys(value).every(
    (key) => key === 'default' || key === 'module.exports' || key in (module as object),
  );
  return isCopy ? { ...origin, star: true } : undefined;
}
