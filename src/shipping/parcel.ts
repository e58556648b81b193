import type { WireNode } from './wire.ts';

/** A function or class as a worker builds it. */
export interface Definition {
  /** The same for functions that mean the same; a class keeps its name on its travels. */
  readonly id: string;
  readonly isClass: boolean;
  readonly name: string;
  /** What a stack calls its source. */
  readonly file: string;
  /** An expression. */
  readonly code: string;
  readonly isStrict: boolean;
  /** Variables of the code and the environment that each stands for. */
  readonly environments: readonly (readonly [variable: string, environment: string])[];
  /** The folder from which its `require` looks for modules. */
  readonly requireFrom: string | undefined;
  /** The class that it extends, when the code names it `$extends`. */
  readonly parent: WireNode | undefined;
  /** The function's or class's own properties, static fields among them: name and value in turn, as a serialised graph. */
  readonly properties: Uint8Array | undefined;
}

/**
 * A variable: a function, class or imported value by a node, or data by its place in a group. Variables that share
 * objects are in one group. Functions that were sent on different occasions but use the same group share its variables
 * in a worker, so that one can set what the other reads, as in one module.
 */
export type Binding = WireNode | readonly ['data', group: string, index: number];

/** Everything that a worker needs to build a function. */
export interface Parcel {
  readonly definitions: readonly Definition[];
  readonly environments: readonly (readonly [id: string, variables: readonly (readonly [name: string, Binding])[]])[];
  /** Each group's graph, serialised: a worker that has the group already need not read it. */
  readonly groups: readonly (readonly [id: string, graph: Uint8Array])[];
}

/** What travels in `Shipment.definitions`. */
export interface Contents {
  /** The function or class itself. */
  readonly root: WireNode;
  /** A later parcel of the same thread has a higher number: a class takes its variables from the latest. */
  readonly version: number;
  /**
   * The parcel, serialised by `v8`: one piece to copy, and a snapshot of the captured data. One without data goes to a
   * thread as it is: loading `v8` would be 0.6 ms of the start of that thread.
   */
  readonly parcel: Uint8Array | Parcel;
  /** Its bytes when serialised. */
  readonly size: number;
  /** The shared memory that the captured data name. */
  readonly shared: ReadonlyMap<string, SharedArrayBuffer>;
}
