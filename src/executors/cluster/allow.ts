import { createRequire, isBuiltin } from 'node:module';
import { join } from 'node:path';
import { serialize } from 'node:v8';
import type { Shipment } from '../../shipping/index.ts';
import type { Origin } from '../../shipping/origin.ts';
import type { Contents } from '../../shipping/parcel.ts';
import { nameParts } from './remote-function.ts';
import { Refused } from './seal.ts';
import type { ClusterBatch } from './wire.ts';

/** Which functions a worker runs: all, or those of a list. */
export class Gate {
  /** By what `keyOf` makes of them; undefined when everything may run. */
  readonly #allowed: ReadonlySet<string> | undefined;
  readonly #require: NodeJS.Require;

  /**
   * @param allow names as `remoteFunction` takes them; undefined lets everything run
   * @param folder where the names of modules are looked up
   * @throws TypeError or Node's error for a module that is not there
   */
  constructor(allow: readonly string[] | undefined, folder = process.cwd()) {
    this.#require = createRequire(join(folder, 'worker.js'));
    this.#allowed = allow && new Set(allow.map((name) => keyOf(this.#originOf(name))));
  }

  /**
   * The batch as it is to run: functions that came by name are looked up here. With a list, nothing but names is taken
   * from it, and arguments that are data.
   *
   * @throws Refused, or the error of a module that is not there
   */
  admit(batch: ClusterBatch): ClusterBatch {
    const definitions = (batch.definitions ?? []).map((shipment) => this.#shipment(shipment));
    if (this.#allowed !== undefined) {
      if (batch.shipped) throw new Refused('A task', 'not allowed', 'its arguments bring code along');
      const ids = new Set(definitions.map(({ id }) => id));
      const asked = typeof batch.functions === 'string' ? [batch.functions] : batch.functions;
      if (!asked.every((id) => ids.has(id))) throw new Refused('A task', 'not allowed', 'its function is not with it');
    }
    return { ...batch, definitions };
  }

  #shipment({ id, name, definitions }: Shipment): Shipment {
    const { remote, root } = Object(definitions) as { remote?: unknown; root?: Contents['root'] };
    let origin: Origin | undefined;
    if (typeof remote === 'string') origin = this.#originOf(remote);
    else if (this.#allowed === undefined) return { id, name, definitions };
    else if (root?.[0] === 'origin') origin = root[1];
    if (origin === undefined || this.#allowed?.has(keyOf(origin)) === false) {
      throw new Refused(`The function '${name}'`, 'not allowed', typeof remote === 'string' ? remote : 'shipped code');
    }
    const nothing = serialize({ definitions: [], environments: [], groups: [] });
    const contents: Contents = { root: ['origin', origin], version: 0, parcel: nothing, size: 0, shared: new Map() };
    return { id, name, definitions: contents };
  }

  #originOf(name: string): Origin {
    const [module, key] = nameParts(name);
    if (isBuiltin(module)) return { from: 'builtin', id: `node:${module.replace(/^node:/, '')}`, keys: [key] };
    return { from: 'file', id: this.#require.resolve(module), keys: [key] };
  }
}

function keyOf({ from, id, keys, star }: Origin): string {
  return JSON.stringify([from, id, keys, star === true]);
}
