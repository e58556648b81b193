// @ts-check
import { execFileSync, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { basename } from 'node:path';
import { readIfThere, root } from './paths.mjs';

const signals = /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * Runs a script in the foreground to its end and gives its exit code. Signals are the child's to handle; it also
 * learns from the closed channel when this process is gone, and is ended when npm, or whoever started this, is gone.
 * @param {string} node
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, output?: number }} [options] variables beside this process's own; the file
 *   that gets what the script prints, in place of this process's output
 * @returns {Promise<number>}
 */
export function runOn(node, args, { env = {}, output } = {}) {
  const to = output ?? 'inherit';
  const child = spawn(node, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['inherit', to, to, 'ipc'],
  });
  const pass = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal);
  for (const signal of signals) process.on(signal, pass);
  const isAbandoned = watchStarter();
  const watch = setInterval(() => isAbandoned() && child.kill('SIGTERM'), 500);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      clearInterval(watch);
      for (const name of signals) process.off(name, pass);
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}

/**
 * Tells whether the process that started this one is gone. npm may put a shell between, which lives on when npm is
 * killed; then the shell's own parent counts.
 * @returns {() => boolean}
 */
function watchStarter() {
  const parent = process.ppid;
  const { ppid, name } = about(parent);
  const isShell = process.env.npm_lifecycle_event !== undefined && /^-?(?:ba|da|z|k)?sh$/.test(name);
  return () => process.ppid !== parent || (isShell && about(parent).ppid !== ppid);
}

/**
 * A process's parent and the name of its program.
 * @param {number} pid
 */
export function about(pid) {
  const stat = readIfThere(`/proc/${pid}/stat`);
  if (stat !== undefined) {
    const end = stat.lastIndexOf(')');
    return { ppid: stat.slice(end + 2).split(' ')[1], name: stat.slice(stat.indexOf('(') + 1, end) };
  }
  try {
    const [ppid, ...name] = execFileSync('ps', ['-o', 'ppid=,comm=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .split(/\s+/);
    return { ppid, name: basename(name.join(' ')) };
  } catch {
    return { ppid: undefined, name: '' };
  }
}
