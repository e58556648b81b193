import type { ConverterSet } from 'tslab/dist/executor.js';
import type { Critical } from './critical.ts';
import { TypeScriptError } from './errors.ts';
import { keepSource, placeInText } from './source.ts';
import { createConverter, lastMaps, ts } from './tslab.ts';

/** tslab's compiler of cells with what the kernel has to know of each cell it compiles. */
interface Compiler extends ConverterSet {
  /** Set by the last call of `convert` when the cell cannot run. */
  error: TypeScriptError | undefined;
}

/**
 * @param current the cell that is being run
 */
export function createCompiler(current: () => { id: number; count: number }, critical: Critical): Compiler {
  const inner = createConverter({ isJS: false, isBrowser: false });

  /**
   * The names that all cells so far have declared. tslab forgets those of a cell that failed or was interrupted; then a
   * reader could no longer reach the pool that such a cell had made.
   */
  let declarations = '';

  const compiler: Compiler = {
    error: undefined,
    get browser(): never {
      throw new Error('This kernel runs cells in Node only; remove the comment @browser.');
    },
    close: () => inner.close(),
    node: {
      ...inner,
      complete: (_, code, position) => critical.during(() => inner.complete(declarations, code, position)),
      inspect: (_, code, position) => critical.during(() => inner.inspect(declarations, code, position)),
      addModule: (...args) => critical.during(() => inner.addModule(...args)),
      convert: (_, code) =>
        critical.during(() => {
          const result = inner.convert(declarations, code);
          const script = keepSource(current(), code, result.output, lastMaps);
          compiler.error = undefined;
          if (result.diagnostics.length > 0) {
            const details = result.diagnostics.map(({ start, messageText: message, fileName }) => ({
              message: fileName === undefined ? message : `${fileName}: ${message}`,
              place: placeInText(script, start.line + 1, start.character + 1),
            }));
            compiler.error = new TypeScriptError(details);
            return result;
          }
          declarations = result.declOutput ?? '';
          if (!result.output) return result;
          return {
            ...result,
            output: `${result.output}\n//# sourceURL=${script}`,
            hasToplevelAwait: result.hasToplevelAwait || awaitsAtTopLevel(code),
          };
        }),
    },
  };
  return compiler;
}

/**
 * tslab finds an await at top level by the error it causes; an `await (`, which could be a call, and a `for await`
 * cause none.
 */
function awaitsAtTopLevel(code: string): boolean {
  if (!/\bawait\b/.test(code)) return false;
  const find = (node: import('@tslab/typescript-for-tslab').Node): boolean => {
    if (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier !== undefined)) return true;
    if (ts.isFunctionLike(node)) return false;
    return ts.forEachChild(node, find) ?? false;
  };
  return find(ts.createSourceFile('cell.ts', `export {};\n${code}`, ts.ScriptTarget.ES2022));
}
