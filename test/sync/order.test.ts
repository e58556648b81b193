import assert from 'node:assert/strict';
import { Lock, RLock, Thread } from '../../src/index.ts';
import { start, warningsOf, words } from './helpers.ts';

type Either = Lock | RLock;

/** Takes the second while it holds the first. */
const nest = (first: Either, second: Either, times = 1) => {
  for (let n = 0; n < times; n += 1) first.withSync(() => second.withSync(() => {}));
};

const runAll = async (...threads: Thread<never[]>[]) => {
  for (const thread of threads) {
    thread.start();
    await thread.join();
  }
};

/** As `nest`, when it is its turn. */
const eat = (first: Lock, second: Lock, turn: Int32Array, mine: number): void => {
  for (let now = Atomics.load(turn, 0); now !== mine; now = Atomics.load(turn, 0)) Atomics.wait(turn, 0, now);
  first.withSync(() => second.withSync(() => {}));
  Atomics.add(turn, 0, 1);
  Atomics.notify(turn, 0);
  for (let now = Atomics.load(turn, 0); now < 3; now = Atomics.load(turn, 0)) Atomics.wait(turn, 0, now);
};

const nesting = ([first, second]: readonly [Either, Either]): Thread<never[]> =>
  new Thread(nest, first, second) as never;

/** As many as there are forks: each takes the one before it, then the next one. */
const philosophers = (...forks: Either[]): Thread<never[]>[] =>
  forks.map((fork, at) => nesting([fork, forks[(at + 1) % forks.length]!]));

/** Takes both within a third. */
const behind = (door: Either, [first, second]: readonly [Either, Either]): Thread<never[]> =>
  new Thread(
    (one: Either, two: Either, three: Either) => one.withSync(() => two.withSync(() => three.withSync(() => {}))),
    door,
    first,
    second,
  ) as never;

describe('lock order', function () {
  this.timeout(120_000);

  it('that is turned round is warned of once, before anybody waits, with both locks and both threads', async () => {
    const [till, book] = [new Lock({ name: 'till' }), new RLock({ name: 'book' })];
    const told = await warningsOf(async () => {
      const one = new Thread(nest, till, book, 3);
      const two = new Thread(nest, book, till, 3);
      one.start();
      await one.join();
      two.start();
      await two.join();
      await till.with(() => book.with(() => {}));
      await book.with(() => till.with(() => {}));
    });
    assert.equal(told.length, 1, told.join('\n'));
    assert.match(told[0]!, /thread \d+ takes Lock 'till' while it holds RLock 'book'/);
    assert.match(told[0]!, /thread \d+, now ended, took RLock 'book' while it held Lock 'till'/);
  });

  it('is seen on one thread, across awaits', async () => {
    const [a, b] = [new Lock({ name: 'a' }), new Lock({ name: 'b' })];
    const told = await warningsOf(async () => {
      await a.with(async () => {
        await null;
        await b.with(() => {});
      });
      await b.with(() => a.with(() => {}));
    });
    assert.equal(told.length, 1, told.join('\n'));
    assert.match(told[0]!, /main takes Lock 'a' while it holds Lock 'b', and main earlier took Lock 'b'/);
  });

  it('that is the same everywhere, or of tasks that only take turns, is no reason to warn', async () => {
    const [a, b, c] = [new Lock(), new Lock(), new RLock()];
    const told = await warningsOf(async () => {
      await runAll(new Thread(nest, a, b) as never, new Thread(nest, a, b) as never, new Thread(nest, b, c) as never);
      await runAll(new Thread(nest, c, c) as never);
      const task = async (first: Either, last: Either) => {
        await first.with(() => new Promise((resolve) => setTimeout(resolve, 5)));
        await last.with(() => new Promise((resolve) => setTimeout(resolve, 5)));
      };
      await Promise.all([task(a, b), task(b, a)]);
    });
    assert.deepEqual(told, []);
  });

  it('in a circle of three is warned of before it ever deadlocks, though no thread knows all three', async () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => new Lock({ name }));
    const told = await warningsOf(async () => {
      // All three at the table, one of them eats at a time.
      const turn = words(1);
      const table = [start(eat, a!, b!, turn, 0), start(eat, b!, c!, turn, 1), start(eat, c!, a!, turn, 2)];
      for (const one of table) await one.join();
      await runAll(...philosophers(a!, b!, c!));
    });
    assert.equal(told.length, 1, told.join('\n'));
    assert.match(told[0]!, /^lock order: thread \d+ takes Lock 'a' while it holds Lock 'c', thread \d+ took/);
    assert.match(told[0]!, / thread \d+ took Lock 'b' while it held Lock 'a'/);
    assert.match(told[0]!, /and thread \d+ took Lock 'c' while it held Lock 'b'\. /);
    assert.match(told[0]!, /A circle of 3: Lock 'c' → Lock 'a' → Lock 'b' → Lock 'c'\. /);
    assert.equal(new Set(told[0]!.match(/thread \d+/g)).size, 3);
  });

  it('that closes several circles is told of the shortest', async () => {
    const [a, b, c, d, e] = Array.from('abcde', (name) => new Lock({ name }));
    const told = await warningsOf(async () => {
      await runAll(...[[a!, c!] as const, [b!, e!] as const, [a!, e!] as const].map(nesting));
      await runAll(...philosophers(a!, b!, c!, d!, e!));
    });
    assert.equal(told.length, 1, told.join('\n'));
    assert.match(
      told[0]!,
      /takes Lock 'a' while it holds Lock 'e', and .* took Lock 'e' while it held Lock 'a'\. Some/,
    );
  });

  it('of philosophers of whom one is left-handed is no reason to warn, nor behind one door', async () => {
    const [a, b, c, d, e, f] = Array.from('abcdef', (name) => new Lock({ name }));
    const door = new RLock({ name: 'door' });
    const told = await warningsOf(async () => {
      await runAll(nesting([a!, b!]), nesting([b!, c!]), nesting([a!, c!]));
      await runAll(...[[d!, e!] as const, [e!, f!] as const, [f!, d!] as const].map((pair) => behind(door, pair)));
    });
    assert.deepEqual(told, []);
  });

  it('is warned of when a second one goes past the door', async () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => new Lock({ name }));
    const door = new Lock({ name: 'door' });
    const told = await warningsOf(async () => {
      await runAll(behind(door, [a!, b!]), behind(door, [b!, c!]), behind(door, [c!, a!]));
      // The first who goes past it can only meet one of the others.
      await runAll(nesting([b!, c!]));
      await runAll(nesting([a!, b!]));
    });
    assert.equal(told.length, 1, told.join('\n'));
    assert.match(told[0]!, /A circle of 3: Lock 'a' → Lock 'b' → Lock 'c' → Lock 'a'/);
  });

  it('of an RLock that is entered again is no circle', async () => {
    const [a, b] = [new RLock({ name: 'a' }), new RLock({ name: 'b' })];
    const told = await warningsOf(async () => {
      await runAll(
        new Thread(
          (one: RLock, other: RLock) => one.withSync(() => other.withSync(() => one.withSync(() => {}))),
          a,
          b,
        ) as never,
      );
    });
    assert.deepEqual(told, []);
  });
});
