import assert from 'node:assert/strict';
import { runInThisContext } from 'node:vm';
import fc from 'fast-check';
import { type AnyFunction, ShippingError, shipFunction } from '../../src/shipping/index.ts';
import { type Engine, engines, Far } from './send.ts';

/*
 * Random programs in the form that tslab gives to cells: functions that call later functions, read constants, assign to
 * variables, shadow names, and hide names in patterns, defaults, templates, classes and closures. What a program gives
 * at home it must give in a worker; a closure's local must be refused by name.
 */

const constants = ['one', 'two', 'list', 'bag', 'text', 'table'];
const declarations = [
  'const one = 1;',
  'let two = 2;',
  'const list = [1, 2, 3];',
  'const bag = { one: 10, inner: { two: 20 } };',
  'const text = "txt";',
  'const table = new Map([["k", 5]]);',
  'class Base { static seed = one; #hidden = two; field = list.length; get hidden() { return this.#hidden; } twice(x) { return x * two + this.field; } }',
  'class Derived extends Base { #hidden = 30; constructor(x) { super(); this.x = x; } twice(x) { return super.twice(x) + this.#hidden + this.x; } }',
];

/** An expression that is a number; `depth` functions are there to be called, `f0` the first. */
const expression = (callable: number): fc.Arbitrary<string> =>
  fc.letrec<{ expr: string }>((tie) => ({
    expr: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.integer({ min: -5, max: 99 }).map((n) => `(${n})`),
      fc.constantFrom(
        'one',
        'two',
        'x',
        'list[1]',
        'list.length',
        'bag.one',
        'bag.inner.two',
        'text.length',
        'Base.seed',
      ),
      fc
        .constantFrom('table.get("k")', 'typeof nowhere.length', 'new Derived(x).twice(2)', 'new Base().hidden')
        .map((e) => (e.startsWith('typeof') ? '(typeof nowhere).length' : e)),
      fc
        .tuple(tie('expr'), fc.constantFrom('+', '-', '*', '|', '&&', '??', ','), tie('expr'))
        .map(([a, op, b]) => (op === '??' ? `((${a}) ?? (${b}))` : `((${a}) ${op} (${b}))`)),
      fc.tuple(tie('expr'), tie('expr'), tie('expr')).map(([a, b, c]) => `((${a}) ? (${b}) : (${c}))`),
      tie('expr').map((a) => `((one) => (two) => one + two)(${a})(two)`),
      tie('expr').map(
        (a) => `(({ one, ...rest } = bag, [first = ${a}] = []) => first + one + Object.keys(rest).length)()`,
      ),
      tie('expr').map((a) => `\`\${${a}}\${text}\`.length`),
      tie('expr').map((a) => `[...list].map((two) => two + one).reduce((list, x) => list + x, ${a})`),
      tie('expr').map((a) => `(function named(n) { return n > 0 ? named(n - 1) + one : ${a}; })(2)`),
      tie('expr').map((a) => `(() => { try { throw ${a}; } catch (one) { return one; } finally { two; } })()`),
      tie('expr').map((a) => `(() => { const two = ${a}; { let one = two; one++; return one + two; } })()`),
      tie('expr').map((a) => `[...(function* () { yield one; yield ${a}; })()].at(-1)`),
      tie('expr').map(
        (a) => `new (class extends Base { at = ${a}; get sum() { return this.at + super.hidden; } })().sum`,
      ),
      tie('expr').map((a) => `({ one, ['two']: two, m() { return this.one + ${a}; } }).m()`),
      tie('expr').map((a) => `/a{${'${'}1}/.source.length + (${a})`),
      tie('expr').map((a) => `(two += ${a}, two)`),
      tie('expr').map((a) => `([two = ${a}, { one: bag.one = two }] = [, {}], two)`),
      tie('expr').map((a) => `(() => { for (const one of list) { if (one > 1) return one + (${a}); } return 0; })()`),
      tie('expr').map((a) => `(list.push(${a}), list.length)`),
      ...(callable > 0
        ? [fc.tuple(fc.nat(callable - 1), tie('expr')).map(([n, a]) => `f${n}(${a})`)]
        : [fc.constant('one')]),
    ),
  })).expr;

