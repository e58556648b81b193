import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

// tslab carries this compiler; the library's declarations must be readable by it, or a cell has no types.
const ts = createRequire(import.meta.url)(
  '@tslab/typescript-for-tslab',
) as typeof import('@tslab/typescript-for-tslab');

const root = path.resolve(import.meta.dirname, '../..');
const dist = path.join(root, 'dist');

/** Files that are the same for every cell, read once. */
const read = new Map<string, ReturnType<import('@tslab/typescript-for-tslab').CompilerHost['getSourceFile']>>();

/**
 * Problems that tslab's compiler has with a cell; with `all`, also those that it has with the built declarations, which
 * are the same whatever a cell imports of them.
 */
function problems(cell: string, { all = false } = {}): string[] {
  const probe = path.join(root, 'probe-of-the-public-types.ts');
  const options = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.CommonJS,
    moduleResolution: ts.ModuleResolutionKind.NodeJs,
    esModuleInterop: true,
    strict: true,
    noEmit: true,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.getSourceFile = (file, ...rest) => {
    if (file === probe) return ts.createSourceFile(file, cell, ts.ScriptTarget.ES2022);
    if (!read.has(file)) read.set(file, getSourceFile(file, ...rest));
    return read.get(file);
  };
  host.fileExists = (file) => file === probe || fileExists(file);
  host.readFile = (file) => (file === probe ? cell : readFile(file));
  const program = ts.createProgram([probe], options, host);
  return program
    .getSourceFiles()
    .filter((file) => file.fileName === probe || (all && file.fileName.startsWith(`${dist}${path.sep}`)))
    .flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)])
    .map(
      (problem) =>
        `${path.relative(root, problem.file?.fileName ?? '')}: ${ts.flattenDiagnosticMessageText(problem.messageText, '\n')}`,
    );
}

/** The declaration files that a reader's types can come from: those which the one public entry leads to. */
function declarations(): string[] {
  const found = new Set([path.join(dist, 'index.d.ts')]);
  for (const file of found) {
    for (const [, target = ''] of readFileSync(file, 'utf8').matchAll(/from '(\.[^']+)\.ts'/g)) {
      found.add(path.join(path.dirname(file), `${target}.d.ts`));
    }
  }
  // Shipping takes any function there is, in a type of its own that the entry does not export.
  return [...found].filter((file) => !file.startsWith(path.join(dist, 'shipping')));
}

describe('the public types', function () {
  this.timeout(60_000);

  it('are read by the TypeScript that tslab carries', () => {
    const cell = "import * as interleaved from 'interleaved';\nexport const names = interleaved;\n";
    assert.deepEqual(problems(cell, { all: true }), []);
  });

  it('let one word, or one variable, stand for Thread or Process', () => {
    const use =
      'for (const K of [Thread, Process]) { const one = new K((n: number) => {}, 3); one.start(); one.terminate(); }';
    const wrong = "for (const K of [Thread, Process]) new K((n: number) => {}, 'three');";
    assert.deepEqual(problems(`import { Process, Thread } from 'interleaved';\n${use}\n`), []);
    assert.equal(problems(`import { Process, Thread } from 'interleaved';\n${wrong}\n`).length, 1);
  });

  it('know a cluster, without the packages that it is made of', () => {
    const use = `
      const options: ClusterOptions = { url: 'rediss://me:word@host', secret: 'x', tls: { ca: '' } };
      const pool = new ClusterExecutor(2, options);
      const size = remoteFunction<(path: string) => number>('./jobs.ts#size');
      const sizes: PromiseLike<readonly number[]> = pool.map(size, ['a'], { key: 'sizes' });
      const names = pool.status().then((status: ClusterStatus) => status.alive.map((row: WorkerRow) => row.name));
      const lengths = (status: ClusterStatus): QueueLengths => status.lengths;`;
    const names = 'ClusterExecutor, ClusterOptions, ClusterStatus, QueueLengths, remoteFunction, WorkerRow';
    assert.deepEqual(problems(`import { ${names} } from 'interleaved';\n${use}\n`), []);
    for (const file of declarations()) assert.doesNotMatch(readFileSync(file, 'utf8'), /from '(bullmq|ioredis)'/, file);
  });

  it('would be reported if they were wrong', () => {
    const found = problems("import { now } from 'interleaved';\nexport const text: string = now();\n");
    assert.match(found.join('\n'), /Type 'number' is not assignable to type 'string'/);
  });

  it('never say any', () => {
    assert.ok(declarations().length > 20, 'the walk from the entry finds the rooms');
    const saying = declarations().filter((file) => {
      const code = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      return /[:<|&,(]\s*any\b/.test(code);
    });
    assert.deepEqual(
      saying.map((file) => path.relative(dist, file)),
      [],
    );
  });
});
