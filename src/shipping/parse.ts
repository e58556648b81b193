import { createRequire } from 'node:module';
import type { AnyNode, Options } from 'acorn';
import type { ScopeManager } from 'eslint-scope';

/** The names that a parser's node may have, each other node among them. */
export type Tree = AnyNode & { readonly start: number; readonly end: number };

// The parser and the scope analyser take some 15 ms to load: only who ships pays for them, and most workers never do.
const load = createRequire(import.meta.url);

/**
 * Parses JavaScript.
 *
 * @throws SyntaxError, as the parser gives it
 */
export function parse(code: string, sourceType: 'module' | 'script'): Tree {
  const options: Options = {
    ecmaVersion: 'latest',
    sourceType,
    allowReturnOutsideFunction: true,
    allowSuperOutsideMethod: true,
    allowImportExportEverywhere: true,
    checkPrivateFields: false,
    locations: true,
    ranges: true,
  };
  return (load('acorn') as typeof import('acorn')).parse(code, options) as Tree;
}

/** Which name is declared where. */
export function scopesOf(tree: Tree, sourceType: 'module' | 'script'): ScopeManager {
  const { analyze } = load('eslint-scope') as typeof import('eslint-scope');
  return analyze(tree as unknown as Parameters<typeof analyze>[0], { ecmaVersion: 2024, sourceType, ignoreEval: true });
}

/** The nodes directly below a node, in the order of the source. */
export function childrenOf(node: Tree): Tree[] {
  const children: Tree[] = [];
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child?.type === 'string') children.push(child as Tree);
    }
  }
  return children.sort((a, b) => a.start - b.start);
}
