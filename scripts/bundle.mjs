// @ts-check
import { writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { parse } from 'acorn';
import { rollup } from 'rollup';

/** What a new thread or process runs first. */
const entries = [
  'executors/thread-worker',
  'executors/process-worker',
  'workers/process-entry',
  'workers/thread-entry',
];

/**
 * Makes workers start sooner: Node's loader of ES modules and twenty files take it some 8 ms. The entries become
 * CommonJS, and what they import goes into two more such files, of which threads read both and processes the first; what
 * only threads need would cost a process another 2 ms. Neither holds a comment, as V8 reads those as well. The second is
 * what a pool's threads run, its entry included: another file would cost them 0.4 ms.
 *
 * Those modules have state, such as the classes that were registered, and there must be one of each: so a module's own
 * file now hands on what is in the common one, to whoever imports it, in a worker or not.
 *
 * @param {string} dist the library as the compiler leaves it
 */
export async function bundleWorkers(dist) {
  /** @type {import('rollup').InputOptions} */
  const options = {
    external: /^node:/,
    treeshake: false,
    preserveEntrySignatures: 'strict',
    onwarn(warning, warn) {
      // The compiler's helpers look for themselves in `this`, which no module has.
      if (warning.code !== 'THIS_IS_UNDEFINED') warn(warning);
    },
    plugins: [asWritten(dist)],
  };
  const paths = entries.map((entry) => join(dist, `${entry}.js`));
  const ofProcesses = paths.filter((path) => /process-\w+\.js$/.test(path));
  const threadEntry = join(dist, 'workers/thread-entry.js');
  const { cache, watchFiles } = await rollup({ ...options, input: paths });
  const { watchFiles: first } = await rollup({ ...options, cache, input: ofProcesses });
  const input = Object.fromEntries(watchFiles.map((path) => [relative(dist, path).slice(0, -3), path]));
  const bundle = await rollup({ ...options, cache, input });
  /** @type {import('rollup').OutputOptions} */
  const shape = {
    chunkFileNames: 'workers/[name].cjs',
    manualChunks(path) {
      if (first.includes(path)) return ofProcesses.includes(path) ? undefined : 'start';
      return path === threadEntry ? undefined : 'start-thread';
    },
    hoistTransitiveImports: false,
    interop: 'default',
    minifyInternalExports: false,
  };
  const modules = await bundle.generate({ ...shape, format: 'es', entryFileNames: '[name].js' });
  const workers = await bundle.generate({ ...shape, format: 'cjs', entryFileNames: '[name].cjs', esModule: false });
  for (const file of [...modules.output, ...workers.output]) {
    if (file.type !== 'chunk') continue;
    const isWorkers = file.fileName.endsWith('.cjs');
    const isWanted = file.isEntry ? entries.includes(file.name) === isWorkers : workers.output.includes(file);
    if (isWanted)
      writeFileSync(join(dist, file.fileName), isWorkers ? withoutComments(withFixedExports(file)) : file.code);
  }
}

/**
 * Leaves what bundling would change: `import()` stays one, and `import.meta` tells of the module's own file.
 * @param {string} dist
 * @returns {import('rollup').Plugin}
 */
function asWritten(dist) {
  return {
    name: 'as-written',
    renderDynamicImport: () => ({ left: 'import(', right: ')' }),
    resolveImportMeta(property, { chunkId, format, moduleId }) {
      if (format !== 'cjs' || (property !== 'filename' && property !== 'url')) return null;
      const way = relative(dirname(join(dist, chunkId)), moduleId);
      const path = `require('node:path').join(__dirname, ${JSON.stringify(way)})`;
      return property === 'url' ? `require('node:url').pathToFileURL(${path}).href` : path;
    },
  };
}

/**
 * The code of a file, none of whose exports is a variable that changes: ES modules would go on seeing its first value.
 * @param {import('rollup').OutputChunk} chunk
 */
function withFixedExports({ code, fileName }) {
  const names = [...code.matchAll(/\bexports\.([\w$]+) = /g)].map(([, name]) => name);
  const changing = names.filter((name, index) => names.indexOf(name) !== index);
  if (changing.length > 0) throw new Error(`${fileName} exports a variable that changes: ${changing.join(', ')}`);
  return code;
}

/** @param {string} code of a CommonJS file */
function withoutComments(code) {
  /** @type {import('acorn').Comment[]} */
  const comments = [];
  parse(code, { ecmaVersion: 'latest', sourceType: 'script', onComment: comments });
  let [from, kept] = [0, ''];
  for (const { start, end } of comments) {
    kept += code.slice(from, start).trimEnd();
    from = end;
  }
  return kept + code.slice(from);
}
