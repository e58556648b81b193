import { createRequire, isBuiltin } from 'node:module';
import { join } from 'node:path';
import { serialize } from 'node:v8';
import type { Shipment } from '../../shipping/index.ts';
import { type Origin, valueFrom } from '../../shipping/origin.ts';
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
   * @param allow names as `remoteFunction` takes them, whose modules are loaded; undefined lets everything run
   * @param folder where the names of modules are looked up
   * @throws TypeError for a name that is none or of no function, Node's error for a module that is not there
   */
  constructor(allow: readonly string[] | undefined, folder = process.cwd()) {
    this.#require = createRequire(join(folder, 'worker.js'));
    this.#allowed = allow && new Set(allow.map((name) => keyOf(existing(name, this.#originOf(name)))));
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

/** @throws TypeError when there is no function of that name: better now than in the first task */
function existing(name: string, origin: Origin): Origin {
  if (typeof valueFrom(origin) === 'function') return origin;
  const module = Object(valueFrom({ ...origin, keys: [] })) as Record<string, unknown>;
  const functions = Object.keys(module).filter((key) => typeof module[key] === 'function');
  const has = functions.length === 0 ? 'it has none' : `it has ${functions.slice(0, 10).join(', ')}`;
  throw new TypeError(`${JSON.stringify(name)} cannot be allowed: its module has no function of that name; ${has}`);
}

function keyOf({ from, id, keys, star }: Origin): string {
  return JSON.stringify([from, id, keys, star === true]);
}
