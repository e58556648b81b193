// @ts-check
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { about } from './follow.mjs';
import { readIfThere } from './paths.mjs';

/**
 * The processes that run what set-up and the course have put into a checkout: by their command lines, which name the
 * environment's Node or Python, the kernel or the server's script. An editor with a file of the checkout is none, nor is
 * this process or what started it: with the environment active, that is its npm.
 * @param {string} root the checkout
 * @returns {number[]}
 */
export function processesFrom(root) {
  const parts = ['.venv/', 'dist/', 'src/course/'].map((part) => join(root, part));
  const own = new Set([process.pid]);
  for (let pid = process.ppid; pid > 1 && !own.has(pid); pid = Number(about(pid).ppid)) own.add(pid);
  return commandLines()
    .filter(
      ({ pid, words }) =>
        !own.has(pid) && words.slice(0, 3).some((word) => parts.some((part) => word.startsWith(part))),
    )
    .map(({ pid }) => pid);
}

/** The processes of this machine, each with the words of its command. */
function commandLines() {
  if (existsSync('/proc/self/cmdline')) {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => ({ pid: Number(name), words: (readIfThere(`/proc/${name}/cmdline`) ?? '').split('\0') }));
  }
  // Here blanks within a word cannot be told from those between two: all that follows a blank may begin one.
  const { stdout } = spawnSync('ps', ['-axww', '-o', 'pid=,command='], { encoding: 'utf8' });
  return (stdout ?? '').split('\n').flatMap((line) => {
    const [, pid, command = ''] = /^\s*(\d+)\s(.*)$/.exec(line) ?? [];
    const starts = [0, ...[...command.matchAll(/ \//g)].map(({ index }) => index + 1)];
    return pid ? [{ pid: Number(pid), words: starts.map((start) => command.slice(start)) }] : [];
  });
}
