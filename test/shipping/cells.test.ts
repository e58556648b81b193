import assert from 'node:assert/strict';
import { inCells } from './in-cells.ts';

describe('functions of real cells', () => {
  const { cell, everywhere } = inCells();

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
});
