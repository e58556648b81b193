import type { Class, Function as FunctionNode, Identifier, MethodDefinition } from 'acorn';
import { childrenOf, parse, scopesOf, type Tree } from './parse.ts';

/** Where a name is used, in the function's own source. */
export interface Use {
  /** From 1. */
  readonly line: number;
  /** The line, without indentation. */
  readonly text: string;
}

/** A name that a function uses but does not declare. */
interface FreeName {
  readonly first: Use;
  /** The members that are read from it, when it is used in no other way; else undefined. */
  readonly members: ReadonlySet<string> | undefined;
}

/** Something that has no meaning away from where the function stands. */
interface Obstacle {
  readonly name: string;
  readonly use: Use;
  readonly reason: string;
}

/** What a function's own source says. */
export interface Source {
  readonly kind: 'class' | 'function' | 'method';
  /** A function of the kind `function () {}`, neither generator nor async: the only kind that `new` accepts. */
  readonly isPlainFunction: boolean;
  readonly names: ReadonlyMap<string, FreeName>;
  readonly obstacles: readonly Obstacle[];
  /** The private fields that each instance of this class has, those of a parent class not included. */
  readonly privateFields: readonly string[];
  /** The fields that hold a function made for the instance, as `onClick = () => this.x`. */
  readonly functionFields: readonly string[];
  /**
   * The class extends another. Then the expression extends `$extends` instead: a name may mean another class by now, and
   * a call such as `mixin(Base)` would make another.
   */
  readonly isDerived: boolean;
  /**
   * The source as an expression, in which each of `captured` is a member of the variable `scope`, and a class lets its
   * instances be made without their constructor, by means of a variable `$bare`.
   */
  expression(captured: ReadonlySet<string>, scope: string): string;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const known = new Map<string, Source>();

/**
 * Reads a function's source.
 *
 * @throws SyntaxError when it is no JavaScript on its own, as native functions
 */
export function sourceOf(text: string): Source {
  let source = known.get(text);
  if (source === undefined) {
    source = read(text);
    // A notebook that makes functions from text for hours must not keep them all.
    if (known.size >= 2000) known.clear();
    known.set(text, source);
  }
  return source;
}

function read(text: string): Source {
  const { code, tree, root } = parseAlone(text);
  const node = root as Tree;
  const kind = root.type === 'ClassExpression' ? 'class' : root.type === 'Property' ? 'method' : 'function';
  const target = (root.type === 'Property' ? root.value : root) as Tree & (FunctionNode | Class);
  const lines = code.split('\n');
  const useOf = ({ loc }: Tree): Use => ({
    line: loc?.start.line ?? 1,
    text: (lines[(loc?.start.line ?? 1) - 1] ?? '').replace(loc?.start.line === 1 ? /^\(\{?(?=\S)/ : '', '').trim(),
  });

  const { parents, obstacles, imports } = survey(root, target, useOf);
  const names = new Map<string, FreeName & { readonly places: Set<Identifier> }>();
  const parent = target.type === 'ClassExpression' ? target.superClass : undefined;
  const isDerived = parent != null && parent.type !== 'Literal'; // not for `extends null`
  // A method's own key is no name that it uses, even where it is computed.
  const inside = kind === 'method' ? target.start : node.start;
  for (const { identifier } of scopesOf(tree, 'script').scopes[0]?.through ?? []) {
    const place = identifier as unknown as Identifier & Tree;
    if (place.start < inside || (isDerived && place.start >= parent.start && place.end <= parent.end)) continue;
    const entry = names.get(place.name) ?? { first: useOf(place), places: new Set(), members: new Set<string>() };
    entry.places.add(place); // `[name = 1] = list` has it twice
    const member = memberRead(place, parents.get(place));
    if (member !== undefined) (entry.members as Set<string> | undefined)?.add(member);
    names.set(place.name, member === undefined ? { ...entry, members: undefined } : entry);
  }
  const outer = names.get('arguments');
  if (outer) obstacles.push({ name: 'arguments', use: outer.first, reason: 'belongs to the function around it' });

  const body = target.type === 'ClassExpression' ? target : undefined;
  const privateFields: string[] = [];
  const functionFields: string[] = [];
  for (const member of body?.body.body ?? []) {
    if (member.type !== 'PropertyDefinition' || member.static) continue;
    if (member.key.type === 'PrivateIdentifier') privateFields.push(`#${member.key.name}`);
    else if (!member.computed && member.key.type === 'Identifier' && /Function/.test(member.value?.type ?? '')) {
      functionFields.push(member.key.name);
    }
  }

  return {
    kind,
    isPlainFunction: target.type === 'FunctionExpression' && kind === 'function' && !target.generator && !target.async,
    names,
    obstacles,
    privateFields,
    functionFields,
    isDerived,
    expression(captured, scope) {
      const edits = [...captured].flatMap((name) =>
        Array.from(names.get(name)?.places ?? [], (place) => replace(place as Identifier & Tree, parents, scope, code)),
      );
      edits.push(...imports);
      if (body && !text.includes('$bare')) edits.push(...bareEdits(body, privateFields, functionFields));
      if (isDerived) edits.push({ start: parent.start, end: parent.end, text: '$extends' });
      const [start, end] = kind === 'method' ? [target.start, target.end] : [node.start, node.end];
      const edited = apply(code, edits, start, end);
      if (kind !== 'method') return edited;
      const { async, generator } = target as FunctionNode;
      return `({ ${async ? 'async ' : ''}${generator ? '*' : ''}method${edited} }).method`;
    },
  };
}

/** A class, a function or an arrow is an expression; the source of a method is a part of an object. */
function parseAlone(text: string): { code: string; tree: Tree; root: Tree } {
  for (const code of [`(${text}\n)`, `({${text}\n})`]) {
    try {
      const tree = parse(code, 'script');
      const [statement] = tree.type === 'Program' ? tree.body : [];
      const root = statement?.type === 'ExpressionStatement' ? statement.expression : undefined;
      if (root?.type === 'ObjectExpression' && root.properties[0])
        return { code, tree, root: root.properties[0] as Tree };
      if (root && /^(Arrow)?FunctionExpression$|^ClassExpression$/.test(root.type))
        return { code, tree, root: root as Tree };
    } catch (error) {
      if (code.startsWith('({')) throw error;
    }
  }
  throw new SyntaxError('not a function');
}

/** Finds each node's parent, and all that means something else when the function stands alone. */
function survey(
  root: Tree,
  target: Tree,
  useOf: (node: Tree) => Use,
): { parents: Map<Tree, Tree>; obstacles: Obstacle[]; imports: Edit[] } {
  const parents = new Map<Tree, Tree>();
  const obstacles: Obstacle[] = [];
  const imports: Edit[] = [];
  const found = new Set<string>();
  const refuse = (node: Tree, name: string, reason: string): void => {
    if (found.has(name)) return;
    found.add(name);
    obstacles.push({ name, use: useOf(node), reason });
  };
  const visit = (node: Tree, own: { this: boolean; super: boolean; private: ReadonlySet<string> }): void => {
    let inner = own;
    switch (node.type) {
      case 'ThisExpression':
        if (!own.this) refuse(node, 'this', 'in an arrow is that of the code around it');
        break;
      case 'Super':
        if (!own.super) refuse(node, 'super', 'is known to the class or object that the method was taken from');
        break;
      case 'MetaProperty':
        if (node.meta.name === 'import') refuse(node, 'import.meta', 'belongs to the file that the function is in');
        else if (!own.this) refuse(node, 'new.target', 'belongs to the function around it');
        break;
      case 'ImportExpression':
        imports.push({ start: node.start, end: node.start + 'import'.length, text: '$import' });
        break;
      case 'PrivateIdentifier':
        if (!own.private.has(node.name))
          refuse(node, `#${node.name}`, 'is private to the class that the function was taken from');
        break;
      case 'FunctionDeclaration':
      case 'FunctionExpression': {
        const parent = parents.get(node);
        const isMethod =
          (parent?.type === 'MethodDefinition' ||
            (parent?.type === 'Property' && parent.method) ||
            (parent?.type === 'Property' && parent.kind !== 'init')) &&
          node !== target;
        inner = { ...own, this: true, super: isMethod };
        break;
      }
      case 'PropertyDefinition':
      case 'StaticBlock':
        inner = { ...own, this: true, super: true };
        break;
      case 'ClassBody': {
        const names = node.body.flatMap((member) =>
          member.type !== 'StaticBlock' && member.key.type === 'PrivateIdentifier' ? [member.key.name] : [],
        );
        inner = { ...own, private: new Set([...own.private, ...names]) };
        break;
      }
    }
    for (const child of childrenOf(node)) {
      parents.set(child, node);
      visit(child, inner);
    }
  };
  if (root !== target) parents.set(target, root);
  visit(target, { this: false, super: false, private: new Set() });
  return { parents, obstacles, imports };
}

/** The member that is read, called or assigned in `name.member`; undefined for any other use of the name. */
function memberRead(name: Tree, parent: Tree | undefined): string | undefined {
  if (parent?.type !== 'MemberExpression' || (parent.object as Tree) !== name) return undefined;
  if (!parent.computed) return parent.property.type === 'Identifier' ? parent.property.name : undefined;
  return parent.property.type === 'Literal' && typeof parent.property.value === 'string'
    ? parent.property.value
    : undefined;
}

/** Reads and assignments of a captured name become those of a member of the scope object. */
function replace(name: Identifier & Tree, parents: Map<Tree, Tree>, scope: string, code: string): Edit {
  const { start, end } = name;
  const member = `${scope}.${name.name}`;
  let parent = parents.get(name);
  let value: Tree = name;
  if (parent?.type === 'AssignmentPattern' && (parent.left as Tree) === name) {
    value = parent as Tree;
    parent = parents.get(parent as Tree);
  }
  if (parent?.type === 'Property' && parent.shorthand && (parent.value as Tree) === value) {
    return { start, end, text: `${name.name}: ${member}` };
  }
  const isCalled =
    (parent?.type === 'CallExpression' && (parent.callee as Tree) === name) ||
    (parent?.type === 'TaggedTemplateExpression' && (parent.tag as Tree) === name);
  if (!isCalled) return { start, end, text: member };
  // `scope.name()` would hand over `this`. The parenthesis must not continue a line above that ends without semicolon.
  const statement = [...ancestors(name, parents)].find(({ type }) => type === 'ExpressionStatement');
  const block = statement && parents.get(statement)?.type;
  const begins =
    statement?.start === start && (block === 'BlockStatement' || block === 'StaticBlock' || block === 'SwitchCase');
  return { start, end, text: `${begins && code[start - 1] !== ';' ? ';' : ''}(0, ${member})` };
}

function* ancestors(node: Tree, parents: Map<Tree, Tree>): Generator<Tree> {
  for (let parent = parents.get(node); parent !== undefined; parent = parents.get(parent)) yield parent;
}

/**
 * An instance that arrives gets its fields from the message, so its constructor must not run. But only construction
 * gives an object the private fields of a class: so the constructor learns to return early, and the class to set them.
 */
function bareEdits(body: Class & Tree, privateFields: readonly string[], functionFields: readonly string[]): Edit[] {
  const edits: Edit[] = [];
  const method = body.body.body.find(
    (member): member is MethodDefinition => member.type === 'MethodDefinition' && member.kind === 'constructor',
  );
  if (method) {
    const start = method.value.body.start + 1;
    const text = body.superClass
      ? 'if ($bare.making) { super(...$bare.anything); return; }'
      : 'if ($bare.making) return;';
    edits.push({ start, end: start, text: ` ${text}` });
  }
  if (privateFields.length + functionFields.length > 0) {
    const end = body.body.end - 1;
    const read = privateFields.map((name) => `it.${name}`).join(', ');
    const write = privateFields.map((name, index) => `it.${name} = values[${index}];`).join(' ');
    edits.push({
      start: end,
      end,
      text: `; static { $bare.keep(this, ${JSON.stringify(functionFields)}, (it) => [${read}], (it, values) => { ${write} }); } `,
    });
  }
  return edits;
}

function apply(code: string, edits: readonly Edit[], from: number, to: number): string {
  let result = '';
  let at = from;
  for (const { start, end, text } of [...edits].sort((a, b) => a.start - b.start)) {
    result += code.slice(at, start) + text;
    at = end;
  }
  return result + code.slice(at, to);
}
