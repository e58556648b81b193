// @ts-check
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readIfThere, writeWhole } from './paths.mjs';

/**
 * One hash over files and other values: what a step's result depends on.
 * @param {string[]} files paths; one that is missing counts as empty
 * @param {unknown[]} values
 */
export function hashOf(files, ...values) {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([files, values]));
  for (const file of files) hash.update(existsSync(file) ? readFileSync(file) : '').update('\0');
  return hash.digest('hex');
}

/**
 * All files below a folder whose name ends so, sorted.
 * @param {string} dir
 * @param {string} ending
 * @returns {string[]}
 */
export function filesBelow(dir, ending) {
  if (!existsSync(dir)) return [];
  const entries = readdirSync(dir, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    if (entry.isDirectory()) return entry.name.startsWith('.') ? [] : filesBelow(join(dir, entry.name), ending);
    return entry.name.endsWith(ending) ? [join(dir, entry.name)] : [];
  });
}

/**
 * Whether the result beside this stamp was made from these inputs. The stamp is removed before a step begins and
 * written when it has ended, so a result without it is not whole.
 * @param {string} stamp
 * @param {string} key
 */
export function isFresh(stamp, key) {
  return readIfThere(stamp) === key;
}

/**
 * Does `work` between removing and writing the stamp.
 * @param {string} stamp
 * @param {string} key
 * @param {() => Promise<void>} work
 */
export async function stamped(stamp, key, work) {
  rmSync(stamp, { force: true });
  await work();
  writeWhole(stamp, key);
}
