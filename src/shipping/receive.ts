import { join } from 'node:path';
import { compile } from './compile.ts';
import type { AnyFunction, Shipment } from './contract.ts';
import { decode, type Sources } from './decode.ts';
import { broughtBy, classId, classWithId, environmentId } from './identity.ts';
import { outgoing } from './later.ts';
import type { Binding, Contents, Definition, Parcel } from './parcel.ts';
import { WeakValues } from './weak-values.ts';
import type { Graph, WireNode } from './wire.ts';

// Not by import, nor at once: loading it would be 0.6 ms of the start of a thread whose function brings no data.
const deserialize = (bytes: Uint8Array): unknown => process.getBuiltinModule('node:v8').deserialize(bytes);

/** What whoever sent it may ask for by its id. */
const received = new Map<string, AnyFunction>();

/** What came within values, which bring it each time; the latest last. */
const recent = new Map<string, { readonly fn: AnyFunction; readonly bytes: number }>();
let recentBytes = 0;
/** Bytes of parcels up to which it is kept, so that a loop that passes the same functions builds each once. */
const mostRecent = 16 * 1024 * 1024;

/** See `receiveFunction` in `index.ts`. */
export function receive(shipment: Shipment): AnyFunction {
  const { id } = shipment;
  const fn = received.get(id) ?? recent.get(id)?.fn ?? classAtHome(shipment) ?? new Workshop(shipment).root();
  received.set(id, fn);
  return fn;
}

/** The function or class of a shipment that came within a value. */
export function receiveWithin(shipment: Shipment): AnyFunction {
  const { id } = shipment;
  const known = received.get(id) ?? classAtHome(shipment);
  if (known) return known;
  const { fn, bytes } = recent.get(id) ?? {
    fn: new Workshop(shipment).root(),
    bytes: (shipment.definitions as Contents).size,
  };
  if (!recent.delete(id)) recentBytes += bytes;
  recent.set(id, { fn, bytes });
  for (const [oldest, { bytes }] of recent) {
    if (recentBytes <= mostRecent || oldest === id) break;
    recent.delete(oldest);
    recentBytes -= bytes;
  }
  return fn;
}

/** See `forgetFunction` in `index.ts`. */
export function forget(id: string): void {
  received.delete(id);
}

/** A class that was made here is at home, and needs nothing. */
function classAtHome(shipment: Shipment): AnyFunction | undefined {
  const { root } = shipment.definitions as Contents;
  const known = root[0] === 'function' ? classWithId(root[1]) : undefined;
  return known && !broughtBy.has(known) ? known : undefined;
}

/** The function of a shipment that was received here before. */
export function receivedBefore(id: string): AnyFunction | undefined {
  return received.get(id);
}

/**
 * The values of captured variables, by group: functions of several shipments that captured the same share them, and
 * what one assigns the others read, for as long as one of them is here.
 */
const groups = new WeakValues<unknown[]>();

/** The variables that the methods of received classes see, by environment: those of the latest parcel. */
const classVariables = new WeakValues<object>();
/** The parcel that each of them is from. */
const variableVersions = new WeakMap<object, Map<string, number>>();
const classVersions = new WeakMap<AnyFunction, number>();

/** Builds what one parcel brings. */
class Workshop implements Sources {
  readonly shared: ReadonlyMap<string, SharedArrayBuffer>;
  readonly #shipment: Shipment;
  readonly #contents: Contents;
  readonly #definitions: ReadonlyMap<string, Definition>;
  readonly #environments: ReadonlyMap<string, readonly (readonly [string, Binding])[]>;
  readonly #groups: ReadonlyMap<string, Uint8Array>;
  readonly #variables = new Map<string, object>();
  readonly #built = new Map<string, AnyFunction>();
  readonly #building = new Set<string>();

  constructor(shipment: Shipment) {
    this.#shipment = shipment;
    this.#contents = shipment.definitions as Contents;
    this.shared = this.#contents.shared;
    const { parcel } = this.#contents;
    const { definitions, environments, groups } = ArrayBuffer.isView(parcel) ? (deserialize(parcel) as Parcel) : parcel;
    this.#definitions = new Map(definitions.map((definition) => [definition.id, definition]));
    this.#environments = new Map(environments);
    this.#groups = new Map(groups);
  }

  /** The function or class that was sent, and everything it needs. */
  root(): AnyFunction {
    const fn = this.#value(this.#contents.root) as AnyFunction;
    for (const object of this.#variables.values()) {
      // Reading a variable makes its value. What fails, fails before the function runs.
      for (const name of Object.keys(object)) Reflect.get(object, name);
    }
    return fn;
  }

