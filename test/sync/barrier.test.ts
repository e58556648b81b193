import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { withExecutor } from '../../src/executors/executor.ts';
import { ThreadPoolExecutor } from '../../src/executors/executors.ts';
import { ShippingError } from '../../src/shipping/index.ts';
import { Barrier, BrokenBarrierError } from '../../src/sync/barrier.ts';
import { SharedCounter } from '../../src/sync/counter.ts';
import { Process } from '../../src/workers/process.ts';
import { stderrOf, until } from '../channels/makers.ts';
import { aWhile, bunch, outcome } from './bunch.ts';

const parties = 5;

/** Passes a barrier some times and asserts each time that all came before any went on. */
const multipass = async (
  barrier: Barrier,
  came: SharedCounter,
  went: SharedCounter,
  passes: number,
  way: 'wait' | 'waitSync',
) => {
  const check = (is: number, shouldBe: number): void => {
    if (is !== shouldBe) throw new Error(`${is} instead of ${shouldBe}`);
  };
  for (let pass = 0; pass < passes; pass += 1) {
    came.add();
    check(went.value, pass * barrier.parties);
    await barrier[way]();
    went.add();
    check(came.value, (pass + 1) * barrier.parties);
    await barrier[way]();
  }
};

/** The cases of CPython 3.13's BarrierTests that can hold. */
describe('Barrier', () => {
  it('has at least one party', async () => {
    for (const bad of [0, -1, 1.5, 1024, '2']) assert.throws(() => new Barrier(bad as number), /parties is a whole/);
    const single = new Barrier(1);
    assert.deepEqual([await single.wait(), await single.wait()], [0, 0]);
  });

  for (const way of ['wait', 'waitSync'] as const) {
    it(`is passed in lockstep: ${way}`, async () => {
      const passes = 100;
      const barrier = new Barrier(parties);
      const [came, went] = [new SharedCounter(), new SharedCounter()];
      const all = bunch(way === 'wait' ? 4 : 5, multipass, barrier, came, went, passes, way);
      if (way === 'wait') await multipass(barrier, came, went, passes, way);
      await all.join();
      assert.deepEqual([came.value, went.value], [parties * passes, parties * passes]);
      assert.deepEqual([barrier.waiting, barrier.broken], [0, false]);
    });
  }

  it('gives each its place', async () => {
    const barrier = new Barrier(parties);
    const places = await Promise.all(Array.from({ length: parties }, () => barrier.wait()));
    assert.deepEqual(places, [0, 1, 2, 3, 4]);
    const sum = new SharedCounter();
    await bunch(parties, (at: Barrier, to: SharedCounter) => to.add(at.waitSync()), barrier, sum).join();
    assert.equal(sum.value, 10);
  });

  it('breaks for all by an abort, and until it is reset', async () => {
    const barrier = new Barrier(parties);
    const again = new Barrier(parties);
    const counts = { passed: new SharedCounter(), broken: new SharedCounter(), later: new SharedCounter() };
    const work = (first: Barrier, second: Barrier, { passed, broken, later }: typeof counts) => {
      try {
        if (first.waitSync() === 2) {
          first.abort();
        } else {
          first.waitSync();
          passed.add();
        }
      } catch (error) {
        if ((error as Error).name === 'BrokenBarrierError') broken.add();
      }
      if (second.waitSync() === 2) first.reset();
      second.waitSync();
      first.waitSync();
      later.add();
    };
    await bunch(parties, work, barrier, again, counts).join();
    assert.deepEqual([counts.passed.value, counts.broken.value, counts.later.value], [0, 4, 5]);
    barrier.abort();
    assert.equal(barrier.broken, true);
    await assert.rejects(barrier.wait(), (error) => {
      assert.ok(error instanceof BrokenBarrierError);
      assert.match(error.message, /abort\(\) was called; reset\(\) makes it whole/);
      return true;
    });
  });

  it('frees those who wait by a reset, with an error, and is whole', async () => {
    const barrier = new Barrier(parties);
    const counts = { passed: new SharedCounter(), broken: new SharedCounter(), later: new SharedCounter() };
    const work = (at: Barrier, { passed, broken, later }: typeof counts) => {
      const word = new Int32Array(new SharedArrayBuffer(4));
      if (at.waitSync() === 2) {
        while (at.waiting < at.parties - 1) Atomics.wait(word, 0, 0, 1);
        at.reset();
      } else {
        try {
          at.waitSync();
          passed.add();
        } catch (error) {
          if ((error as Error).name === 'BrokenBarrierError') broken.add();
        }
      }
      at.waitSync();
      later.add();
    };
    await bunch(parties, work, barrier, counts).join();
    assert.deepEqual([counts.passed.value, counts.broken.value, counts.later.value], [0, 4, 5]);
    barrier.reset();
    assert.deepEqual([barrier.broken, barrier.waiting], [false, 0]);
  });

  it('breaks when the patience of one is over, its own or the barrier’s', async () => {
    const barrier = new Barrier(3);
    const other = outcome(barrier.wait());
    assert.equal(await outcome(barrier.wait({ timeout: 5 })), 'TimeoutError');
    assert.equal(await other, 'BrokenBarrierError');
    assert.equal(await outcome(barrier.wait()), 'BrokenBarrierError');
    const left = new Barrier(2);
    const alone = outcome(left.wait());
    assert.equal(await outcome(left.wait({ signal: AbortSignal.abort() })), 'CancelledError');
    assert.equal(await alone, 'BrokenBarrierError');
    const hasty = new Barrier(2, { timeout: 5 });
    const late = new SharedCounter();
    const work = (at: Barrier, count: SharedCounter) => {
      try {
        at.waitSync();
      } catch (error) {
        if ((error as Error).name === 'TimeoutError') count.add();
      }
    };
    await bunch(1, work, hasty, late).join();
    assert.deepEqual([late.value, hasty.broken], [1, true]);
  });

  it('breaks when a wait is cancelled', async () => {
    const barrier = new Barrier(3);
    const controller = new AbortController();
    const others = outcome(barrier.wait());
    const mine = outcome(barrier.wait({ signal: controller.signal }));
    await aWhile();
    controller.abort();
    assert.deepEqual([await mine, await others, barrier.broken], ['CancelledError', 'BrokenBarrierError', true]);
  });

  it('breaks when a party dies: asleep at it, before it, by an error or by process.exit', async () => {
    const ends: ((at: Barrier, here: SharedCounter) => unknown)[] = [
      (at, here) => {
        here.add();
        at.waitSync();
      },
      (_, here) => {
        here.add();
        for (;;);
      },
      (_, here) => {
        here.add();
        throw new Error('no');
      },
      (_, here) => {
        here.add();
        process.exit(0);
      },
    ];
    await stderrOf(async () => {
      for (const end of ends) {
        const barrier = new Barrier(3);
        const here = new SharedCounter();
        const dying = bunch(1, end, barrier, here);
        const waiting = outcome(barrier.wait());
        await until(() => here.value === 1);
        await aWhile();
        dying.threads[0]!.terminate();
        assert.equal(await waiting, 'BrokenBarrierError');
        await dying.threads[0]!.join();
        assert.match(String(await barrier.wait().catch(String)), /a party died; reset/);
      }
    });
  });

  it('stays whole when a party that is done ends', async () => {
    const barrier = new Barrier(2);
    for (let round = 0; round < 3; round += 1) {
      const all = bunch(1, (at: Barrier) => at.waitSync(), barrier);
      await barrier.wait();
      await all.join();
      assert.equal(barrier.broken, false);
    }
  });

  it('tells those in other threads of a death', async () => {
    const barrier = new Barrier(3);
    const broken = new SharedCounter();
    const work = (at: Barrier, count: SharedCounter) => {
      try {
        at.waitSync();
      } catch (error) {
        if ((error as Error).name === 'BrokenBarrierError') count.add();
      }
    };
    const living = bunch(1, work, barrier, broken);
    const dying = bunch(1, (at: Barrier) => at.waitSync(), barrier);
    await until(() => barrier.waiting === 2);
    dying.threads[0]!.terminate();
    await living.join();
    assert.equal(broken.value, 1);
    await dying.threads[0]!.join();
  });

  it('works in a pool and in a class, and breaks when a task fails', async () => {
    class Relay {
      readonly #start = new Barrier(2);
      readonly counter = new SharedCounter();
      run(times: number): number {
        this.#start.waitSync();
        for (let n = 0; n < times; n += 1) this.counter.add();
        return this.#start.waitSync();
      }
    }
    const relay = new Relay();
    const broken = new Barrier(2);
    await withExecutor(new ThreadPoolExecutor(2), async (pool) => {
      const runs = await Promise.all([1, 2].map(() => pool.submit((on: Relay) => on.run(1000), relay)));
      assert.deepEqual(runs.sort(), [0, 1]);
      const task = pool.submit((_: Barrier) => {
        throw new TypeError('no');
      }, broken);
      assert.equal(await outcome(broken.wait()), 'BrokenBarrierError');
      assert.equal(await outcome(task), 'TypeError');
    });
    assert.equal(relay.counter.value, 2000);
  });

  it('never blocks a main thread, is refused to a process, says what it is', async () => {
    const barrier = new Barrier(3, { name: 'start' });
    assert.throws(() => barrier.waitSync(), /block the main thread.*await barrier\.wait/);
    assert.throws(
      () => new Process((_: Barrier) => {}, barrier).start(),
      (error) => error instanceof ShippingError && /Barrier.*Use threads/s.test(error.message),
    );
    const waiting = [outcome(barrier.wait()), outcome(barrier.wait())];
    assert.equal(inspect(barrier), "Barrier { name: 'start', parties: 3, waiting: 2 }");
    barrier.abort();
    assert.equal(inspect(barrier), "Barrier { name: 'start', parties: 3, broken }");
    assert.deepEqual(await Promise.all(waiting), ['BrokenBarrierError', 'BrokenBarrierError']);
  });
});
