import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { inspect, types } from 'node:util';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import fc from 'fast-check';
import { receiveError, receiveValue, registerShippable, shipError, shipValue } from '../../src/shipping/index.ts';
import { type Engine, engines, Far } from './send.ts';

class Point {
  x: number;
  y: number;
  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
  }
}

const echo = (value: unknown): unknown => value;

describe('values on their way', function () {
  this.timeout(120_000);
  const far = { thread: undefined, process: undefined } as unknown as Record<Engine, Far>;
  before(() => {
    for (const engine of engines) far[engine] = new Far(engine);
  });
  after(async () => {
    for (const engine of engines) await far[engine].close();
  });

  it('stay as they are when they are plain data', () => {
    const circle: Record<string, unknown> = {
      a: Object.assign(new Array(3), { 0: 1, 2: 3 }),
      b: new Map([[{ k: 1 }, new Set([1n])]]),
      d: new Date(5),
      n: NaN,
    };
    circle.self = circle;
    const values = [1, 'x', null, undefined, -0, 2n, new Float64Array(4), new ArrayBuffer(3), /x/gi, circle, [[], {}]];
    for (const value of values) for (const engine of engines) assert.equal(shipValue(value, engine), value);
  });

  for (const engine of engines) {
    it(`come back from a ${engine} as they went`, async () => {
      const symbol = Symbol('own');
      const frozen = Object.freeze({ deep: Object.freeze([symbol]) });
      const value = {
        point: new Point(1, 2),
        buffer: Buffer.from('text'),
        url: new URL('http://localhost:1/x?y#z'),
        symbols: [symbol, Symbol.iterator, Symbol.for('shared')],
        [symbol]: 'by symbol',
        bare: Object.assign(Object.create(null), { a: 1, p: new Point(3, 4) }),
        sparse: Object.assign(new Array<unknown>(3), { 0: new Point(5, 6), 2: 7 }),
        match: Object.assign(/b(?<n>.)/.exec('abc') ?? [], { point: new Point(0, 0) }),
        frozen,
        boxed: Object('text'),
        error: Object.assign(new RangeError('no', { cause: new Point(7, 8) }), { code: 7 }),
      };
      const back = (await far[engine].run(echo, value)) as typeof value;
      assert.deepEqual(back, value);
      assert.ok(back.point instanceof Point && back.error instanceof RangeError && back.error.cause instanceof Point);
      assert.equal(back.error.stack, value.error.stack);
      assert.equal(1 in back.sparse, false);
      assert.equal(Object.getPrototypeOf(back.bare), null);
    });

    it(`of all kinds and mixtures come back from a ${engine}`, async () => {
      const points = fc.tuple(fc.integer(), fc.integer()).map(([x, y]) => new Point(x, y));
      const anything = fc.anything({
        withBigInt: true,
        withDate: true,
        withMap: true,
        withSet: true,
        withNullPrototype: true,
        withSparseArray: true,
        withTypedArray: true,
        withObjectString: false,
        maxDepth: 3,
      });
      const mixed = fc.oneof(
        anything,
        fc.array(fc.oneof(points, anything)),
        fc.dictionary(fc.string(), fc.oneof(points, anything)),
      );
      await fc.assert(
        fc.asyncProperty(mixed, async (value) => {
          assert.deepEqual(await far[engine].run(echo, value), value);
        }),
        { numRuns: 150 },
      );
    });
  }

  it('keep their own getters, hidden and read-only fields and listeners', async () => {
    class Store extends EventEmitter {
      items: Point[] = [];
    }
    const store = new Store();
    store.on('item', function (this: Store, item: Point) {
      this.items.push(item);
    });
    Object.defineProperty(store, 'hidden', { value: 1, enumerable: false, writable: false, configurable: true });
    const object = {
      p: new Point(1, 2),
      get double() {
        return this.p.x * 2;
      },
    };
    const there = await far.thread.run(
      (s: Store & { hidden: number }, o: typeof object) => {
        s.emit('item', o.p);
        o.p.x = 50;
        return [s.items.length, o.double, s.hidden, Object.keys(s).includes('hidden')];
      },
      store,
      object,
    );
    assert.deepEqual(there, [1, 100, 1, false]);
    assert.equal(store.items.length, 0);
  });

  it('that were registered travel in their own way, ports among them', async () => {
    const { port1, port2 } = new MessageChannel();
    const post = (port: typeof port2, text: string) => {
      port.postMessage(text);
      port.close();
    };
    await far.thread.run(post, port2, 'hello');
    assert.deepEqual(receiveMessageOnPort(port1), { message: 'hello' });
    port1.close();
    assert.throws(() => shipValue(new MessageChannel().port1, 'process', []), { name: 'ShippingError' });

    class Handle {
      #id: number;
      constructor(id: number) {
        this.#id = id;
      }
      get id() {
        return this.#id;
      }
      static {
        registerShippable('test Handle', Handle, {
          ship: (handle, to) => ({ id: handle.#id, to }),
          receive: ({ id }) => new Handle(id + 1),
        });
      }
    }
    const shipped = structuredClone(shipValue([new Handle(1), new Point(1, 2)], 'thread'));
    const [handle, point] = receiveValue(shipped) as [Handle, Point];
    assert.ok(handle instanceof Handle && handle.id === 2 && point instanceof Point);
  });

  it('need no deep stack where they are deep', async () => {
    let deep: unknown[] = [];
    for (let i = 0; i < 20_000; i += 1) deep = [deep];
    const there = await far.thread.run((value: unknown[]) => {
      let n = 0;
      for (let at = value; at.length > 0; at = at[0] as unknown[]) n += 1;
      return n;
    }, deep);
    assert.equal(there, 20_000);
    class Link {
      next: Link | undefined;
    }
    const first = new Link();
    let last = first;
    for (let i = 0; i < 20_000; i += 1) {
      last.next = new Link();
      last = last.next;
    }
    const length = (link: Link | undefined) => {
      let n = 0;
      for (let at = link; at; at = at.next) n += 1;
      return n;
    };
    assert.equal(length(receiveValue(shipValue(first, 'thread')) as Link), 20_001);
  });

  it('that were thrown always arrive', () => {
    const fail = () => {
      throw new Error('do not read this');
    };
    const unreadable = Object.defineProperty({}, 'x', { get: fail, enumerable: true });
    const circle: unknown[] = [];
    circle.push(circle, unreadable);
    const throwers = [
      () => Object.assign(new Error('x'), { self: undefined as unknown, f: () => throwers, w: new WeakMap() }),
      () => new Proxy(new Error('behind'), {}),
      () => Symbol('thrown'),
      () => () => 1,
      () => Promise.resolve(),
      () => process.stdout,
      () => null,
      () => unreadable,
      () => Object.assign(new Error('x'), { unreadable }),
      () => Object.assign(new Error('x'), { w: Object.assign(new WeakMap(), { [inspect.custom]: fail }) }),
      () => circle,
    ];
    for (const make of throwers) {
      for (const engine of engines) {
        const thrown = make();
        const back = receiveError(structuredClone(shipError(thrown, engine)));
        if (types.isNativeError(thrown)) assert.equal((back as Error).message, thrown.message);
      }
    }
    const error = throwers[0]?.() as Error & { self: unknown };
    error.self = error;
    const back = receiveError(structuredClone(shipError(error, 'process'))) as typeof error & {
      w: unknown;
      f: unknown;
    };
    assert.equal(back.self, back);
    assert.equal(back.message, 'x');
    assert.match(String(back.w), /cannot be sent/);
  });
});
