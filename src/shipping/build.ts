import { createHash } from 'node:crypto';
import { serialize } from 'node:v8';
import type { AnyFunction, Target } from './contract.ts';
import { Encoder } from './encode.ts';
import { classId } from './identity.ts';
import { type Surroundings, surroundingsOf } from './inspect.ts';
import { builtStrict } from './keepers.ts';
import { importNode, originInPackage, originOf } from './modules.ts';
import { fileName } from './names.ts';
import type { Binding, Definition, Parcel } from './parcel.ts';
import { describeRefused, type Path, pathText, type Refusal } from './refusal.ts';
import { type Member, resolveNames, scriptEnvironment, type Variable } from './resolve.ts';
import { scriptOf } from './scripts.ts';
import { changedShape, isNative, nameOf, ownKeys, textOf, unusedName } from './shape.ts';
import { type Source, sourceOf } from './source.ts';
import type { Graph, Wire, WireNode } from './wire.ts';

/** Variables that are written down together, and the objects they reach. */
interface Group {
  readonly variables: Variable[];
  readonly met: Set<object>;
  encoder: Encoder;
  wires: readonly Wire[];
}

/** Data that travels with a function, and what it was when it was written down. */
export interface Written {
  /** The values as they are now. */
  values(): readonly unknown[];
  readonly bytes: Buffer;
  /** A copy of the values, as far as they are plain data; made when it is first needed. */
  copy?: readonly unknown[];
}

/** Writes values down together. */
export function writeGraph(encoder: Encoder, values: readonly unknown[], path: Path = { step: '' }): Graph {
  return { roots: values.map((value, step) => encoder.encode(value, { up: path, step })), nodes: encoder.nodes };
}

/** What must be looked at to know that a function, and all it uses, did not change. */
interface Checks {
  readonly members: Member[];
  /** Captured objects: the variable is the same, its contents may have changed. */
  readonly captured: Written[];
  /** Functions and classes, with the names of their own properties. */
  readonly owners: { readonly fn: AnyFunction; readonly keys: readonly PropertyKey[] }[];
  /** Functions with variables that can change without a trace. */
  readonly unknown: { readonly fn: AnyFunction; readonly values: Map<string, unknown>; looks: number }[];
}

const nothing: WireNode = ['plain', undefined];
const nowhere: Surroundings = { script: '', line: 0, column: 0, scopes: [] };

const digest = (content: unknown): string => createHash('sha1').update(serialize(content)).digest('base64url');

/** Collects a function and all it uses, until nothing is left that was not looked at. */
export class Builder {
  readonly refusals: Refusal[] = [];
  readonly shared = new Map<string, SharedArrayBuffer>();
  readonly checks: Checks = { members: [], captured: [], owners: [], unknown: [] };
  readonly to: Target;
  readonly #ids = new Map<AnyFunction, string>();
  readonly #defined = new Set<string>();
  readonly #definitions: (() => Definition)[] = [];
  readonly #environments = new Map<string, Map<string, Binding>>();
  readonly #groups: Group[] = [];
  readonly #waiting: Variable[] = [];
  /** The script of the function that was asked for. */
  #home: string | undefined;

  constructor(to: Target) {
    this.to = to;
  }

