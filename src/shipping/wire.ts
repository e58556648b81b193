import type { Origin } from './origin.ts';

/*
 * How data that the structured clone cannot carry whole is written down: a list of nodes, all plain data. Objects are
 * nodes, named by their place in the list, so that what is the same object here is the same object there, also in
 * circles; what the structured clone can carry stays as it is, in one node.
 */

/** A primitive as it is, or the place of a node. */
export type Wire = bigint | boolean | number | string | null | undefined | readonly [node: number];

/** A property that is hidden, read-only, or has a getter or setter. */
export type OddProperty = readonly [
  key: Wire,
  attributes: { enumerable: boolean; configurable: boolean; writable?: boolean },
  ...value: [value: Wire] | [get: Wire, set: Wire],
];

/** The own properties of an object: the ordinary ones as two lists. */
export type Fields = readonly [keys: readonly Wire[], values: readonly Wire[], odd?: readonly OddProperty[]];

/** What an instance must be made from, so that the engine treats it as such. */
export type Base = 'array' | 'error' | 'map' | 'object' | 'set';

export type WireNode =
  | readonly ['plain', value: unknown]
  | readonly ['object', hasPrototype: boolean, fields: Fields]
  | readonly ['array', length: number, fields: Fields]
  | readonly ['map', entries: readonly (readonly [Wire, Wire])[]]
  | readonly ['set', members: readonly Wire[]]
  /** `privates` per class with private fields, the base class first. */
  | readonly [
      'instance',
      cls: Wire,
      base: Base,
      fields: Fields,
      entries: readonly (readonly [Wire, Wire])[],
      privates: readonly (readonly Wire[])[],
    ]
  | readonly ['buffer', bytes: Uint8Array]
  | readonly ['shared', id: string]
  | readonly ['view', type: string, buffer: Wire, offset: number, length: number]
  | readonly ['domexception', message: string, name: string, stack: Wire]
  | readonly ['symbol', kind: 'known' | 'own' | 'registered', id: string, description: string]
  | readonly ['url', href: string]
  | readonly ['port', port: unknown]
  /** An instance that the library's class writes and reads itself; the origin says which module knows the class. */
  | readonly ['custom', name: string, data: Graph, from: Origin | undefined]
  /** A class of the library, by the name it was registered with. */
  | readonly ['known', name: string, from: Origin | undefined]
  | readonly ['origin', origin: Origin]
  /** A function or class that the message defines or brings along. */
  | readonly ['function', id: string];

/** Values written down together. */
export interface Graph {
  readonly roots: readonly Wire[];
  readonly nodes: readonly WireNode[];
}
