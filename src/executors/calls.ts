import { shipFunction, shipValue, type Target } from '../shipping/index.ts';
import { giveAll, noteShared } from '../workers/holders.ts';
import { remoteShipment } from './cluster/remote-function.ts';
import type { TaskOptions } from './executor.ts';
import type { PoolCall, PoolJob } from './hand.ts';
import { isPlain } from './outcome.ts';
import { Pace } from './pace.ts';

/** What is said to those who give a `key` to an executor of this machine. */
export const noKeys = 'only a ClusterExecutor keeps results by key, for a caller that comes back: leave key out';

export type Fn = (...args: never[]) => unknown;

/** Makes functions and arguments ready for the workers of one pool, and remembers how long each function takes. */
export class Calls {
  readonly #kind: Target;
  readonly #paces = new WeakMap<Fn, Pace>();
  /** The calls of this turn, so that a loop of submits asks for the function's shipment once. */
  readonly #turn = new Map<Fn, PoolCall>();

  constructor(kind: Target) {
    this.#kind = kind;
  }

  /** @throws ShippingError, by name, for what cannot travel; TypeError for options that have no meaning here */
  prepare(fn: Fn, options: TaskOptions & { readonly chunksize?: number }): PoolCall {
    const { name, runTimeout, transfer, transferResult, chunksize, key } = options;
    if ((transfer ?? transferResult) !== undefined && this.#kind !== 'thread') {
      throw new TypeError('memory moves between threads only; to and from a process it is copied: leave transfer out');
    }
    if (key !== undefined && this.#kind !== 'remote') throw new TypeError(noKeys);
    const call = this.#turn.get(fn) ?? this.#callOf(fn);
    const special = name ?? runTimeout ?? transfer ?? transferResult ?? chunksize ?? key;
    if (special === undefined) return call;
    return { ...call, name: name ?? call.name, runTimeout, transfer, transferResult, chunksize, key };
  }

  /** Puts what `shipValue` makes of the arguments in their place. */
  ship(job: PoolJob): void {
    const { args, call } = job;
    if (call.transfer === undefined && call.shared === undefined && args.every(isPlain)) return;
    const moved: unknown[] = [...(call.transfer ?? [])];
    let shippedArgs: unknown[] | undefined;
    let given = call.shared;
    for (let index = 0; index < args.length; index += 1) {
      const arg = args[index];
      if (isPlain(arg)) continue;
      const list = this.#kind === 'thread' ? moved : undefined;
      const { shipped, shared } = noteShared(() => shipValue(arg, this.#kind, list, `args[${index}]`));
      if (shared !== undefined) given = [...(given ?? []), ...shared];
      if (shipped === arg) continue;
      shippedArgs ??= [...args];
      shippedArgs[index] = shipped;
    }
    if (shippedArgs !== undefined) {
      job.args = shippedArgs;
      job.shipped = true;
    }
    if (moved.length > 0) job.transfer = moved;
    if (given !== undefined) job.leave = giveAll(given);
  }

  /** The turn is over: what a function uses may change from here on. */
  forget(): void {
    this.#turn.clear();
  }

  #callOf(fn: Fn): PoolCall {
    const pace = this.#paces.get(fn) ?? new Pace();
    this.#paces.set(fn, pace);
    const { shipped: shipment, shared } = noteShared(
      () => (this.#kind === 'remote' ? remoteShipment(fn) : undefined) ?? shipFunction(fn, this.#kind),
    );
    const call = { name: shipment.name, shipment, pace, shared };
    this.#turn.set(fn, call);
    return call;
  }
}