  functionWithId(id: string): AnyFunction {
    const built = this.#built.get(id);
    if (built) return built;
    const definition = this.#definitions.get(id) as Definition;
    const known = definition.isClass ? classWithId(id) : undefined;
    if (known && !broughtBy.has(known)) return known;
    if (this.#building.has(id)) throw new ReferenceError(`Cannot access '${definition.name}' before initialization`);
    this.#building.add(id);
    const fn = known ?? this.#compile(definition);
    this.#built.set(id, fn);
    if (definition.isClass) this.#welcome(fn, definition);
    else this.#setProperties(fn, definition);
    return fn;
  }

  standIn(cls: AnyFunction): AnyFunction {
    return outgoing().standInFor(cls);
  }

  #value(node: WireNode): unknown {
    return decode({ roots: [[0]], nodes: [node] }, this)[0];
  }

  #compile({ code, environments, file, isClass, isStrict, name, parent, requireFrom }: Definition): AnyFunction {
    const variables: [string, unknown][] = environments.map(([variable, id]) => [
      variable,
      isClass ? this.#classVariables(id) : this.#environment(id),
    ]);
    if (requireFrom !== undefined) {
      const { createRequire } = process.getBuiltinModule('node:module');
      variables.push(['require', createRequire(join(requireFrom, 'cell.js'))]);
    }
    if (parent) variables.push(['$extends', this.#value(parent)]);
    return compile(code, name, file, isStrict, variables);
  }

  /** A class keeps its name; one that was here before gets newer values of its variables and static fields. */
  #welcome(cls: AnyFunction, definition: Definition): void {
    const { environments, id, name } = definition;
    const { version } = this.#contents;
    if ((classVersions.get(cls) ?? -1) >= version) return;
    classVersions.set(cls, version);
    classId(cls, id);
    const contents: Contents = { ...this.#contents, root: ['function', id] };
    broughtBy.set(cls, { id: `${this.#shipment.id} ${id}`, name: name || 'anonymous', definitions: contents });
    for (const [, environment] of environments) this.#classVariables(environment);
    this.#setProperties(cls, definition);
  }

  #setProperties(fn: AnyFunction, { properties }: Definition): void {
    const values = properties ? decode(deserialize(properties) as Graph, this) : [];
    for (let index = 0; index < values.length; index += 2) {
      const attributes = { configurable: true, enumerable: true, writable: true };
      Object.defineProperty(fn, values[index] as PropertyKey, { ...attributes, value: values[index + 1] });
    }
  }

  #environment(id: string): object {
    let object = this.#variables.get(id);
    if (object === undefined) {
      object = {};
      this.#variables.set(id, object);
      environmentId(object, id);
      for (const [name, binding] of this.#environments.get(id) ?? []) this.#define(object, name, binding);
    }
    return object;
  }

  #classVariables(id: string): object {
    const object = classVariables.get(id) ?? {};
    const versions = variableVersions.get(object) ?? new Map<string, number>();
    if (!variableVersions.has(object)) {
      classVariables.set(id, object);
      variableVersions.set(object, versions);
      environmentId(object, id);
    }
    const { version } = this.#contents;
    for (const [name, binding] of this.#environments.get(id) ?? []) {
      if ((versions.get(name) ?? -1) >= version) continue;
      versions.set(name, version);
      this.#define(object, name, binding);
    }
    this.#variables.set(`${id} of classes`, object);
    return object;
  }

  /** A variable whose value is made when it is first read, since functions and data may need each other. */
  #define(object: object, name: string, binding: Binding): void {
    const attributes = { configurable: true, enumerable: true };
    if (binding[0] === 'data') {
      const [, id, index] = binding;
      const values = (): unknown[] => share(object, name, this.#group(id), index);
      const set = (value: unknown): void => {
        values()[index] = value;
      };
      Object.defineProperty(object, name, { ...attributes, get: () => values()[index], set });
      return;
    }
    const set = (value: unknown): unknown => {
      Object.defineProperty(object, name, { ...attributes, writable: true, value });
      return value;
    };
    Object.defineProperty(object, name, { ...attributes, get: () => set(this.#value(binding)), set });
  }

  #group(id: string): unknown[] {
    let values = groups.get(id);
    if (values === undefined) {
      values = decode(deserialize(this.#groups.get(id) as Uint8Array) as Graph, this);
      groups.set(id, values);
    }
    return values;
  }
}

/** Lets the variable be one of the values. It keeps those alive from then on, but not the parcel that brought them. */
function share(object: object, name: string, values: unknown[], index: number): unknown[] {
  const set = (value: unknown): void => {
    values[index] = value;
  };
  Object.defineProperty(object, name, { configurable: true, enumerable: true, get: () => values[index], set });
  return values;
}
