import { type AnyFunction, ShippingError } from './contract.ts';
import { symbolWithId } from './identity.ts';
import { built, chainOf, type Keeper, keepers, standIns } from './keepers.ts';
import { valueFrom } from './origin.ts';
import { classNamed } from './registry.ts';
import type { Base, Fields, Graph, Wire, WireNode } from './wire.ts';

/** What a decoder asks of those who use it. */
export interface Sources {
  readonly shared: ReadonlyMap<string, SharedArrayBuffer>;
  /** The function or class of that name in the message. */
  functionWithId(id: string): unknown;
  /** A class that shipping built, for one whose private fields cannot be set from outside. */
  standIn(cls: AnyFunction): AnyFunction;
}

/** An object that is whatever a constructor's parameters ask for. */
const anything: object = new Proxy(() => undefined, {
  get: (_, key) => (key === Symbol.iterator ? () => [][Symbol.iterator]() : anything),
});

/** The variable `$bare` of the classes that shipping builds: see `source.ts`. */
export const bare = {
  /** True while an instance is made whose fields come from a message. */
  making: false,
  /** The arguments that constructors get meanwhile. */
  anything: Array(16).fill(anything),
  keep(cls: AnyFunction, functionFields: string[], read: Keeper['read'], write: Keeper['write']): void {
    keepers.set(cls, { functionFields, read, write });
  },
};

/** Reads the values of a graph. */
export function decode({ roots, nodes }: Graph, sources: Sources): unknown[] {
  const decoder = new Decoder(nodes, sources);
  return roots.map((wire) => decoder.value(wire));
}

class Decoder {
  readonly #nodes: readonly WireNode[];
  readonly #sources: Sources;
  readonly #made: unknown[] = [];

  constructor(nodes: readonly WireNode[], sources: Sources) {
    this.#nodes = nodes;
    this.#sources = sources;
    // First every object without its contents, so that objects can refer to each other in circles.
    for (let place = 0; place < nodes.length; place += 1) this.#make(place);
    for (let place = 0; place < nodes.length; place += 1) this.#fill(nodes[place] as WireNode, this.#made[place]);
  }

  value(wire: Wire): unknown {
    return Array.isArray(wire) ? this.#make(wire[0] as number) : wire;
  }

  #make(place: number): unknown {
    if (!(place in this.#made)) this.#made[place] = this.#shell(this.#nodes[place] as WireNode);
    return this.#made[place];
  }

  #shell(node: WireNode): unknown {
    switch (node[0]) {
      case 'plain':
      case 'port':
        return node[1];
      case 'object':
        return node[1] ? {} : Object.create(null);
      case 'array':
        return new Array(node[1]);
      case 'map':
        return new Map();
      case 'set':
        return new Set();
      case 'instance':
        return this.#instance(this.value(node[1]) as AnyFunction, node[2], node[5].length > 0);
      case 'buffer':
        return Buffer.from(node[1].buffer, node[1].byteOffset, node[1].byteLength);
      case 'shared':
        return this.#sources.shared.get(node[1]);
      case 'view': {
        const type = Reflect.get(globalThis, node[1]) as Uint8ArrayConstructor;
        return new type(this.value(node[2]) as SharedArrayBuffer, node[3], node[4]);
      }
      case 'domexception': {
        const exception = new DOMException(node[1], node[2]);
        return Object.defineProperty(exception, 'stack', { value: this.value(node[3]), configurable: true });
      }
      case 'symbol':
        if (node[1] === 'known') return Reflect.get(Symbol, node[2]);
        return node[1] === 'registered' ? Symbol.for(node[2]) : symbolWithId(node[2], node[3]);
      case 'url':
        return new URL(node[1]);
      case 'custom':
        return classNamed(node[1], node[3]).travel?.receive(decode(node[2], this.#sources)[0]);
      case 'known':
        return classNamed(node[1], node[2]).cls;
      case 'origin':
        return valueFrom(node[1]);
      case 'function':
        return this.#sources.functionWithId(node[1]);
    }
  }

  #instance(cls: AnyFunction, base: Base, hasPrivates: boolean): object {
    if (hasPrivates) {
      return constructBare(built.has(cls) ? cls : this.#sources.standIn(cls));
    }
    if (base === 'object') return Object.create(cls.prototype as object) as object;
    if (base !== 'error') return Reflect.construct({ array: Array, map: Map, set: Set }[base], [], cls) as object;
    // Its stack comes with the message; making one for this place would only cost time.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    const error = new Error();
    Error.stackTraceLimit = stackTraceLimit;
    return Object.setPrototypeOf(error, cls.prototype as object) as Error;
  }

  #fill(node: WireNode, value: unknown): void {
    switch (node[0]) {
      case 'object':
      case 'array':
        this.#setFields(value as object, node[2]);
        break;
      case 'map':
        this.#addEntries(value, 'map', node[1]);
        break;
      case 'set':
        for (const member of node[1]) Set.prototype.add.call(value, this.value(member));
        break;
      case 'instance':
        this.#addEntries(value, node[2], node[4]);
        this.#setFields(value as object, node[3]);
        if (node[5].length > 0) this.#setPrivates(value as object, node[5]);
        break;
    }
  }

  #addEntries(value: unknown, base: Base, entries: readonly (readonly [Wire, Wire])[]): void {
    for (const [key, entry] of entries) {
      if (base === 'map') Map.prototype.set.call(value, this.value(key), this.value(entry));
      else Set.prototype.add.call(value, this.value(key));
    }
  }

  #setFields(object: object, [keys, values, odd = []]: Fields): void {
    for (let index = 0; index < values.length; index += 1) {
      if (keys.length === 0) {
        // The members of an array.
        (object as unknown[])[index] = this.value(values[index]);
        continue;
      }
      const key = this.value(keys[index]) as PropertyKey;
      const value = this.value(values[index]);
      // A plain assignment is many times as fast, but would call a setter, or change the prototype.
      if (key in object) {
        Object.defineProperty(object, key, { value, configurable: true, enumerable: true, writable: true });
      } else {
        (object as Record<PropertyKey, unknown>)[key] = value;
      }
    }
    for (const [key, attributes, first, second] of odd) {
      const name = this.value(key) as PropertyKey;
      const isData = attributes.writable !== undefined;
      const property = isData
        ? { value: this.value(first) }
        : { get: this.value(first) as () => unknown, set: this.value(second) as (value: unknown) => void };
      Object.defineProperty(object, name, { ...attributes, ...property });
    }
  }

  #setPrivates(instance: object, privates: readonly (readonly Wire[])[]): void {
    const prototype = Object.getPrototypeOf(instance) as object;
    const maker = standIns.get(prototype)?.maker ?? (prototype.constructor as AnyFunction);
    const keeping = chainOf(maker).filter((cls) => keepers.has(cls));
    keeping.forEach((cls, index) => {
      const values = (privates[index] ?? []).map((wire) => this.value(wire));
      keepers.get(cls)?.write(instance, values);
    });
  }
}

/** An instance whose private fields exist, made without running the body of any constructor. */
function constructBare(cls: AnyFunction): object {
  bare.making = true;
  try {
    return Reflect.construct(cls, bare.anything) as object;
  } catch (error) {
    const message = `An instance of ${cls.name} could not be made here: ${(error as Error).message}`;
    throw new ShippingError(message, [cls.name], { cause: error });
  } finally {
    bare.making = false;
  }
}
