// @ts-check
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
/** What set-up and the tools keep between runs: stamps, logs, Jupyter's own files. Never committed. */
export const stateDir = join(root, '.setup');

/** An error whose message is all that the user needs: what is wrong and the way out. */
export class SetupError extends Error {}

/**
 * Text of a file, or undefined when there is none.
 * @param {string} path
 */
export function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * Writes a file whole or not at all, and only when its content changes.
 * @param {string} path
 * @param {string} text
 */
export function writeWhole(path, text) {
  if (readIfThere(path) === text) return;
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.new`;
  writeFileSync(temporary, text);
  renameSync(temporary, path);
}
