// @ts-check
import { closeSync, mkdirSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readIfThere, stateDir } from './paths.mjs';

const lockFile = join(stateDir, 'lock');

/**
 * Who holds the lock, and the process groups that do its work: they outlive it when it is killed.
 * @typedef {{ pid: number, born: string, groups: { pid: number, born: string }[] }} Holder
 */

/** Whether somebody is setting up at this moment, or was killed while doing so. */
export function isLocked() {
  return readIfThere(lockFile) !== undefined;
}

/** The process that holds the lock at this moment, if it lives. */
export function liveHolder() {
  const holder = readHolder();
  return typeof holder === 'object' && !isDead(holder) ? holder.pid : undefined;
}

/**
 * Runs `work` while holding the lock; two set-ups at once take turns. The lock of a process that is no more is taken
 * over, and what it left running is ended first.
 * @template T
 * @param {(addGroup: (pid: number) => void) => Promise<T>} work `addGroup` enters a child that leads its own process group
 * @param {(line: string) => void} note
 * @returns {Promise<T>}
 */
export async function withLock(work, note) {
  /** @type {Holder} */
  const me = { pid: process.pid, born: birthOf(process.pid), groups: [] };
  let told = false;
  while (!create(lockFile, JSON.stringify(me))) {
    const holder = readHolder();
    if (isDead(holder)) {
      breakStale();
    } else if (typeof holder === 'object') {
      if (!told) note(`Another set-up is at work here (process ${holder.pid}); waiting for it.`);
      told = true;
    }
    await sleep(100);
  }
  const release = () => rmSync(lockFile, { force: true });
  process.once('exit', release);
  try {
    return await work((pid) => {
      me.groups.push({ pid, born: birthOf(pid) });
      writeFileSync(lockFile, JSON.stringify(me));
    });
  } finally {
    process.off('exit', release);
    release();
  }
}

/**
 * Creates a file that must not exist.
 * @param {string} path
 * @param {string} text
 */
function create(path, text) {
  // While one waits for the lock, `npm run clean` may take its folder away.
  mkdirSync(stateDir, { recursive: true });
  try {
    const file = openSync(path, 'wx');
    try {
      writeSync(file, text);
    } catch (error) {
      // A full disk: an empty lock would be taken for one that is being written.
      rmSync(path, { force: true });
      throw error;
    } finally {
      closeSync(file);
    }
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * The holder. A lock that cannot be read is being written, or its writer died at that moment, which its age tells.
 * @returns {Holder | 'gone' | 'being written' | 'half written'}
 */
function readHolder() {
  const text = readIfThere(lockFile);
  if (text === undefined) return 'gone';
  try {
    return JSON.parse(text);
  } catch {
    return age(lockFile) < 5000 ? 'being written' : 'half written';
  }
}

/** @param {ReturnType<typeof readHolder>} holder */
function isDead(holder) {
  if (typeof holder !== 'object') return holder === 'half written';
  // One that was killed may stay as a zombie for ever, in a container whose first process does not ask for it.
  return !isAlive(holder) || statOf(holder.pid)?.[0] === 'Z';
}

/**
 * Takes away a lock whose holder is dead. Only one of several waiters may do so, and only after another look: the
 * next one's fresh lock must not go with it.
 */
function breakStale() {
  const breaker = `${lockFile}.break`;
  if (age(breaker) > 10_000) rmSync(breaker, { force: true });
  if (!create(breaker, '')) return;
  try {
    const holder = readHolder();
    if (!isDead(holder)) return;
    for (const group of typeof holder === 'object' ? holder.groups : []) {
      if (isAlive(group)) killGroup(group.pid);
    }
    rmSync(lockFile, { force: true });
  } finally {
    rmSync(breaker, { force: true });
  }
}

/**
 * Ends a process group at once.
 * @param {number} pid its leader
 */
export function killGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/**
 * Milliseconds since a file was written; 0 when there is none.
 * @param {string} path
 */
function age(path) {
  return Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
}

/** @param {{ pid: number, born: string }} process_ */
function isAlive({ pid, born }) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
  return birthOf(pid) === born;
}

/**
 * When a process began, so that a number that was given again is not taken for the old process. Empty where the
 * system does not say.
 * @param {number} pid
 */
function birthOf(pid) {
  return statOf(pid)?.[19] ?? '';
}

/**
 * What Linux tells of a process, from its state on.
 * @param {number} pid
 */
function statOf(pid) {
  const stat = readIfThere(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}
