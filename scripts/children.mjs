// @ts-check
import { spawn } from 'node:child_process';
import fs, { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { killGroup } from './lock.mjs';
import { root, SetupError, stateDir } from './paths.mjs';

/** Everything that the steps of set-up printed, for the case that something fails. */
export const logFile = join(stateDir, 'setup.log');

const full = 'The disk is full: make room (about 1 GB), then run this again.';

/** What went wrong, as the tools word it, and what to do about it. */
const remedies = [
  {
    sign: /ENOSPC|no space left on device|os error 28/i,
    say: full,
  },
  // Before the network, whose signs the same tools print as well.
  {
    sign: /invalid peer certificate|certificate[_ ]verify[_ ]failed|self[-_ ]signed[-_ ]cert|UNABLE_TO_(?:GET_ISSUER|VERIFY)/i,
    say:
      'The packages could not be fetched, as the certificate on the way is not known here: name the file that has it ' +
      '(of a proxy: ask who runs it) in NODE_EXTRA_CA_CERTS, PIP_CERT and SSL_CERT_FILE, then run this again.',
  },
  {
    sign: /ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ENETUNREACH|ECONNREFUSED|dns error|name resolution|error sending request|NewConnectionError/i,
    say: 'The packages could not be fetched: connect to the network (or set your proxy), then run this again.',
  },
  {
    sign: /EACCES|EROFS|permission denied|read-only file system/i,
    say: 'A file or folder cannot be written, see above: give yourself the right to, or clone the course to a folder of yours.',
  },
];

/**
 * What to do about an error, if its words tell.
 * @param {string} words
 */
function remedyFor(words) {
  const known = remedies.find(({ sign }) => sign.test(words))?.say;
  // Some tools keep the reason to themselves.
  return known ?? (isDiskFull() ? full : undefined);
}

function isDiskFull() {
  try {
    // Not a named import, which a Node without it could not even parse.
    const { bavail, bsize } = fs.statfsSync(root);
    return bavail * bsize < 10e6;
  } catch {
    return false;
  }
}

/**
 * An error of the system in one line that says what to do, where that is known.
 * @param {unknown} error
 */
export function withRemedy(error) {
  if (!(error instanceof Error) || error instanceof SetupError) return error;
  const remedy = remedyFor(error.message);
  return remedy === undefined ? error : new SetupError(`${error.message}\n${remedy}`);
}

/** @type {Set<number>} process groups that run now */
const groups = new Set();

/** Ends whatever a step has started. */
export function killAll() {
  for (const pid of groups) killGroup(pid);
}

/**
 * Runs one tool of a set-up step in a process group of its own; its output goes to the log.
 * @param {string} command
 * @param {string[]} args
 * @param {{ addGroup: (pid: number) => void, cwd?: string, env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<void>}
 */
export function runTool(command, args, { addGroup, cwd, env }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: env ?? process.env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let tail = '';
    const take = (/** @type {Buffer} */ chunk) => {
      tail = (tail + chunk).slice(-20_000);
      try {
        appendFileSync(logFile, chunk);
      } catch {
        // A full disk; the tool will say so itself.
      }
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    const { pid } = child;
    if (pid !== undefined) {
      groups.add(pid);
      addGroup(pid);
    }
    child.on('error', (error) => {
      const way =
        command === 'npm'
          ? ' It comes with Node (https://nodejs.org); on Debian and Ubuntu: sudo apt install npm.'
          : '';
      reject(new SetupError(`${command} could not be started: ${error.message}.${way}`));
    });
    child.on('close', (code, signal) => {
      if (pid !== undefined) groups.delete(pid);
      if (code === 0) return resolve();
      const lines = tail.trimEnd().split('\n');
      // npm says first what is wrong, the others last.
      const last = (lines.length > 15 ? [...lines.slice(0, 6), '…', ...lines.slice(-9)] : lines).join('\n');
      const remedy = remedyFor(last) ?? `Everything it said is in ${logFile}.`;
      reject(new SetupError(`${last}\n${[command, ...args].join(' ')} failed (${signal ?? code}).\n${remedy}`));
    });
  });
}