  /** The node of a function or class; it and all it uses become part of the parcel. */
  add(fn: AnyFunction, path: Path): WireNode {
    // A native function that was captured is found by its name; to send one itself is most often a slip.
    const node = isNative(fn) ? this.#refuse(pathText(path), describeRefused(fn)) : this.#callable(fn, path);
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) this.#bind(next);
    return node;
  }

  /** The parcel of all that was added; to be called once, if nothing was refused. */
  parcel(): Parcel {
    this.#mergeGroups();
    const groups = this.#groups.map(({ variables, encoder, wires }): readonly [string, Uint8Array] => {
      const bytes = serialize({ roots: wires, nodes: encoder.nodes });
      const id = digest([variables.map(({ environment, name }) => `${environment} ${name}`), bytes]);
      variables.forEach(({ environment, name }, index) => {
        this.#environments.get(environment)?.set(name, ['data', id, index]);
      });
      if (encoder.nodes.length > 0) {
        const values = variables.map(({ value }) => value);
        this.checks.captured.push({ values: () => values, bytes });
      }
      return [id, bytes];
    });
    const definitions = this.#definitions.map((define) => define());
    // What was met is needed no more, but whoever asks whether something changed keeps this builder.
    this.#groups.length = 0;
    this.#definitions.length = 0;
    return {
      definitions,
      environments: [...this.#environments].map(([id, variables]) => [id, [...variables]]),
      groups,
    };
  }

  /** The node of a function that is part of the parcel or imported; undefined for any other. */
  nodeOf(fn: AnyFunction): WireNode | undefined {
    const id = this.#ids.get(fn);
    return id === undefined ? importNode(fn) : ['function', id];
  }

  #refuse(name: string, text: string): WireNode {
    this.refusals.push({ name, text });
    return nothing;
  }

  #callable(fn: AnyFunction, path: Path): WireNode {
    const known = this.nodeOf(fn);
    if (known) return known;
    if (isNative(fn)) return this.#refuse(pathText(path), describeRefused(fn));
    const text = textOf(fn);
    let source: Source;
    try {
      source = sourceOf(text);
    } catch (error) {
      return this.#refuse(pathText(path), `has a source that cannot be read: ${(error as Error).message}.`);
    }
    // Who uses no name of its surroundings need not be looked up there.
    const at = source.names.size === 0 && !source.isDerived ? nowhere : surroundingsOf(fn);
    this.#home ??= at.script;
    // What stands in another module than the function that was asked for may stand in a package.
    const packaged = at.script === this.#home ? undefined : originInPackage(fn, at);
    if (packaged) return ['origin', packaged];
    const before = this.refusals.length;
    const node: WireNode = ['function', this.#define(fn, text, source, at)];
    if (this.refusals.length === before || !scriptOf(at).url.startsWith('node:')) return node;
    // Why something of Node's own cannot travel is of no interest to anybody.
    this.refusals.length = before;
    return this.#refuse(pathText(path), 'belongs to Node itself. Make it there instead.');
  }

  #define(fn: AnyFunction, text: string, source: Source, at: Surroundings): string {
    const name = nameOf(fn) || 'the function';
    const { captured, environments, members, refusals, requireFrom, unknown, variables } = resolveNames(
      name,
      source,
      at,
    );
    const changed = changedShape(fn, text, source);
    if (changed) refusals.push({ name, text: changed });
    const variable = unusedName(text);
    if (captured.size > 0) environments.push([variable, scriptEnvironment(at)]);

    const isClass = source.kind === 'class';
    const isModule = at.scopes.some(({ kind }) => kind === 'Module');
    const keys = ownKeys(fn);
    const content = [nameOf(fn), text, isModule, at.script, environments, requireFrom];
    // Functions of the same source in the same place mean the same; but a class is only the same as itself.
    const id = isClass || keys.length > 0 ? classId(fn) : `function ${digest(content)}`;
    this.refusals.push(...refusals);
    if (refusals.length > 0) return id;
    this.#ids.set(fn, id);
    this.checks.members.push(...members);
    if (unknown.size > 0) this.checks.unknown.push({ fn, values: unknown, looks: 0 });
    if (this.#defined.has(id)) return id;
    this.#defined.add(id);

    this.#waiting.push(...variables);
    const parent = source.isDerived
      ? this.#callable(Object.getPrototypeOf(fn) as AnyFunction, { step: `the parent class of ${name}` })
      : undefined;
    const definition: Definition = {
      id,
      isClass,
      name: nameOf(fn),
      file: fileName(nameOf(fn)),
      code: source.expression(captured, variable),
      isStrict: isModule || builtStrict.has(fn) || (source.isPlainFunction && !Object.hasOwn(fn, 'caller')),
      environments,
      requireFrom,
      parent,
      properties: undefined,
    };
    this.checks.owners.push({ fn, keys });
    const kept = keys.filter((key) => this.#isKept(fn, key, isClass, text));
    this.#definitions.push(() => ({ ...definition, properties: this.#properties(fn, kept) }));
    return id;
  }

  /** A static field whose value cannot travel, or is a function, gets its value anew where the class is built. */
  #isKept(fn: AnyFunction, key: PropertyKey, isClass: boolean, text: string): boolean {
    const value: unknown = Reflect.get(fn, key);
    if (isClass && typeof value === 'function' && text.includes(textOf(value))) return false;
    const before = this.refusals.length;
    this.#encoder().encode(value, { up: { step: nameOf(fn) }, step: key });
    if (isClass && this.refusals.length > before) {
      this.refusals.length = before;
      return false;
    }
    return true;
  }

  /** The own properties of a function: key and value in turn. */
  #properties(fn: AnyFunction, kept: readonly PropertyKey[]): Buffer | undefined {
    if (kept.length === 0) return undefined;
    const values = (): unknown[] => kept.flatMap((key) => [key, Reflect.get(fn, key)]);
    const bytes = serialize(writeGraph(this.#encoder(), values(), { step: nameOf(fn) }));
    this.checks.captured.push({ values, bytes });
    return bytes;
  }

  /** Gives a variable its binding. */
  #bind(variable: Variable): void {
    const { environment, name, value, used } = variable;
    const bindings = this.#environments.get(environment) ?? new Map<string, Binding>();
    this.#environments.set(environment, bindings);
    if (bindings.has(name)) return;
    const path: Path = { step: name };
    if (typeof value === 'function') {
      const before = this.refusals.length;
      bindings.set(name, this.#callable(value as AnyFunction, path));
      this.#addUse(before, used);
      return;
    }
    const origin = typeof value === 'object' && value !== null ? originOf(value) : undefined;
    if (origin) {
      bindings.set(name, ['origin', origin]);
      return;
    }
    // Takes the place; the group has no name until it is complete.
    bindings.set(name, ['data', '', 0]);
    const before = this.refusals.length;
    const met = new Set<object>();
    const encoder = this.#encoder(met);
    const wires = [encoder.encode(value, path)];
    this.#addUse(before, used);
    this.#groups.push({ variables: [variable], encoder, wires, met });
  }

  /** Completes the refusals of a variable's value by where the variable is used. */
  #addUse(since: number, used: string): void {
    for (let index = since; index < this.refusals.length; index += 1) {
      const { name, text } = this.refusals[index] as Refusal;
      if (!text.includes('(used in')) this.refusals[index] = { name, text: text.replace(/(?=[.,:])/, ` (${used})`) };
    }
  }

  #encoder(met?: Set<object>): Encoder {
    return new Encoder({
      to: this.to,
      shared: this.shared,
      met,
      callable: (fn, path) => this.#callable(fn, path),
      refuse: (_value, path, text) => {
        this.#refuse(pathText(path), text);
        return undefined;
      },
    });
  }

  /** Variables that share an object are written down together, so that they share it there. */
  #mergeGroups(): void {
    for (let index = 0; index < this.#groups.length; index += 1) {
      const group = this.#groups[index] as Group;
      const earlier = this.#groups.slice(0, index).find(({ met }) => [...group.met].some((object) => met.has(object)));
      if (earlier === undefined) continue;
      earlier.variables.push(...group.variables);
      for (const object of group.met) earlier.met.add(object);
      earlier.encoder = this.#encoder();
      const values = earlier.variables.map(({ value }) => value);
      earlier.wires = writeGraph(earlier.encoder, values).roots;
      this.#groups.splice(index, 1);
      // The larger group may share objects with one that stood between.
      index = -1;
    }
  }
}
