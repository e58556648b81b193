// @ts-check
import { accessSync, constants, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { stateDir } from './paths.mjs';

const mac = process.platform === 'darwin';
const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');

/** Where npm, pip and uv keep what they fetched, by the variable that moves it. */
export const caches = {
  npm_config_cache: process.env.npm_config_cache || join(homedir(), '.npm'),
  PIP_CACHE_DIR: process.env.PIP_CACHE_DIR || (mac ? join(homedir(), 'Library', 'Caches', 'pip') : join(cache, 'pip')),
  UV_CACHE_DIR: process.env.UV_CACHE_DIR || join(cache, 'uv'),
};

/**
 * The variables for what fetches packages. Where the user's own caches cannot be written, as in some containers and
 * laboratories, they put them into the checkout: npm and uv do nothing without one.
 * @returns {NodeJS.ProcessEnv}
 */
export function variablesToFetch() {
  const lost = Object.entries(caches).filter(([, place]) => !canWrite(place));
  return { ...process.env, ...Object.fromEntries(lost.map(([name]) => [name, join(stateDir, 'cache', name)])) };
}

/**
 * Whether files can be made in a folder, which is made if need be.
 * @param {string} folder
 */
function canWrite(folder) {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
