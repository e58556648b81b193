import type { Debugger } from 'node:inspector';
import type { Scope, Variable } from 'eslint-scope';
import { inspecting, type Surroundings } from './inspect.ts';
import { parse, scopesOf, type Tree } from './parse.ts';

/** What the whole source of a script says about the names that one of its functions uses. */
class Script {
  /** A file's address, or what the engine was told when it compiled the text; may be empty. */
  readonly url: string;
  readonly #code: string;
  readonly #type: 'module' | 'script';
  #scopes: { readonly all: readonly Scope[]; readonly top: Scope } | undefined;

  constructor(url: string, code: string, type: 'module' | 'script') {
    this.url = url;
    this.#code = code;
    this.#type = type;
  }

  /**
   * True when the name, as the function at that place sees it, is declared at the top of the script or cell; undefined
   * when it is declared nowhere.
   */
  isTop(name: string, { line, column }: Surroundings): boolean | undefined {
    const { all, top } = this.#analysed();
    const offset = offsetOf(this.#code, line, column);
    // The smallest scope around the place; the scope of the function itself begins where the engine says it stands.
    const inner = all
      .filter(({ block }) => (block as Tree).start <= offset && offset < (block as Tree).end)
      .sort((a, b) => sizeOf(a) - sizeOf(b))[0];
    for (let scope: Scope | null = inner ?? null; scope !== null; scope = scope.upper) {
      if (scope === top) return top.set.has(name) || undefined;
      if (scope.set.has(name) && scope.block !== inner?.block) return false;
    }
    return undefined;
  }

  /** True when no code ever assigns to the name of that level after its declaration. */
  isConstant(name: string): boolean {
    const variable: Variable | undefined = this.#analysed().top.set.get(name);
    return variable?.references.every((reference) => !reference.isWrite() || reference.init === true) ?? false;
  }

  #analysed(): { readonly all: readonly Scope[]; readonly top: Scope } {
    if (this.#scopes === undefined) {
      const tree = parse(this.#code, this.#type);
      const all = scopesOf(tree, this.#type).scopes;
      this.#scopes = { all, top: topOf(tree, all) };
    }
    return this.#scopes;
  }
}

const known = new Map<string, Script>();

/** The script that a function comes from. The engine takes some milliseconds to find it, a known script none. */
export function scriptOf({ script, scopes }: Surroundings): Script {
  let found = known.get(script);
  if (found === undefined) {
    const { url, code } = script === '' ? { url: '', code: '' } : sourceOf(script);
    found = new Script(url, code, scopes.some(({ kind }) => kind === 'Module') ? 'module' : 'script');
    known.set(script, found);
  }
  return found;
}

function sourceOf(scriptId: string): { url: string; code: string } {
  return inspecting((ask, session) => {
    let url = '';
    session.on('Debugger.scriptParsed', ({ params }) => {
      if (params.scriptId === scriptId) url = params.url;
    });
    // The inspector tells addresses and sources only while its debugger is on.
    ask('Debugger.enable');
    const { scriptSource } = ask<Debugger.GetScriptSourceReturnType>('Debugger.getScriptSource', { scriptId });
    return { url, code: scriptSource };
  });
}

const sizeOf = ({ block }: Scope): number => (block as Tree).end - (block as Tree).start;

/** The scope that a reader calls the top: that of the module, of the script, or of the function around a cell's code. */
function topOf(tree: Tree, all: readonly Scope[]): Scope {
  const [first] = tree.type === 'Program' && tree.body.length === 1 ? tree.body : [];
  const call = first?.type === 'ExpressionStatement' ? first.expression : undefined;
  const wrapper = call?.type === 'CallExpression' ? call.callee : call;
  const params = wrapper?.type === 'FunctionExpression' ? wrapper.params : [];
  const isCell = params.map((param) => (param.type === 'Identifier' ? param.name : '')).join() === 'exports,require';
  const top = isCell
    ? all.find(({ block, type }) => (block as unknown) === wrapper && type === 'function')
    : (all.find(({ type }) => type === 'module') ?? all[0]);
  return top as Scope;
}

function offsetOf(code: string, line: number, column: number): number {
  let offset = 0;
  for (let at = 0; at < line; at += 1) offset = code.indexOf('\n', offset) + 1;
  return offset + column;
}
