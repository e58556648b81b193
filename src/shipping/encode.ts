import { types } from 'node:util';
import { MessagePort } from 'node:worker_threads';
import type { AnyFunction, Target } from './contract.ts';
import { ShippingError } from './contract.ts';
import { memoryId, symbolId } from './identity.ts';
import { classOf, kindOf, readPrivates } from './instances.ts';
import { chainOf } from './keepers.ts';
import { originOf, whereKnown } from './modules.ts';
import { isPlainAtOnce, listPlain } from './plain.ts';
import { describeRefused, type Path, pathText } from './refusal.ts';
import { knownClass } from './registry.ts';
import { textOf } from './shape.ts';
import type { Fields, OddProperty, Wire, WireNode } from './wire.ts';

/** What an encoder leaves to those who use it. */
export interface Surrounding {
  readonly to: Target;
  /** Receives ports; absent where nothing can be transferred. */
  readonly transfer?: unknown[];
  /** Receives the shared memory that the values contain; absent where plain data may contain it. */
  readonly shared?: Map<string, SharedArrayBuffer>;
  /** Receives all objects met, also those within plain data. */
  readonly met?: Set<object>;
  /** Writes a function or class down. */
  callable(fn: AnyFunction, path: Path): WireNode;
  /** Says that a value cannot travel; what it gives travels in its place. */
  refuse(value: unknown, path: Path, text: string): Wire;
}

/** Writes values down as nodes. Values that one encoder writes keep what they share. */
export class Encoder {
  readonly nodes: WireNode[] = [];
  readonly #to: Surrounding;
  /** Wires of the objects and symbols written so far, the refused ones too. */
  readonly #written = new Map<unknown, Wire>();
  /** Objects that have a place but no node yet: a list, so that a long chain of objects needs no deep recursion. */
  readonly #waiting: { readonly value: object | symbol; readonly place: number; readonly path: Path }[] = [];

  constructor(surrounding: Surrounding) {
    this.#to = surrounding;
  }

  encode(value: unknown, path: Path): Wire {
    const wire = this.#wire(value, path);
    for (let next = this.#waiting.pop(); next !== undefined; next = this.#waiting.pop()) {
      const node = this.#node(next.value, next.path);
      if (node !== undefined) this.nodes[next.place] = node;
    }
    return wire;
  }

