// @ts-check
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './paths.mjs';

/**
 * A real run of a cell, told step by step.
 * @typedef {object} Live
 * @property {(id: string) => Promise<string>} result what came of a step; rejects with what is wrong
 * @property {() => Promise<void>} end waits until it has ended
 *
 * What `src/course/doctor.ts` tells.
 * @typedef {{ id: string, ok: boolean, found: string }} Told
 */

/**
 * Starts the run on the course's own Node.
 * @param {import('./environment.mjs').Environment} environment
 * @returns {Live}
 */
export function startLive({ node }) {
  const child = spawn(node, [join('src', 'course', 'doctor.ts')], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  /** @type {Map<string, Told>} */
  const told = new Map();
  let words = '';
  child.stderr?.on('data', (chunk) => {
    words = (words + chunk).slice(-4000);
  });
  /** @type {Promise<void>} */
  const ended = new Promise((resolve) => {
    child.on('error', (error) => {
      words = error.message;
      resolve();
    });
    child.on('close', () => resolve());
  });
  child.on('message', (/** @type {Told} */ message) => told.set(message.id, message));
  return {
    async result(id) {
      /** @type {Promise<void>} */
      const heard = new Promise((resolve) => {
        child.on('message', () => told.has(id) && resolve());
      });
      if (!told.has(id)) await Promise.race([heard, ended]);
      const { ok, found } = told.get(id) ?? { ok: false, found: words.trim().split('\n').slice(-8).join('\n') };
      if (!ok) throw new Error(found || 'the run ended without a word');
      return found;
    },
    end: () => ended,
  };
}
