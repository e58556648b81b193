// @ts-check
import { copyFileSync, existsSync, lstatSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTool } from './children.mjs';
import { readIfThere, root, SetupError, stateDir, writeWhole } from './paths.mjs';
import { findPython } from './python.mjs';

/** @typedef {import('./environment.mjs').Environment} Environment */

/** What the `.venv` holds. */
export const list = join(root, 'environment', 'requirements.txt');

/**
 * Says that a `.venv` is ours, from before its first file until it is removed; and where and with which Python it was
 * made: its scripts name both, so elsewhere, or under a newer Python of the system, it is of no use.
 * @param {Pick<Environment, 'prefix'>} environment
 */
function markOf({ prefix }) {
  return join(prefix, '.interleaved');
}

/** @param {Environment} environment */
function origin({ prefix, python }) {
  return `${prefix}\n${realpathSync(python)}\n`;
}

/**
 * Whether the `.venv` was made here, by us, with the Python that it still leads to.
 * @param {Environment} environment
 */
export function isAtHome(environment) {
  return existsSync(environment.python) && readIfThere(markOf(environment)) === origin(environment);
}

/**
 * Makes a `.venv` with the packages of the list, from nothing.
 * @param {Environment} environment
 * @param {(pid: number) => void} addGroup
 * @param {(line: string) => void} note
 */
export async function makeVenv(environment, addGroup, note) {
  const { prefix, python } = environment;
  const found = findPython();
  // Kept from the old one: with it and a full cache, a new one needs no network.
  const uv = join(stateDir, 'uv');
  const old = join(stateDir, 'venv.old');
  rmSync(old, { recursive: true, force: true });
  if (isOurs(environment)) {
    if (existsSync(join(prefix, 'bin', 'uv'))) copyFileSync(join(prefix, 'bin', 'uv'), uv);
    // First by one rename: killed in the middle of removing, it would not be known as ours any more.
    renameSync(prefix, old);
  } else if (lstatSync(prefix, { throwIfNoEntry: false })) {
    note(`The .venv that was here is not the course's: it is ${setAside(prefix)} now.`);
  }
  rmSync(old, { recursive: true, force: true });
  writeWhole(markOf(environment), 'being made');
  await runTool(found, ['-m', 'venv', prefix], { addGroup });
  writeWhole(markOf(environment), origin(environment));
  await syncPackages(environment, addGroup, uv);
  rmSync(uv, { force: true });
  if (!existsSync(python)) throw new SetupError(`${found} -m venv ${prefix} made no ${python}.`);
}

/**
 * Whether a `.venv` may be removed: a reader's own, or an editor's, may not.
 * @param {Pick<Environment, 'prefix'>} environment
 */
export function isOurs(environment) {
  return readIfThere(markOf(environment)) !== undefined && !lstatSync(environment.prefix).isSymbolicLink();
}

/**
 * Gives a folder another name.
 * @param {string} path
 */
function setAside(path) {
  let name = `${path}.other`;
  for (let count = 2; lstatSync(name, { throwIfNoEntry: false }); count += 1) name = `${path}.other-${count}`;
  renameSync(path, name);
  // As new virtual environments do themselves: git and all that asks it pass over what is in it.
  const ignore = join(name, '.gitignore');
  if (lstatSync(name).isDirectory() && !existsSync(ignore)) writeFileSync(ignore, '*\n');
  return name;
}

/**
 * Makes the environment's packages exactly those of the list.
 * @param {Environment} environment
 * @param {(pid: number) => void} addGroup
 * @param {string} [spare] an uv to use when the environment has none yet
 */
export async function syncPackages({ prefix, python }, addGroup, spare = '') {
  const wanted = /^uv==\S+$/m.exec(readIfThere(list) ?? '')?.[0];
  if (!wanted) throw new SetupError(`${list} does not name uv.`);
  const own = join(prefix, 'bin', 'uv');
  const sync = ['pip', 'sync', '--python', python, list];
  // With all packages in the cache no index needs asking.
  for (const uv of [own, spare].filter((path) => existsSync(path))) {
    try {
      return await runTool(uv, [...sync, '--offline'], { addGroup });
    } catch {
      // What lacks is fetched below.
    }
  }
  if (!existsSync(own)) {
    await runTool(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', wanted], { addGroup });
  }
  try {
    await runTool(own, [...sync, '--offline'], { addGroup });
  } catch {
    await runTool(own, sync, { addGroup });
  }
}
