import { createRequire } from 'node:module';

/**
 * The parts of tslab that the kernel stands on. They are CommonJS and loaded here, after the socket thread has been
 * started: reading the TypeScript compiler takes a few hundred milliseconds.
 */
const require = createRequire(import.meta.url);
const tslabRequire = createRequire(require.resolve('tslab'));

type TypeScript = typeof import('@tslab/typescript-for-tslab');

const compiler = '@tslab/typescript-for-tslab';
/** The compiler that tslab carries. */
export const ts = tslabRequire(compiler) as TypeScript;

/**
 * tslab compiles a cell twice, types away and then modules away, and keeps no source map of either. Its two calls are
 * given one here; without them no error could name the reader's own line.
 */
const sourceMapping: Pick<TypeScript, 'createWatchCompilerHost' | 'transpileModule'> = {
  createWatchCompilerHost: ((files: string[], options: object, ...rest: unknown[]) =>
    withOneTimer(
      (ts.createWatchCompilerHost as (...args: unknown[]) => Timers)(
        files,
        { ...options, inlineSourceMap: true },
        ...rest,
      ),
    )) as unknown as TypeScript['createWatchCompilerHost'],
  transpileModule: (input, options) => {
    const [script, map] = split(input);
    const compilerOptions = { ...options.compilerOptions, inlineSourceMap: true };
    const output = ts.transpileModule(script, { ...options, compilerOptions });
    const [outputText, outputMap] = split(output.outputText);
    lastMaps = map === undefined || outputMap === undefined ? undefined : [outputMap, map];
    return { ...output, outputText };
  },
};

interface Timers {
  setTimeout(callback: () => void, ...rest: unknown[]): unknown;
  clearTimeout(timer: unknown): void;
}

/**
 * The compiler has two timers, one to compile after a change and one to look again for files that it did not find; tslab
 * has room for one, and throws at the other, which a cell would be blamed for: so when the library is built anew or a
 * package installed meanwhile. The other is not needed, as the compiler looks again whenever it compiles.
 */
function withOneTimer<Host extends Timers>(host: Host): Host {
  const { setTimeout, clearTimeout } = host;
  const never = {};
  host.setTimeout = (callback, ...rest) =>
    callback.name === 'invalidateResolutionsOfFailedLookup' ? never : setTimeout(callback, ...rest);
  host.clearTimeout = (timer) => {
    if (timer !== never) clearTimeout(timer);
  };
  return host;
}

/** The two maps of the script compiled last, the later step first. */
export let lastMaps: readonly [string, string] | undefined;

const comment = '//# sourceMappingURL=data:application/json;base64,';

/** A script without its inline source map, and the map. */
function split(script: string): [script: string, map?: string] {
  const at = script.lastIndexOf(comment);
  if (at < 0) return [script];
  return [script.slice(0, at), Buffer.from(script.slice(at + comment.length).trim(), 'base64').toString()];
}

// The compiler's exports are read-only getters, so tslab is given a copy.
require.cache[tslabRequire.resolve(compiler)]!.exports = { ...ts, ...sourceMapping };

export const { createConverter } = require('tslab/dist/converter.js') as typeof import('tslab/dist/converter.js');
export const { createExecutor } = require('tslab/dist/executor.js') as typeof import('tslab/dist/executor.js');

/** Kept whole: `display` of tslab writes through its property `lastWriteDisplayData`. */
export const jupyter = require('tslab/dist/jupyter.js') as {
  -readonly [name in keyof typeof import('tslab/dist/jupyter.js')]: typeof import('tslab/dist/jupyter.js')[name];
};
