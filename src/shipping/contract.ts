/**
 * Where a value goes: to a thread of this process (shared memory travels by reference), to another process of this
 * machine, or to a process that may run on another machine.
 */
export type Target = 'thread' | 'process' | 'remote';

/**
 * A function made ready to travel. All of it is data: the structured clone of `postMessage` carries it to a thread, the
 * `advanced` serialization of `child_process` to a process.
 */
export interface Shipment {
  /**
   * Made from the content: the sources and the captured data. A function that did not change has the same id, so a
   * shipment need go to each worker only once; after that its id is enough for `receiveFunction`.
   */
  readonly id: string;
  /** What a reader calls the function; never empty. */
  readonly name: string;
  /** What the worker needs to build it; of no use to anybody else. */
  readonly definitions: unknown;
}

// biome-ignore lint/suspicious/noExplicitAny: any function can be asked to travel, whatever it takes and gives.
export type AnyFunction = (...args: any[]) => any;

/** Says that something cannot travel: what, where it is used, and the way out. Thrown before anything runs. */
export class ShippingError extends Error {
  override readonly name = 'ShippingError';
  /** The names or paths that cannot travel, such as `limit` or `args[0].sock`. */
  readonly names: readonly string[];

  constructor(message: string, names: readonly string[], options?: ErrorOptions) {
    super(message, options);
    this.names = names;
  }
}
