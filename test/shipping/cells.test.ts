import assert from 'node:assert/strict';
import { Notebook } from './cells.ts';

interface Refused {
  readonly names: string[];
  readonly message: string;
}

describe('functions of real cells', function () {
  this.timeout(20_000);
  let notebook: Notebook;
  before(async () => {
    notebook = await Notebook.open();
  });
  after(() => notebook.close());
  const cell = (code: string) => notebook.cell(code);
  /** What the call gives here; a thread and a process must give the same. */
  const everywhere = async (fn: string, ...args: string[]) => {
    const all = (await cell(`tell(await everywhere(${[fn, ...args].join()}));`)) as unknown[];
    const [here, thread, process] = all;
    assert.deepEqual(thread, here);
    assert.deepEqual(process, here);
    return here;
  };
  const refused = async (expression: string) => (await cell(`tell(await refused(${expression}));`)) as Refused;

  it('use imports of every form, from their own cell and from another', async () => {
    await cell(`
      import os from 'os';
      import { createHash } from 'node:crypto';
      import { join as j } from 'path';
      import * as fs from 'fs';
      import assert, { equal } from 'node:assert';
      import { now } from 'interleaved';
      const util = require('util');
      const { EOL } = require('node:os');
      const { floor } = Math;
      const uses = () => [
        os.cpus().length, createHash('md5').update('x').digest('hex'), j('a', 'b'), fs.constants.O_RDONLY,
        (equal(1, 1), typeof assert.ok), typeof now(), util.format('%d', 3), EOL, floor(1.5),
      ];`);
    await everywhere('uses');
    await cell(`const usesLater = () => [
      os.cpus().length, createHash('md5').update('x').digest('hex'), j('a', 'b'), fs.constants.O_RDONLY,
      (equal(1, 1), typeof assert.ok), typeof now(), util.format('%d', 3), EOL, floor(1.5),
    ];`);
    await everywhere('usesLater');
    await cell(
      'const lazy = async () => { const { sep } = await import("path"); return sep + require("node:path").delimiter; };',
    );
    await everywhere('lazy');
  });

  it('use functions, constants, enums and namespaces of their own and other cells', async () => {
    await cell(`
      enum Color { Red, Green = 5 }
      const enum Size { Small = 3 }
      namespace Geometry { export const unit = 2; export function area(a: number) { return a * unit; } }
      const limit = 3;
      const table = new Map([['a', { deep: [1, 2, 3] }]]);
      function helper(n: number) { return n + limit + Color.Green + Size.Small; }
      const same = (n: number) => [helper(n), Color[0], Geometry.area(n), table.get('a')!.deep.length, { limit }];`);
    await everywhere('same', '4');
    await cell(`const other = (n: number) => [
      helper(n), Color.Red, Color[5], [...table.keys()], { x: limit }, \`a\${limit}b\`];`);
    assert.deepEqual(await everywhere('other', '4'), [15, 0, 'Green', ['a'], { x: 3 }, 'a3b']);
  });

  it('recurse, alone and mutually, under either kind of declaration', async () => {
    await cell(`
      function even(n: number): boolean { return n === 0 ? true : odd(n - 1); }
      const odd = (n: number): boolean => (n === 0 ? false : even(n - 1));
      const fact = function f(n: number): number { return n < 2 ? 1 : n * f(n - 1); };`);
    await cell('const both = (n: number) => [even(n), odd(n), fact(5)];');
    assert.deepEqual(await everywhere('both', '10'), [true, false, 120]);
  });

  it('are async functions, generators, async generators, methods and getters', async () => {
    await cell(`
      const base = 10;
      async function later(x: number) { await null; return x + base; }
      const arrow = async (x: number) => (await later(x)) * 2;
      function* count(n: number) { for (let i = 0; i < n; i++) yield i + base; }
      async function* slow(n: number) { for (const x of count(n)) { await null; yield x; } }
      const drain = async (n: number) => { const all = [...count(n)]; for await (const x of slow(n)) all.push(x); return all; };
      const name = 'computed' as const;
      const tools = {
        add(a: number, b: number) { return a + b + base; },
        async wait(a: number) { return later(a); },
        *many(n: number) { yield* count(n); },
        [name](a: number) { return a - base; },
        get size() { return base; },
        f: function (a: number) { return a * base; },
      };
      class Kit { static triple(x: number) { return x * 3 + base; } static make() { return new Kit().x; } x = 7; }
      const viaTools = (n: number) => [tools.add(1, n), [...tools.many(n)], tools.computed(n), tools.size, tools.f(n)];`);
    await everywhere('later', '1');
    await everywhere('arrow', '1');
    assert.deepEqual(await everywhere('drain', '2'), [10, 11, 10, 11]);
    await everywhere('tools.add', '1', '2');
    await everywhere('tools.wait', '1');
    await everywhere('tools.computed', '1');
    await everywhere('Kit.triple', '2');
    await everywhere('Kit.make');
    await everywhere('viaTools', '2');
  });

  it('use every corner of the syntax that names can hide in', async () => {
    await cell(
      `
      const one = 1, two = 2, key = 'k' as const; let undefinedYet: number | undefined;
      const rest = { one: 5, two: 6, list: [7, 8] };
      const tag = (parts: TemplateStringsArray, ...values: number[]) => parts.join('_') + values.join();
      function corner(a = one, { two: b = two, ...others }: any = rest, [first, ...more] = rest.list, ...tail: number[]) {
        const shadow = (one: number) => { const two = one + 1; return two; };
        const nested = () => () => ({ one, ['k' + two]: rest?.list?.[0], undefinedYet });
        label: for (const one of [1, 2, 3]) { for (;;) { if (one > 1) break label; continue label; } }
        let total = 0;
        for (const rest in { x: 1 }) total += rest.length;
        try { throw two; } catch (two) { total += two as number; }
        class Inner { static one = one + 1; [key] = one; #p = two; get p() { return this.#p; } }
        const { one: renamed, list: [l] } = rest;
        return [a, b, others, first, more, tail, shadow(3), nested()(), total, Inner.one, { ...new Inner() }, new Inner().p,
          renamed, l, tag\`x\${one}y\${two}z\`, /one(?<two>\\d)/.exec('one7')!.groups!.two, typeof (globalThis as any).nowhere,
          \`\${one}\${\`\${two}\`}\`, one ? two : one, one!, [...rest.list].map((two) => two * one), new Array(two).length,
          typeof nowhere === 'undefined'];
      }`
        .replace('typeof nowhere', 'typeof (nowhere as any)')
        .replace('const one = 1', 'declare const nowhere: any; const one = 1'),
    );
    await everywhere('corner');
    await everywhere('corner', '9', '{ one: 1, three: 3 }', '["a", "b"]', '1', '2');
  });

  it('use classes with inheritance, private fields, static blocks and accessors', async () => {
    await cell(`
      const rate = 2;
      class Account {
        static opened: number; static #secret = 5;
        static { Account.opened = rate + Account.#secret; }
        #balance = 0; readonly owner: string;
        constructor(owner: string, start: number) { this.owner = owner; this.#balance = start; }
        get balance() { return this.#balance; }
        set balance(value: number) { this.#balance = value; }
        #fee() { return rate; }
        pay(amount: number) { this.#balance -= amount + this.#fee(); return this; }
        static is(x: any) { return #balance in x; }
        *[Symbol.iterator]() { yield this.owner; yield this.#balance; }
        toString() { return this.owner + this.#balance; }
      }
      class Savings extends Account {
        #balance = 'own'; rate = rate;
        override toString() { return super.toString() + this.#balance; }
        override get balance() { return super.balance + 1; }
      }
      const play = () => {
        const s = new Savings('eve', 100); s.pay(10);
        return [String(s), s.balance, [...s], Account.is(s), Account.is({}), Account.opened, s instanceof Account, s.constructor.name];
      };`);
    await everywhere('play');
    await cell(
      'class Special extends Savings { extra = 1; } const playLater = () => [String(new Special("bob", 7)), new Special("x", 1) instanceof Savings];',
    );
    await everywhere('playLater');
  });

  it('take and give instances of the classes, which are instances there and here', async () => {
    await cell(`
      class Point { constructor(public x: number, public y: number) {} get sum() { return this.x + this.y; } }
      class Point3 extends Point { constructor(x: number, y: number, public z: number) { super(x, y); } override get sum() { return super.sum + this.z; } }
      class Names extends Map<string, Point> { title = 'names'; }
      class Stack extends Array<number> { top() { return this.at(-1); } }
      const swap = (p: Point) => { if (!(p instanceof Point)) throw new Error('no Point there'); return new Point(p.y, p.x); };
      const visit = (all: { map: Map<string, Point>, set: Set<Point>, list: Point[], self?: any, names: Names, stack: Stack }) => {
        const p = all.map.get('p')!;
        const ok = all.set.has(p) && all.list[0] === p && all.self === all && all.names.get('q') instanceof Point3
          && all.names instanceof Names && all.stack.top() === 3 && all.names.title === 'names' && p.sum === 3;
        all.list.push(new Point3(1, 2, 3)); all.names.set('new', p);
        return { ok, all };
      };`);
    const results = await cell(`
      const results: any[] = [];
      const p = new Point(1, 2);
      const all = { map: new Map([['p', p]]), set: new Set([p]), list: [p], self: undefined as any, names: new Names([['q', new Point3(4, 5, 6)]]), stack: Stack.from([1, 2, 3]) as Stack };
      all.self = all;
      const check = async (engine: any) => {
        const q = await send(engine, swap, new Point3(1, 2, 3));
        const back = await send(engine, visit, all);
        const { list, map, names, self, stack } = back.all;
        results.push([q instanceof Point, q instanceof Point3, q.constructor === Point, q.x, back.ok, self === back.all, list[0] === map.get('p'),
          list[1] instanceof Point3, list[1].sum, names instanceof Names, names.get('new') === list[0], stack instanceof Stack, stack.length]);
      };
      await check('thread'); await check('process');
      tell(results);`);
    const expected = [true, false, true, 2, true, true, true, true, 6, true, true, true, 3];
    assert.deepEqual(results, [expected, expected]);
  });

  it('take and give instances with private fields, without running their constructors', async () => {
    await cell(`
      let built = 0;
      class Counter {
        #n: number; #log: string[] = [];
        constructor({ start }: { start: number }, [label] = ['x']) { built++; this.#n = start; this.#log.push(label); }
        add() { this.#n++; this.#log.push('add'); return this; }
        get state() { return [this.#n, ...this.#log]; }
        built() { return built; }
      }
      class Named extends Counter { #n = 'hidden'; constructor(public name: string) { super({ start: 10 }, ['named']); } get both() { return [this.#n, ...this.state, this.name]; } }
      const step = (c: Counter) => [c.add(), c.add().state, c instanceof Counter, built];
      const rename = (c: Named) => { c.name += '!'; c.add(); return c; };`);
    const told = await cell(`
      const seen: any[] = [];
      const play2 = async (engine: any) => {
        const mine = new Counter({ start: 5 });
        const before = built;
        const [back, state, isCounter, builtThere] = await send(engine, step, mine);
        const again = await send(engine, step, back);
        const named = await send(engine, rename, new Named('eve'));
        seen.push(mine.state, back.state, state, isCounter, back instanceof Counter, back.constructor === Counter, again[1],
          named.both, named instanceof Named, named instanceof Counter, built - before, builtThere - before, named.add().both);
      };
      await play2('thread'); tell(seen.splice(0));`);
    const expected = [
      [5, 'x'],
      [7, 'x', 'add', 'add'],
      [7, 'x', 'add', 'add'],
      true,
      true,
      true,
      [9, 'x', 'add', 'add', 'add', 'add'],
      ['hidden', 11, 'named', 'add', 'eve!'],
      true,
      true,
      1,
      0,
      ['hidden', 12, 'named', 'add', 'add', 'eve!'],
    ];
    assert.deepEqual(told, expected);
    assert.deepEqual(await cell("await play2('process'); tell(seen);"), expected);
  });

  it('take and give instances whose fields are functions of their own', async () => {
    await cell(`
      class Button { clicks = 0; label: string; onClick = () => ++this.clicks; name = () => this.label; constructor(label: string) { this.label = label; } }
      class Loud extends Button { override name = () => this.label.toUpperCase(); }
      const press = (b: Button) => { b.onClick(); return [b.name(), b.clicks, b] as const; };`);
    const told = await cell(`
      const pressed: any[] = [];
      const pressAll = async (engine: any) => {
        const [name, clicks, b] = await send(engine, press, new Loud('ok'));
        pressed.push([name, clicks, b.onClick(), b.clicks, b.name(), b instanceof Loud]);
      };
      await pressAll('thread'); await pressAll('process'); tell(pressed);`);
    assert.deepEqual(told, [
      ['OK', 1, 2, 2, 'OK', true],
      ['OK', 1, 2, 2, 'OK', true],
    ]);
  });

  it('keep the values that they see when a later cell declares a name anew', async () => {
    await cell(
      'const size = 10; class Box { kind = "old"; } const useSize = () => [size, new Box().kind]; function viaHelp() { return helped(); } function helped() { return "old"; }',
    );
    await cell(
      'const size = 20; class Box { kind = "new"; more = 1; } const useNew = () => [size, new Box().kind]; function helped() { return "new"; }',
    );
    assert.deepEqual(await everywhere('useSize'), [10, 'old']);
    assert.deepEqual(await everywhere('useNew'), [20, 'new']);
    assert.equal(await everywhere('viaHelp'), 'old');
    await cell(
      'const size = 30; class Box { kind = "newest"; } class Small extends Box {} const useSmall = () => new Small().kind;',
    );
    await cell(
      'class Box { kind = "last"; } const useLast = () => [new Small().kind, new Box().kind, new Small() instanceof Box];',
    );
    assert.deepEqual(await everywhere('useLast'), ['newest', 'last', false]);
  });

  it('travel once while they stay the same, and anew when what they use changes', async () => {
    const counted = await cell(`
      const config = { factor: 2, deep: { list: [1] } }; let offset = 1;
      const scale = (x: number) => x * config.factor + offset + config.deep.list.length;
      const runs: any[] = [];
      const start = sources('thread');
      const note = async () => { runs.push([await send('thread', scale, 10), sources('thread') - start]); };
      await note(); await note();
      config.factor = 3; await note(); await note();
      config.deep.list.push(5); await note();
      offset = 100; await note(); await note();
      tell(runs);`);
    assert.deepEqual(counted, [
      [22, 1],
      [22, 1],
      [32, 2],
      [32, 2],
      [33, 3],
      [132, 4],
      [132, 4],
    ]);
    const again = await cell(
      'const scale = (x: number) => -x; const at = sources("thread"); const r = await send("thread", scale, 1); tell([r, sources("thread") - at]);',
    );
    assert.deepEqual(again, [-1, 1]);
    const loop = await cell(
      'const at2 = sources("thread"); for (let i = 0; i < 5; i++) await send("thread", (x: number) => x + offset, i); tell(sources("thread") - at2);',
    );
    assert.equal(loop, 1);
  });

  it('change only the copy in the worker, which all functions there share', async () => {
    const told = await cell(`
      let state: any; const cache = new Map<string, number>(); let calls = 0;
      const init = (value: string) => { state = { value }; cache.set(value, 1); };
      const task = () => { calls++; return [state?.value, [...cache.keys()], calls]; };
      await send('thread', init, 'ready');
      const first = await send('thread', task);
      const second = await send('thread', task);
      tell([first, second, state, cache.size, calls]);`);
    assert.deepEqual(told, [['ready', ['ready'], 1], ['ready', ['ready'], 2], undefined, 0, 0]);
  });

  it('see captured variables that share an object share it there', async () => {
    await cell(
      'const STOP = { stop: true }; const queue = [1, STOP]; const unique = Symbol("unique"); const marks = { [unique]: 1, tag: unique }; const isStop = (s: any = unique) => [queue[1] === STOP, marks[s as typeof unique], marks.tag === unique, s === unique];',
    );
    assert.deepEqual(await everywhere('isStop', 'unique'), [true, 1, true, true]);
  });

  it('bring the present values of static fields and of properties put on a function', async () => {
    await cell(
      'class Settings { static level = 1; static list = [1]; static pick = (x: number) => x + Settings.level; } function memo(x: number) { return (memo as any).known[x]; } (memo as any).known = { 1: "one" };',
    );
    await cell(
      'Settings.level = 7; Settings.list.push(2); (memo as any).known[2] = "two"; const readSettings = () => [Settings.level, Settings.list, Settings.pick(1), memo(1), memo(2)];',
    );
    assert.deepEqual(await everywhere('readSettings'), [7, [1, 2], 8, 'one', 'two']);
    await cell('Settings.level = 8; (memo as any).known[2] = "zwei";');
    assert.deepEqual(await everywhere('readSettings'), [8, [1, 2], 9, 'one', 'zwei']);
  });

  it('give errors back with class, message, cause, own fields and the stack of the worker', async () => {
    await cell(`
      class Broken extends RangeError { code = 'E_BROKEN'; override name = 'Broken'; constructor(message: string, public part: { id: number }) { super(message, { cause: new TypeError('deep') }); } }
      const fail = (how: string): any => {
        if (how === 'own') throw new Broken('it broke', { id: 7 });
        if (how === 'text') throw 'only text';
        if (how === 'object') throw { code: 3 };
        if (how === 'none') throw undefined;
        if (how === 'node') return require('fs').readFileSync('/no/such/file');
        if (how === 'abort') return AbortSignal.abort().throwIfAborted();
        if (how === 'many') throw new AggregateError([new Error('a'), new Broken('b', { id: 1 })], 'several');
        if (how === 'local') { class Local extends Broken { x = how; } throw new Local('local', { id: 2 }); }
        if (how === 'sock') throw Object.assign(new Error('with a socket'), { sock: new (require('net').Socket)(), f: () => how, ok: 1 });
      };
      const failed = async (engine: any, how: string) => { try { await send(engine, fail, how); return 'nothing'; } catch (e) { return e as any; } };`);
    for (const engine of ['thread', 'process']) {
      const told = await cell(`
        const e1 = await failed('${engine}', 'own'); const e2 = await failed('${engine}', 'node'); const e3 = await failed('${engine}', 'abort');
        const e4 = await failed('${engine}', 'many'); const e5 = await failed('${engine}', 'local'); const e6 = await failed('${engine}', 'sock');
        tell([
          [e1 instanceof Broken, e1 instanceof RangeError, e1.constructor === Broken, e1.name, e1.message, e1.code, e1.part, e1.cause instanceof TypeError, e1.cause.message, e1.stack.includes('at fail (cell:fail:'), Object.keys(e1)],
          [await failed('${engine}', 'text'), await failed('${engine}', 'object'), await failed('${engine}', 'none')],
          [e2 instanceof Error, e2.code, e2.syscall], [e3 instanceof DOMException, e3.name],
          [e4 instanceof AggregateError, e4.errors[1] instanceof Broken, e4.errors.length],
          [e5 instanceof RangeError, e5.message, e5.x], [e6.message, e6.sock, e6.f, e6.ok],
        ]);`);
      assert.deepEqual(told, [
        [true, true, true, 'Broken', 'it broke', 'E_BROKEN', { id: 7 }, true, 'deep', true, ['part', 'code', 'name']],
        ['only text', { code: 3 }, undefined],
        [true, 'ENOENT', 'open'],
        [true, 'AbortError'],
        [true, true, 2],
        [true, 'local', 'local'],
        ['with a socket', '[Socket] cannot be sent', '[Function: f] cannot be sent', 1],
      ]);
    }
  });

  it('share memory between threads, by argument and by variable, and refuse it to a process', async () => {
    const told = await cell(`
      const memory = new SharedArrayBuffer(16); const words = new Int32Array(memory); const holder = { words, tail: new Uint8Array(memory, 8) };
      const bump = (other: { words: Int32Array }) => { Atomics.add(words, 0, 1); holder.tail[0]++; other.words[1]++; return other.words.buffer === words.buffer; };
      await send('thread', bump, { words }); await send('thread', bump, holder);
      const swapped = new Int32Array(new SharedArrayBuffer(16)); const big = [words]; const bigBump = () => Atomics.add(big[0], 0, 10);
      await send('thread', bigBump); big[0] = swapped; await send('thread', bigBump);
      let refusal: any; try { await send('process', bump, 1); } catch (e) { refusal = e; }
      let refusal2: any; try { await send('process', (x: any) => 1, { deep: [words] }); } catch (e) { refusal2 = e; }
      tell([[...words], holder.tail[0], swapped[0], refusal.names.includes('words'), refusal2.names, refusal2.message]);`);
    const [words, tail, swapped, isNamed, path, message] = told as unknown[];
    assert.deepEqual([words, tail, swapped, isNamed, path], [[12, 2, 2, 0], 2, 10, true, ['args[0].deep[0]']]);
    assert.match(String(message), /threads/);
  });

  it('are refused with the name, where it is used and the way out', async () => {
    await cell(`
      const net = require('net');
      const makeAdder = (n: number) => (x: number) => x + n;
      const n = 5; const fromAnonymous = ((n: number) => () => n)(6);
      const inLoop: any[] = []; for (let i = 0; i < 2; i++) inLoop.push(() => i);
      const socket = new net.Socket(); const bag = { deep: [{ socket }] };
      const usesSocket = () => bag.deep.length; const usesUser = () => usesSocket();
      const ofCell = () => (this as any);
      class Greeter { #name = 'x'; greet() { return this.#name; } static up = { hi() { return super.toString(); } }; }
      const deepArguments = function (this: any) { return () => arguments.length; };
      function OldStyle(this: any) {} OldStyle.prototype.speak = () => 1;
      class Patched { m() { return 1; } } (Patched.prototype as any).extra = () => 2;
      const usesPatched = () => new Patched(); const usesOld = () => new (OldStyle as any)();
      const bound = makeAdder.bind(null); const usesBound = () => bound(1);
      const proxy = new Proxy({}, {}); const usesProxy = () => Object.keys(proxy);
      const weak = new WeakMap(); const pending = new Promise(() => {}); const usesWeak = () => weak.has({}); const usesPending = () => pending;`);
    const cases: [string, string, RegExp][] = [
      ['makeAdder(3)', 'n', /local variable of the function makeAdder .*line 1: "\(x\) => x \+ n".*argument/],
      ['fromAnonymous', 'n', /local variable .*argument/],
      ['inLoop[0]', 'i', /local variable .*argument/],
      ['usesSocket', 'bag.deep[0].socket', /Socket \(used in usesSocket, line 1.*there/],
      ['usesUser', 'bag.deep[0].socket', /used in usesSocket/],
      ['ofCell', 'this', /used in ofCell.*argument/],
      ['Math.max', 'max', /native/],
      ['makeAdder.bind(null, 1)', 'bound makeAdder', /bound function/],
      ['usesBound', 'bound', /bound function.*used in usesBound/],
      ['Greeter.prototype.greet', '#name', /private .*instance/],
      ['Greeter.up.hi', 'super', /super/],
      ['deepArguments()', 'arguments', /function around it/],
      ['usesPatched', 'Patched', /changed after it was written.*extra/],
      ['usesOld', 'OldStyle', /Write a class/],
      ['usesProxy', 'proxy', /Proxy.*used in usesProxy.*behind/],
      ['usesWeak', 'weak', /weakly.*Map/],
      ['usesPending', 'pending', /promise.*Await/],
      ['(x: any) => x, { a: [socket] }', 'args[0].a[0]', /Socket/],
      ['(x: any) => x, new Map([["k", proxy]])', 'args[0].get(k)', /Proxy/],
      ['(x: any) => x, process.stdout', 'args[0]', /stream/],
      ['(x: any) => x, [[], Math.max]', 'args[0][1]', /native/],
      ['(x: any) => x, makeAdder(1)', 'args[0]', /local variable/],
      ['(x: any) => x, (function* () {})()', 'args[0]', /generator/],
      ['(x: any) => x, new WeakRef({})', 'args[0]', /weak/],
      ['(x: any) => x, setTimeout(() => {}, 0)', 'args[0]', /Node itself/],
      ['(x: any) => x, Object.create({ a: 1 })', 'args[0]', /prototype/],
    ];
    for (const [expression, name, message] of cases) {
      const refusal = await refused(expression);
      assert.ok(refusal, `${expression} was not refused`);
      assert.ok(refusal.names.includes(name), `${expression}: ${refusal.names} ${refusal.message}`);
      assert.match(`${expression}: ${refusal.message.replace(/\n/g, ' ')}`, message);
    }
  });
});
