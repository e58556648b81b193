import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import os, { availableParallelism as cores } from 'node:os';
import * as path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext, runInThisContext } from 'node:vm';
import fc, { integer } from 'fast-check';
import { receiveFunction, ShippingError, shipFunction, shipValue } from '../../src/shipping/index.ts';
import { now } from '../../src/timing/clock.ts';
import { type Engine, engines, Far } from './send.ts';

const limit = 3;
let counter = 0;
const config = { factor: 2, list: [1, 2] };
const list = config.list;

class Point {
  x: number;
  y: number;
  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
  }
  get sum() {
    return this.x + this.y + limit;
  }
}

const order = new Map([
  ['a', 1],
  ['b', 2],
]);
const ordered = () => [...order.keys()];
const require = createRequire(import.meta.url);

const even = (n: number): boolean => (n === 0 ? true : odd(n - 1));
function odd(n: number): boolean {
  return n === 0 ? false : even(n - 1);
}

function everything(point: Point) {
  list.push(9);
  return {
    known: point instanceof Point && point.sum,
    shared: config.list.length,
    even: even(limit),
    hash: createHash('md5').update(path.join('a', 'b')).digest('hex'),
    os: typeof os.cpus() + typeof cores(),
    clock: typeof now(),
    package: fc.sample(integer({ min: 3, max: 3 }), 1),
    counter,
    strict: (function (this: unknown) {
      return this;
    })(),
  };
}

interface Common {
  area(side: number): number;
  usesExports(x: number): number;
  usesRequire(): number;
  makeCounter(): () => number;
  anonymous(): number;
}

const refusal = (work: () => unknown): ShippingError => {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof ShippingError, String(error));
    return error;
  }
  return assert.fail('nothing was refused');
};

