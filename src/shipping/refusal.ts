import { types } from 'node:util';
import { type AnyFunction, ShippingError, type Target } from './contract.ts';
import { originOf } from './modules.ts';
import { isNative, nameOf } from './shape.ts';

/** The way from a named value to one inside it: `args[0].sock`. Made into text only when something is refused. */
export interface Path {
  readonly up?: Path;
  readonly step: string | number | symbol;
  /** How the step is written; a field when absent. */
  readonly how?: 'entry' | 'private';
}

export function pathText({ up, step, how }: Path): string {
  const name = String(step);
  if (up === undefined) return name;
  if (how === 'entry') return `${pathText(up)}.get(${name})`;
  if (how === 'private') return `${pathText(up)}.${name}`;
  return typeof step === 'string' && /^[\w$]+$/.test(step) && !/^\d/.test(step)
    ? `${pathText(up)}.${name}`
    : `${pathText(up)}[${name}]`;
}

/** One thing that cannot travel. */
export interface Refusal {
  readonly name: string;
  /** What it is and where it is used, and the way out: two sentences that follow the name. */
  readonly text: string;
}

/** One error for all that was refused, so that a reader mends it in one go. */
export function refusalError(what: string, to: Target, refusals: readonly Refusal[]): ShippingError {
  const goal = { thread: 'a thread', process: 'another process', remote: 'another machine' }[to];
  const lines = [...new Set(refusals.map(({ name, text }) => `${name} ${text}`))];
  const list = lines.length === 1 ? ` ${lines[0]}` : lines.map((line) => `\n- ${line}`).join('');
  const names = new Set(refusals.map(({ name }) => name));
  const error = new ShippingError(`${what} cannot be sent to ${goal}:${list}`, [...names]);
  refused.set(error, refusals);
  return error;
}

const refused = new WeakMap<ShippingError, readonly Refusal[]>();

/** What was refused in a function, said of the value that contains the function. */
export function refusedWithin(error: ShippingError): string {
  const lines = (refused.get(error) ?? []).map(({ name, text }) => `${name} ${text}`);
  return lines.length > 0 ? `needs what cannot be sent: ${lines.join(' ')}` : error.message;
}

/** What a value is that cannot travel, and what to do instead. */
export function describeRefused(value: unknown): string {
  if (types.isProxy(value)) return 'is a Proxy. Send the object behind it.';
  if (typeof value === 'function') {
    const name = nameOf(value).replace(/^bound /, '') || 'it';
    if (nameOf(value).startsWith('bound ')) {
      return `is a bound function, whose source nobody can read. Send an arrow that calls ${name} instead.`;
    }
    return `is a native function without a source. Send an arrow instead: (...args) => ${name}(...args).`;
  }
  if (types.isPromise(value)) return 'is a promise. Await it, and send its value.';
  if (types.isWeakMap(value) || types.isWeakSet(value)) return 'holds its keys weakly. Send a Map or a Set.';
  if (value instanceof WeakRef) return 'is a weak reference. Send the object it refers to.';
  if (types.isGeneratorObject(value)) return 'is a generator that has begun. Send an array, or the generator function.';
  if (types.isSharedArrayBuffer(ArrayBuffer.isView(value) ? value.buffer : value))
    return 'is shared memory, which only threads of one process share. Send a copy, or use threads.';
  if (types.isExternal(value)) return 'is known to native code only.';
  const cls: object = Object.getPrototypeOf(value)?.constructor ?? Object;
  const name = nameOf(cls as AnyFunction) || 'object';
  const a = /^[aeiou]/i.test(name) ? 'an' : 'a';
  const isStream = ['pipe', 'getReader', 'getWriter', 'listen'].some((method) => hasMethod(value, method));
  if (isStream) return `is ${a} ${name}, an open connection, file or stream. Open it there instead.`;
  const from = originOf(cls)?.from ?? (isNative(cls) ? 'builtin' : 'file');
  if (from !== 'file') return `is ${a} ${name}, which is a part of this process. Make it there instead.`;
  return `is ${a} ${name}, which is more than its fields. Send the data it is made from.`;
}

const hasMethod = (value: unknown, name: string): boolean =>
  typeof (value as Record<string, unknown>)[name] === 'function';
