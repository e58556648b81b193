import { dirname, extname, join } from 'node:path';

/**
 * The file that a new thread or process runs: a source as it is, of the built library the CommonJS that
 * `scripts/bundle.mjs` makes of it, as Node's loader of ES modules would add a fifth to the start.
 *
 * @param beside the `import.meta.filename` of a module in the same folder
 */
export function workerFile(beside: string, name: string): string {
  return join(dirname(beside), `${name}${extname(beside) === '.ts' ? '.ts' : '.cjs'}`);
}
