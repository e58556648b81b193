import assert from 'node:assert/strict';
import { inCells } from './in-cells.ts';

describe('functions of real cells', () => {
  const { cell, refused } = inCells();

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
      const makeKeyed = (key: string) => class { [key]() { return 1; } };
      const proxy = new Proxy({}, {}); const usesProxy = () => Object.keys(proxy); const called = new Proxy(makeAdder, {}); const usesCalled = () => called(1);
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
      ['new Proxy(makeAdder, {})', 'makeAdder', /Proxy.*behind/],
      ['usesBound', 'bound', /bound function.*used in usesBound/],
      ['Greeter.prototype.greet', '#name', /private .*instance/],
      ['Greeter.up.hi', 'super', /super/],
      ['deepArguments()', 'arguments', /function around it/],
      ['usesPatched', 'Patched', /changed after it was written.*extra/],
      ['usesOld', 'OldStyle', /Write a class/],
      ['usesProxy', 'proxy', /Proxy.*used in usesProxy.*behind/],
      ['usesCalled', 'called', /Proxy.*used in usesCalled.*behind/],
      ['makeKeyed("m")', 'key', /known no more once the class is made.*method/],
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
