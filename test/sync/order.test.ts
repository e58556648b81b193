import assert from 'node:assert/strict';
import { Lock, RLock, Thread } from '../../src/index.ts';
import { stderrOf } from '../channels/makers.ts';

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

/** The warnings of what `use` does. */
const warnings = async (use: () => Promise<unknown>): Promise<string[]> =>
  (await stderrOf(use)).split('\n').filter((line) => line !== '');

describe('lock order', function () {
  this.timeout(20_000);

  it('that is turned round is warned of once, before anybody waits, with both locks and both threads', async () => {
    const [till, book] = [new Lock({ name: 'till' }), new RLock({ name: 'book' })];
    const told = await warnings(async () => {
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
    const told = await warnings(async () => {
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
    const told = await warnings(async () => {
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
});