describe('functions of plain modules', function () {
  this.timeout(120_000);
  const far = { thread: undefined, process: undefined } as unknown as Record<Engine, Far>;
  before(() => {
    for (const engine of engines) far[engine] = new Far(engine);
  });
  after(async () => {
    for (const engine of engines) await far[engine].close();
  });

  for (const engine of engines) {
    it(`of an ES module take with them what they use: to a ${engine}`, async () => {
      const there = await far[engine].run(everything, new Point(1, 2));
      assert.deepEqual(there, { ...everything(new Point(1, 2)), shared: 3 });
      list.length = 2;
      const back = await far[engine].run((p: Point) => new Point(p.y, p.x), new Point(1, 2));
      assert.ok(back instanceof Point && back.x === 2);
    });

    it(`of a CommonJS module travel by the module's name, or by their source: to a ${engine}`, async () => {
      const common = require('./fixtures/common.cjs') as Common;
      assert.equal(await far[engine].run(common.area, 2), 3 * 4 + 32 + 'common.cjs'.length);
      assert.equal(await far[engine].run(common.usesExports, 1), 6);
      assert.equal(await far[engine].run(common.usesRequire), 42);
      assert.deepEqual(refusal(() => shipFunction(common.makeCounter(), engine)).names, ['count']);
    });
  }

  it('of a CommonJS module that nobody can load by name travel by their source', async () => {
    // The same module under a name that its own thread forgets, as a script that was started.
    const file = require.resolve('./fixtures/common.cjs');
    delete require.cache[file];
    const common = require(file) as Common;
    delete require.cache[file];
    assert.equal(await far.thread.run(common.area, 2), 3 * 4 + 32 + 'common.cjs'.length);
    assert.equal(await far.thread.run(common.usesExports, 1), 6);
    assert.equal(await far.thread.run(common.usesRequire), 42);
    assert.deepEqual(refusal(() => shipFunction(common.anonymous, 'thread')).names, ['hidden']);
  });

  it('may be written without semicolons', async () => {
    const text = `(function (exports, require) {
      const log = []
      const add = (x) => { log.push(x) }
      const tag = (parts) => add(parts[0])
      class Box {
        #value = 7
        get value() { return this.#value }
        last = 2
      }
      exports.f = () => {
        let a = 1
        add(a)
        const b = a
        tag\`two\`
        if (a)
          add(3)
        else add(4)
        switch (b) { case 1: a++
          add(5) }
        add(new Box().value)
        return log
      }
      return exports
    })({})`;
    const { f } = runInThisContext(text) as { f: () => unknown[] };
    assert.deepEqual(await far.thread.run(f), [1, 'two', 3, 5, 7]);
    assert.deepEqual(f(), [1, 'two', 3, 5, 7]);
  });

  it('are the same shipment while nothing changed, and another when it did', () => {
    const first = shipFunction(everything, 'thread');
    assert.equal(shipFunction(everything, 'thread'), first);
    assert.equal(first.name, 'everything');
    counter += 1;
    const second = shipFunction(everything, 'thread');
    assert.notEqual(second.id, first.id);
    config.factor = 5;
    const third = shipFunction(everything, 'thread');
    assert.notEqual(third.id, second.id);
    config.factor = 2;
    assert.equal(shipFunction(everything, 'thread').id, second.id);
  });

  it('notice a change of order', () => {
    const before = shipFunction(ordered, 'thread');
    order.delete('a');
    order.set('a', 1);
    assert.notEqual(shipFunction(ordered, 'thread').id, before.id);
  });

  it('keep what they captured where they arrive, but not the message that brought it', async () => {
    const reads = () => [config.list.length, order.size];
    const arrive = () => {
      const copy = structuredClone(shipFunction(reads, 'process'));
      const { buffer } = (copy.definitions as { parcel: Uint8Array }).parcel;
      return [receiveFunction(copy), new WeakRef(buffer)] as const;
    };
    const [there, message] = arrive();
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    for (let n = 0; n < 3; n += 1) {
      await new Promise(setImmediate);
      collect();
    }
    assert.equal(message.deref(), undefined);
    assert.deepEqual(there(), [2, 2]);
  });

  it('require what a module requires', async () => {
    assert.equal(await far.process.run(() => require('./fixtures/data.json').answer), 42);
  });

  it('that are written alike in one place are one shipment', () => {
    const ids = [1, 2, 3].map(() => shipFunction((x: number) => x + limit, 'process').id);
    assert.equal(new Set(ids).size, 1);
  });

  it('arrive with their names, and a stack says where in them', async () => {
    const name = await far.thread.run(() => [even.name, odd.name, Point.name]);
    assert.deepEqual(name, ['even', 'odd', 'Point']);
    const failing = () => {
      throw new Error('here');
    };
    await assert.rejects(far.thread.run(failing), { stack: /at failing \(function:failing:2:/ });
  });

  it('go on from a worker to a worker of its own', async () => {
    const further = async (file: string, point: Point) => {
      const { Far } = (await import(file)) as typeof import('./send.ts');
      const inner = new Far('thread');
      try {
        return await inner.run(
          (p: Point, by: number) => [p instanceof Point, p.sum + by, even(4), config.list],
          point,
          10,
        );
      } finally {
        await inner.close();
      }
    };
    const file = new URL('./send.ts', import.meta.url).href;
    assert.deepEqual(await far.thread.run(further, file, new Point(1, 2)), [true, 16, true, [1, 2]]);
  });

  it('import what they name when they run', async () => {
    const lazy = async () => (await import('node:path')).sep;
    assert.equal(await far.thread.run(lazy), path.sep);
    assert.match(refusal(() => shipFunction(() => import.meta.url, 'thread')).message, /import\.meta.*argument/);
  });

  it('are refused all at once, with all names', () => {
    const make = (a: number, b: { deep: number }) => (): number => a + b.deep;
    const error = refusal(() => shipFunction(make(1, { deep: 2 }), 'process'));
    assert.deepEqual(error.names, ['a', 'b']);
    assert.match(error.message, /^anonymous cannot be sent to another process:\n- a is a local.*\n- b is a local/);
  });

  it('are unknown by an id that was never received', () => {
    assert.equal(refusal(() => receiveFunction('nobody')).names[0], 'nobody');
  });

  it('find what only the names with node: know', async () => {
    const query = () => new DatabaseSync(':memory:').prepare('select 7 as x').get()?.x;
    assert.equal(await far.process.run(query), 7);
  });

  it('refuse values by the path to them', () => {
    const memory = new Int32Array(new SharedArrayBuffer(8));
    assert.match(
      refusal(() => shipValue({ memory }, 'remote')).message,
      /another machine: value\.memory is shared memory/,
    );
    const holder = { items: [new Map([['key', { sock: process.stdin }]])] };
    assert.deepEqual(refusal(() => shipValue(holder, 'thread', undefined, 'args[0]')).names, [
      'args[0].items[0].get(key).sock',
    ]);
  });
});
