import type { Shipment } from '../../shipping/index.ts';

const remoteNames = new WeakMap<object, string>();

/**
 * A function of a module that the workers of a cluster have and the caller need not have: it travels as its name, and
 * each worker finds the module from the folder where it was started. A worker with `--allow` runs nothing else.
 *
 * @param name the module and its export, such as `./jobs.ts#resize` or `node:zlib#gzipSync`
 * @throws TypeError for a name of another form
 * @example
 * const resize = remoteFunction<(path: string) => number>('./jobs.ts#resize');
 * await pool.submit(resize, 'a.png');
 */
export function remoteFunction<F extends (...args: never[]) => unknown>(name: string): F {
  const [, key] = nameParts(name);
  const fn = (): never => {
    throw new TypeError(`${name} runs on the workers of a ClusterExecutor only: import it to call it here`);
  };
  Object.defineProperty(fn, 'name', { value: key });
  remoteNames.set(fn, name);
  return fn as unknown as F;
}

/** What travels for a function that `remoteFunction` made; undefined for others. */
export function remoteShipment(fn: object): Shipment | undefined {
  const name = remoteNames.get(fn);
  return name === undefined
    ? undefined
    : { id: `remote ${name}`, name: nameParts(name)[1], definitions: { remote: name } };
}

/** @throws TypeError */
export function nameParts(name: string): [module: string, key: string] {
  const at = name.lastIndexOf('#');
  if (at < 1 || at === name.length - 1) {
    throw new TypeError(`${JSON.stringify(name)} names no function: write module#export, such as ./jobs.ts#resize`);
  }
  return [name.slice(0, at), name.slice(at + 1)];
}
