import assert from 'node:assert/strict';
import { inCells } from './in-cells.ts';

describe('functions of real cells', () => {
  const { cell, everywhere } = inCells();

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

  it('use classes that extend what a call gives, and have computed keys', async () => {
    await cell(`
      const polite = (Base: any) => class extends Base { hello() { return super.hello() + ', please'; } };
      const key = 'named';
      class Hello { hello() { return 'hello'; } }
      class Polite extends polite(Hello) { [key]() { return 1; } }
      class Bare extends (null as any) { static size = 3; }
      const greet = (p: any = new Polite()) => [p.hello(), p.named(), p instanceof Polite, p instanceof Hello, Bare.size];`);
    assert.deepEqual(await everywhere('greet'), ['hello, please', 1, true, true, 3]);
    assert.deepEqual(await everywhere('greet', 'new Polite()'), ['hello, please', 1, true, true, 3]);
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
});