  #member(value: unknown, up: Path, step: Path['step'], how?: Path['how']): Wire {
    const isPrimitive = value === null || (typeof value !== 'object' && typeof value !== 'function');
    return isPrimitive && typeof value !== 'symbol' ? (value as Wire) : this.#wire(value, { up, step, how });
  }

  #wire(value: unknown, path: Path): Wire {
    if (value === null || (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol')) {
      return value as Wire;
    }
    let wire = this.#written.get(value);
    if (wire === undefined) {
      const place = this.nodes.length;
      wire = [place];
      // Holds the place; also what a refused value leaves behind.
      this.nodes.push(['plain', undefined]);
      this.#written.set(value, wire);
      this.#waiting.push({ value: value as object, place, path });
    }
    return wire;
  }

  /** Undefined when the value was refused. */
  #node(value: object | symbol | AnyFunction, path: Path): WireNode | undefined {
    if (typeof value === 'symbol') return symbolNode(value);
    if (types.isProxy(value)) return this.#refuse(value, path);
    if (typeof value === 'function') return this.#to.callable(value as AnyFunction, path);
    if (!types.isSharedArrayBuffer(value)) this.#to.met?.add(value);
    if (this.#isPlain(value)) return ['plain', value];
    try {
      return this.#objectNode(value, path);
    } catch (error) {
      if (!(error instanceof ShippingError)) throw error;
      return this.#refuse(value, path, error.message);
    }
  }

  #isPlain(value: object): boolean {
    const { met, shared, to } = this.#to;
    const isShared = shared === undefined && to === 'thread';
    // What is too large for one look is written down part by part.
    if (!isPlainAtOnce(value, isShared)) return false;
    if (met) for (const object of listPlain(value, isShared) ?? []) met.add(object);
    return true;
  }

  #refuse(value: unknown, path: Path, text = describeRefused(value)): undefined {
    const instead = this.#to.refuse(value, path, text);
    const place = (this.#written.get(value) as readonly [number])[0];
    this.nodes[place] = ['plain', instead];
    return undefined;
  }

  #objectNode(value: object, path: Path): WireNode | undefined {
    const prototype: object | null = Object.getPrototypeOf(value);
    const known = knownClass(prototype);
    if (known?.travel) {
      const inner = new Encoder(this.#to);
      const data = known.travel.ship(value, this.#to.to, this.#to.transfer);
      const roots = [inner.encode(data, path)];
      return ['custom', known.name, { roots, nodes: inner.nodes }, whereKnown(known)];
    }
    if (prototype === Object.prototype || prototype === null) {
      const origin = originOf(value);
      if (origin) return ['origin', origin];
      return ['object', prototype !== null, this.#fields(value, path)];
    }
    if (prototype === Array.prototype && Array.isArray(value)) {
      return ['array', value.length, this.#list(value, path) ?? this.#fields(value, path, ['length'])];
    }
    if (prototype === Map.prototype && types.isMap(value)) return ['map', this.#entries(value, path)];
    if (prototype === Set.prototype && types.isSet(value)) {
      return ['set', [...value].map((member) => this.#member(member, path, 'values()'))];
    }
    return this.#memoryNode(value, path) ?? this.#instanceNode(value, path);
  }

  /** Buffers, shared memory, ports and the like, which the structured clone would change or refuse. */
  #memoryNode(value: object, path: Path): WireNode | undefined {
    const { shared, to, transfer } = this.#to;
    if (Buffer.isBuffer(value)) {
      // A small buffer is a part of a large pool, which would all be copied.
      const bytes = value.byteLength === value.buffer.byteLength && !types.isSharedArrayBuffer(value.buffer);
      return ['buffer', bytes ? new Uint8Array(value.buffer) : new Uint8Array(value)];
    }
    if (types.isSharedArrayBuffer(value) && to === 'thread') {
      if (shared === undefined) return ['plain', value];
      const id = memoryId(value);
      shared.set(id, value);
      return ['shared', id];
    }
    if (ArrayBuffer.isView(value) && types.isSharedArrayBuffer(value.buffer) && to === 'thread') {
      const length = 'length' in value ? (value as Uint8Array).length : value.byteLength;
      const buffer = this.#wire(value.buffer, { up: path, step: 'buffer' });
      return ['view', value.constructor.name, buffer, value.byteOffset, length];
    }
    if (value instanceof MessagePort && to === 'thread' && transfer) {
      if (!transfer.includes(value)) transfer.push(value);
      return ['port', value];
    }
    if (value instanceof URL && Object.getPrototypeOf(value) === URL.prototype) return ['url', value.href];
    if (value instanceof DOMException) {
      return ['domexception', value.message, value.name, this.#wire(value.stack, path)];
    }
    return types.isBoxedPrimitive(value) ? ['plain', value] : undefined;
  }

  #instanceNode(value: object, path: Path): WireNode | undefined {
    const cls = classOf(value);
    if (cls === undefined && Object.prototype.toString.call(value) !== '[object Object]')
      return this.#refuse(value, path);
    if (cls === undefined) {
      return this.#refuse(value, path, 'has a prototype that belongs to no class. Send a plain object or an instance.');
    }
    const { base, functionFields } = kindOf(cls);
    if (base === undefined || (base === 'error') !== types.isNativeError(value)) return this.#refuse(value, path);
    const privates = this.#privates(value, cls, path);
    const entries =
      base === 'map'
        ? this.#entries(value as Map<unknown, unknown>, path)
        : base === 'set'
          ? [...(value as Set<unknown>)].map((member) => [this.#wire(member, path), undefined] as const)
          : [];
    const without = base === 'array' ? ['length'] : functionFields.filter((name) => isAsWritten(value, name, cls));
    const simple = without.length > 0 ? undefined : this.#simpleFields(value, path);
    const fields = simple ?? this.#fields(value, path, without);
    return ['instance', this.#classWire(cls, path), base, fields, entries, privates];
  }

  /** The class of an instance may be one of the engine, which on its own would be refused. */
  #classWire(cls: AnyFunction, path: Path): Wire {
    const origin = originOf(cls);
    if (origin && !this.#written.has(cls)) this.#written.set(cls, [this.nodes.push(['origin', origin]) - 1]);
    return this.#wire(cls, path);
  }

  #privates(value: object, cls: AnyFunction, path: Path): Wire[][] {
    const { foreign, keeping: chain } = kindOf(cls);
    if (chain.length === 0) return [];
    // An error is worth more without them than not at all.
    if (foreign && types.isNativeError(value)) return [];
    if (foreign) {
      throw new ShippingError(
        `has private fields of ${foreign.name}, a class of a module, which nobody can set there. Send what it is made from.`,
        [pathText(path)],
      );
    }
    return readPrivates(value, cls).map((values, index) =>
      values.map((one) =>
        this.#wire(one, { up: path, step: `#private fields of ${chain[index]?.name}`, how: 'private' }),
      ),
    );
  }

  #entries(map: ReadonlyMap<unknown, unknown>, path: Path): (readonly [Wire, Wire])[] {
    return [...map].map(([key, value]) => {
      const at: Path = { up: path, step: typeof key === 'object' ? 'object' : (key as string), how: 'entry' };
      return [this.#wire(key, at), this.#wire(value, at)] as const;
    });
  }

  /** Fields of which none is hidden, frozen or computed, as they nearly always are. */
  #simpleFields(value: object, path: Path): Fields | undefined {
    const names = Object.keys(value);
    if (names.length !== Reflect.ownKeys(value).length || !Object.isExtensible(value)) return undefined;
    return [names, names.map((name) => this.#member((value as Record<string, unknown>)[name], path, name))];
  }

  /** The wires of an array's members in order, if none is missing and nothing else is there. */
  #list(value: readonly unknown[], path: Path): Fields | undefined {
    if (Object.keys(value).length !== value.length || !Object.isExtensible(value)) return undefined;
    return [[], value.map((member, index) => this.#member(member, path, index))];
  }

  #fields(value: object, path: Path, without: readonly string[] = []): Fields {
    const keys: Wire[] = [];
    const values: Wire[] = [];
    const odd: OddProperty[] = [];
    for (const key of Reflect.ownKeys(value)) {
      const property = Object.getOwnPropertyDescriptor(value, key);
      if (property === undefined || without.includes(key as string)) continue;
      const at: Path = { up: path, step: key };
      const name = this.#wire(key, at);
      if (key === 'stack' && types.isNativeError(value)) {
        // The engine makes the text when it is first read, and keeps it in no ordinary property.
        odd.push([name, { enumerable: false, configurable: true, writable: true }, this.#wire(value.stack, at)]);
        continue;
      }
      const { enumerable = false, configurable = false, writable = false, get, set } = property;
      if (get || set) {
        odd.push([name, { enumerable, configurable }, this.#wire(get, at), this.#wire(set, at)]);
      } else if (enumerable && configurable && writable) {
        keys.push(name);
        values.push(this.#wire(property.value, at));
      } else {
        odd.push([name, { enumerable, configurable, writable }, this.#wire(property.value, at)]);
      }
    }
    return odd.length > 0 ? [keys, values, odd] : [keys, values];
  }
}

/** True for a function in a field that is the one from the class's source. */
function isAsWritten(instance: object, field: string, cls: AnyFunction): boolean {
  const value: unknown = Reflect.get(instance, field);
  return typeof value === 'function' && chainOf(cls).some((one) => textOf(one).includes(textOf(value)));
}

const knownSymbols = new Map<symbol, string>(
  Object.getOwnPropertyNames(Symbol).flatMap((name) => {
    const symbol: unknown = Reflect.get(Symbol, name);
    return typeof symbol === 'symbol' ? [[symbol, name]] : [];
  }),
);

function symbolNode(symbol: symbol): WireNode {
  const description = symbol.description ?? '';
  const known = knownSymbols.get(symbol);
  if (known) return ['symbol', 'known', known, description];
  const key = Symbol.keyFor(symbol);
  if (key !== undefined) return ['symbol', 'registered', key, description];
  return ['symbol', 'own', symbolId(symbol), description];
}
