import { dirname, extname, join } from 'node:path';

/**
 * The file that a new thread or process runs: a source as it is, of the built library the CommonJS that
 * `scripts/bundle.mjs` makes of it, as Node's loader of ES modules would add a fifth to the start.
 *
 * @param beside the `import.meta.filename` of a module in the same folder
 * @param built what holds it in the built library, if it is not a file of that name
 */
export function workerFile(beside: string, name: string, built = name): string {
  return join(dirname(beside), extname(beside) === '.ts' ? `${name}.ts` : `${built}.cjs`);
}

/** Where Node keeps what it compiled of this library's built files, and of what threads import. */
const compiled = join(dirname(import.meta.filename), 'compiled');

/** Settings with which Node's is left alone: it is a user's, or coverage is measured, which would be less exact. */
const theirs = ['NODE_COMPILE_CACHE', 'NODE_DISABLE_COMPILE_CACHE', 'NODE_V8_COVERAGE'];

// A thread that is given its environment obeys NODE_OPTIONS in it; one that inherits it, only what Node began with.
const { NODE_OPTIONS: options } = process.env;

/**
 * The environment of a thread that is to read what an earlier one compiled, which takes it 1 ms less of some 28;
 * undefined when it should inherit this one. The thread calls `forgetCompiled`, for the programs that its tasks start.
 */
export function compiledEnv(): NodeJS.ProcessEnv | undefined {
  const { env } = process;
  const isBuilt = extname(import.meta.filename) !== '.ts';
  if (!isBuilt || theirs.some((name) => env[name]) || env.NODE_OPTIONS !== options) return undefined;
  return { ...env, NODE_COMPILE_CACHE: compiled };
}

/** In a thread, once it has read it. */
export function forgetCompiled(): void {
  if (process.env.NODE_COMPILE_CACHE === compiled) delete process.env.NODE_COMPILE_CACHE;
}
