import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { CancelledError, TimeoutError } from '../../src/executors/errors.ts';
import { withExecutor } from '../../src/executors/executor.ts';
import { ThreadPoolExecutor } from '../../src/executors/executors.ts';
import { ShippingError } from '../../src/shipping/index.ts';
import { SharedCounter } from '../../src/sync/counter.ts';
import { Event } from '../../src/sync/event.ts';
import { watchSymbol } from '../../src/sync/waiters.ts';
import { Process } from '../../src/workers/process.ts';
import { until } from '../channels/makers.ts';
import { aWhile, bunch, outcome } from './bunch.ts';

/** The cases of CPython 3.13's EventTests that can hold. */
describe('Event', () => {
  it('is set, and is so until it is cleared', () => {
    const event = new Event();
    assert.equal(event.isSet, false);
    for (const set of [true, true]) {
      event.set();
      assert.equal(event.isSet, set);
    }
    event.clear();
    event.clear();
    assert.equal(event.isSet, false);
  });

  for (const how of ['wait', 'waitSync'] as const) {
    it(`wakes all who wait, and holds nobody while it is set: ${how} on threads`, async () => {
      const event = new Event();
      const here = new SharedCounter();
      const passed = new SharedCounter();
      const work = async (at: Event, arrived: SharedCounter, through: SharedCounter, way: 'wait' | 'waitSync') => {
        arrived.add();
        await at[way]();
        await at[way]();
        through.add();
      };
      for (const round of [1, 2]) {
        const all = bunch(3, work, event, here, passed, how);
        const mine = event.wait();
        await until(() => here.value === 3 * round && event[watchSymbol]().waiters.length === 4);
        assert.equal(passed.value, 3 * (round - 1));
        event.set();
        await all.join();
        await mine;
        assert.equal(passed.value, 3 * round);
        event.clear();
      }
      assert.deepEqual(event[watchSymbol]().waiters, []);
    });
  }

  it('lets those go on for whom it was set, also when it is cleared before they wake', async () => {
    const event = new Event();
    const passed = new SharedCounter();
    const all = bunch(
      4,
      (at: Event, through: SharedCounter) => {
        at.waitSync();
        through.add();
      },
      event,
      passed,
    );
    const mine = [event.wait(), event.wait()];
    await until(() => event[watchSymbol]().waiters.length === 6);
    event.set();
    event.clear();
    await all.join();
    await Promise.all(mine);
    assert.deepEqual([passed.value, event.isSet], [4, false]);
  });

  it('is waited for no longer than asked, and not at all when it is set', async () => {
    const event = new Event({ name: 'go' });
    await assert.rejects(event.wait({ timeout: 0 }), (error) => {
      assert.ok(error instanceof TimeoutError);
      assert.match(error.message, /go/);
      return true;
    });
    await assert.rejects(event.wait({ timeout: 5 }), TimeoutError);
    const late = new SharedCounter();
    const work = (at: Event, count: SharedCounter) => {
      for (const timeout of [0, 5]) {
        try {
          at.waitSync({ timeout });
        } catch (error) {
          if ((error as Error).name === 'TimeoutError') count.add();
        }
      }
    };
    await bunch(3, work, event, late).join();
    assert.equal(late.value, 6);
    event.set();
    await bunch(3, work, event, late).join();
    await event.wait({ timeout: 0 });
    assert.equal(late.value, 6);
    assert.deepEqual(event[watchSymbol]().waiters, []);
    await assert.rejects(event.wait({ timeout: -1 }), RangeError);
  });

  it('ends a wait by a signal', async () => {
    const event = new Event();
    const controller = new AbortController();
    const waiting = event.wait({ signal: controller.signal });
    await aWhile();
    controller.abort('enough');
    await assert.rejects(waiting, (error) => error instanceof CancelledError && error.cause === 'enough');
    await assert.rejects(event.wait({ signal: controller.signal }), CancelledError);
  });

  it('never blocks a main thread', () => {
    assert.throws(() => new Event().waitSync(), /block the main thread.*await event\.wait/);
  });

  it('keeps a thread alive that awaits it', async () => {
    const event = new Event();
    const passed = new SharedCounter();
    const all = bunch(
      1,
      (at: Event, through: SharedCounter) => {
        at.wait().then(() => through.add());
      },
      event,
      passed,
    );
    await aWhile();
    event.set();
    await all.join();
    assert.equal(passed.value, 1);
  });

  it('forgets a thread that was terminated while it waited', async () => {
    const event = new Event();
    const all = bunch(1, (at: Event) => at.waitSync(), event);
    await until(() => event[watchSymbol]().waiters.length === 1);
    all.threads[0]!.terminate();
    await all.threads[0]!.join();
    assert.deepEqual(event[watchSymbol]().waiters, []);
  });

  it('works in a pool, in fields of a class, and is refused to a process', async () => {
    class Gate {
      #open = new Event();
      readonly passed = new SharedCounter();
      pass(): void {
        this.#open.waitSync();
        this.passed.add();
      }
      open(): void {
        this.#open.set();
      }
    }
    const gate = new Gate();
    await withExecutor(new ThreadPoolExecutor(2), async (pool) => {
      const tasks = [1, 2].map(() => pool.submit((at: Gate) => at.pass(), gate));
      await aWhile();
      assert.equal(gate.passed.value, 0);
      gate.open();
      await Promise.all(tasks);
    });
    assert.equal(gate.passed.value, 2);
    assert.throws(
      () => new Process((_: Event) => {}, new Event()).start(),
      (error) => error instanceof ShippingError && /Event.*Use threads/s.test(error.message),
    );
  });

  it('says what it is', async () => {
    const event = new Event({ name: 'go' });
    assert.equal(inspect(event), "Event { name: 'go', isSet: false }");
    event.set();
    assert.equal(inspect(event), "Event { name: 'go', isSet: true }");
    assert.match(new Event().name, /^event \d+$/);
    assert.equal(await outcome(event.wait()), undefined);
  });
});