const shapes = [
  (name: string, body: string) => `function ${name}(x) { return ${body}; }`,
  (name: string, body: string) => `const ${name} = (x = two) => ${body};`,
  (name: string, body: string) => `const ${name} = function (x, ...rest) { const keep = rest; return ${body}; };`,
  (name: string, body: string) => `const ${name} = { m(x) { return ${body}; } }.m;`,
  (name: string, body: string) =>
    `class C${name} { static call(x) { return ${body}; } } const ${name} = (x) => C${name}.call(x);`,
];

interface Program {
  readonly text: string;
  readonly functions: number;
}

const program: fc.Arbitrary<Program> = fc.integer({ min: 1, max: 5 }).chain((functions) =>
  fc
    .tuple(...Array.from({ length: functions }, (_, index) => fc.tuple(expression(index), fc.nat(shapes.length - 1))))
    .map((bodies) => ({
      functions,
      text: [
        ...declarations,
        ...bodies.map(([body, shape], index) =>
          (shapes[shape] as (name: string, body: string) => string)(`f${index}`, body),
        ),
      ].join('\n'),
    })),
);

/** Runs the text as a cell: what it declares is also put on an object, as tslab does. */
const load = ({ text, functions }: Program): AnyFunction => {
  const names = [...constants, ...Array.from({ length: functions }, (_, index) => `f${index}`)];
  const exported = names.map((name) => `exports.${name} = ${name};`).join('\n');
  const exports: Record<string, AnyFunction> = {};
  runInThisContext(`(function(exports, require) { ${text}\n${exported}\n})`)(exports);
  return exports[`f${functions - 1}`] as AnyFunction;
};

/** Value or error of a call, comparable. */
const outcome = async (work: () => unknown): Promise<unknown> => {
  try {
    return { value: await work() };
  } catch (error) {
    if (error instanceof ShippingError) throw error;
    return { error: String(error) };
  }
};

describe('random programs', function () {
  this.timeout(180_000);
  const far = { thread: undefined, process: undefined } as unknown as Record<Engine, Far>;
  before(() => {
    for (const engine of engines) far[engine] = new Far(engine);
  });
  after(async () => {
    for (const engine of engines) await far[engine].close();
  });

  for (const engine of engines) {
    it(`give in a ${engine} what they give at home`, async () => {
      await fc.assert(
        fc.asyncProperty(program, fc.integer({ min: 0, max: 9 }), async (one, argument) => {
          // One copy runs there, one here: each has variables of its own, and both begin alike.
          const there = await outcome(() => far[engine].run(load(one), argument));
          assert.deepEqual(there, await outcome(() => load(one)(argument)));
        }),
        { numRuns: 100 },
      );
    });
  }

  it('are refused by name when they use a local of a function', () => {
    const local = fc.constantFrom('hidden', 'list', 'one', '_', '$scope', '名前');
    const wrap = fc.constantFrom(
      (name: string, body: string) => `const f0 = ((${name}) => (x) => ${body})(7);`,
      (name: string, body: string) =>
        `function make(${name}) { return function (x) { return ${body}; }; } const f0 = make([7]);`,
      (name: string, body: string) => `let f0; { const ${name} = 7; f0 = (x) => ${body}; }`,
      (name: string, body: string) => `let f0; for (let ${name} = 0; ${name} < 1; ${name}++) f0 = (x) => ${body};`,
      (name: string, body: string) => `let f0; try { throw 1; } catch (${name}) { f0 = async (x) => ${body}; }`,
      (name: string, body: string) =>
        `const f0 = (() => { class ${name} {} return { m(x) { return ${body}; } }.m; })();`,
    );
    const use = fc.constantFrom(
      (name: string) => `x + ${name}`,
      (name: string) => `[1].map(() => ({ ${name} }))`,
      (name: string) => `((a = ${name}) => a)()`,
      (name: string) => `\`\${${name}}\``,
      (name: string) => `class { static s = ${name} }`,
      (name: string) => `typeof ${name}`,
      (name: string) => `(${name} = 5)`,
    );
    fc.assert(
      fc.property(local, wrap, use, (name, around, inside) => {
        const fn = load({ text: [...declarations, around(name, inside(name))].join('\n'), functions: 1 });
        assert.throws(
          () => shipFunction(fn, 'thread'),
          (error) => error instanceof ShippingError && error.names.includes(name) && /argument/.test(error.message),
        );
      }),
      { numRuns: 60 },
    );
  });
});
