import assert from 'node:assert/strict';
import { Condition } from '../../src/sync/condition.ts';
import { SharedCounter } from '../../src/sync/counter.ts';
import { Lock } from '../../src/sync/lock.ts';
import { RLock } from '../../src/sync/rlock.ts';
import { watchSymbol } from '../../src/sync/waiters.ts';
import { until } from '../channels/makers.ts';
import { aWhile, bunch, outcome } from './bunch.ts';
import { aWithThatWaits } from './left-with.ts';

const waitersOf = (condition: Condition): number => condition[watchSymbol]().waiters.length;

/** The cases of CPython 3.13's ConditionTests that can hold. */
for (const LockKind of [Lock, RLock]) {
  describe(`Condition over ${LockKind.name}`, () => {
    it('has a lock, its own RLock by default, or shares one', async () => {
      const own = new Condition();
      await own.with(() => own.with(() => assert.equal(own.lock.locked, true)));
      assert.ok(own.lock instanceof RLock);
      const lock = new LockKind();
      const condition = new Condition(lock);
      assert.equal(condition.lock, lock);
      await condition.with(() => assert.equal(lock.locked, true));
      assert.equal(lock.locked, false);
    });

    it('refuses one who does not hold the lock to wait or to notify', async () => {
      const condition = new Condition(new LockKind({ name: 'till' }));
      await assert.rejects(condition.wait(), /wait of condition \d+ needs its lock.*till.*not held by anybody/);
      assert.throws(() => condition.notify(), /notify of condition \d+ needs its lock.*inside of with.*till/);
      assert.throws(() => condition.notifyAll(), /till/);
      const holding = condition.with(aWhile);
      assert.throws(() => condition.notify(), /till.*held by another task/);
      await holding;
      await assert.rejects(
        condition.with(() => condition.waitSync()),
        /block the main thread.*await condition\.wait/,
      );
    });

    for (const way of ['wait', 'waitSync'] as const) {
      it(`wakes exactly as many as were notified: ${way}`, async () => {
        const condition = new Condition(new LockKind());
        const at = { first: new SharedCounter(), second: new SharedCounter() };
        const work = async (on: Condition, { first, second }: typeof at, how: 'wait' | 'waitSync') => {
          if (how === 'wait') {
            await on.with(() => on.wait());
            first.add();
            await on.with(() => on.wait());
          } else {
            on.withSync(() => on.waitSync());
            first.add();
            on.withSync(() => on.waitSync());
          }
          second.add();
        };
        const all = bunch(4, work, condition, at, way);
        await until(() => waitersOf(condition) === 4);
        await condition.with(async () => {
          condition.notify(3);
          await aWhile();
          assert.equal(at.first.value, 0);
        });
        await until(() => at.first.value === 3 && waitersOf(condition) === 4);
        await aWhile();
        assert.deepEqual([at.first.value, at.second.value], [3, 0]);
        // The one that has waited longest is in its first wait.
        await condition.with(() => condition.notify(1));
        await until(() => at.first.value === 4 && waitersOf(condition) === 4);
        assert.equal(at.second.value, 0);
        await condition.with(() => condition.notifyAll());
        await all.join();
        assert.deepEqual([at.first.value, at.second.value], [4, 4]);
        await condition.with(() => condition.notify());
        assert.equal(waitersOf(condition), 0);
      });
    }

    it('waits no longer than asked, and has the lock then', async () => {
      const lock = new LockKind();
      const condition = new Condition(lock);
      const late = new SharedCounter();
      const work = (on: Condition, count: SharedCounter) => {
        on.withSync(() => {
          try {
            on.waitSync({ timeout: 10 });
          } catch (error) {
            if ((error as Error).name === 'TimeoutError') count.value += 1;
          }
        });
      };
      const all = bunch(4, work, condition, late);
      await condition.with(async () => {
        assert.equal(await outcome(condition.wait({ timeout: 10 })), 'TimeoutError');
        assert.equal(lock.holder, 'main');
      });
      await all.join();
      assert.deepEqual([late.value, lock.locked, waitersOf(condition)], [4, false, 0]);
    });

    it('waits for what must hold, in all no longer than asked', async () => {
      const condition = new Condition(new LockKind());
      const state = new SharedCounter();
      const seen = new SharedCounter();
      const work = (on: Condition, value: SharedCounter, to: SharedCounter) => {
        on.withSync(() => {
          if (on.waitForSync(() => value.value === 4)) to.value = value.value;
        });
      };
      const all = bunch(1, work, condition, state, seen);
      for (let n = 0; n < 4; n += 1) {
        await condition.with(() => {
          state.value += 1;
          condition.notify();
        });
      }
      await all.join();
      assert.equal(seen.value, 4);
      assert.equal(await condition.with(() => condition.waitFor(() => 'at once')), 'at once');
      const waiting = outcome(condition.with(() => condition.waitFor(() => state.value === 9, { timeout: 30 })));
      for (let n = 0; n < 3; n += 1) await condition.with(() => condition.notify());
      assert.equal(await waiting, 'TimeoutError');
      await assert.rejects(
        condition.with(() => condition.waitFor(() => false, { timeout: 30 })),
        /condition \d+: what is waited for did not come to hold within 30 ms/,
      );
    });

    aWithThatWaits(() => new Condition(new LockKind()));

    it('lets nobody take a notify along who gives up', async () => {
      const condition = new Condition(new LockKind());
      const controller = new AbortController();
      const woken: string[] = [];
      const one = outcome(condition.with(() => condition.wait({ signal: controller.signal })));
      const two = outcome(condition.with(() => condition.wait({ timeout: 20 })));
      const three = condition.with(() => condition.wait()).then(() => woken.push('three'));
      await until(() => waitersOf(condition) === 3);
      controller.abort();
      assert.deepEqual([await one, await two], ['CancelledError', 'TimeoutError']);
      await condition.with(() => condition.notify());
      await three;
      assert.deepEqual([woken, waitersOf(condition)], [['three'], 0]);
      // Notified and cancelled at the same time: one of both, and the notify is not lost.
      for (let n = 0; n < 20; n += 1) {
        const both = new AbortController();
        const first = outcome(condition.with(() => condition.wait({ signal: both.signal })));
        const second = condition.with(() => condition.wait());
        await until(() => waitersOf(condition) === 2);
        await condition.with(() => {
          if (n % 2 === 0) both.abort();
          condition.notify();
          both.abort();
        });
        if ((await first) === undefined) await condition.with(() => condition.notify());
        await second;
      }
    });

    it('gives the notify of one that died to another', async () => {
      const condition = new Condition(new LockKind());
      const woken = new SharedCounter();
      const work = (on: Condition, count: SharedCounter) => {
        on.withSync(() => {
          on.waitSync();
          count.add();
        });
      };
      const dying = bunch(1, work, condition, woken);
      await until(() => waitersOf(condition) === 1);
      const living = bunch(1, work, condition, woken);
      await until(() => waitersOf(condition) === 2);
      await condition.with(async () => {
        condition.notify();
        // It is called, but cannot have the lock.
        dying.threads[0]!.terminate();
        await dying.threads[0]!.join();
      });
      await living.join();
      assert.deepEqual([woken.value, waitersOf(condition)], [1, 0]);
    });

    it('tells one that waits when an owner of the lock dies', async () => {
      const condition = new Condition(new LockKind());
      const here = new SharedCounter();
      const waiting = outcome(condition.with(() => condition.wait()));
      await until(() => waitersOf(condition) === 1);
      const dying = bunch(
        1,
        (on: Condition, count: SharedCounter) => {
          on.withSync(() => {
            on.notifyAll();
            count.add();
            for (;;);
          });
        },
        condition,
        here,
      );
      await until(() => here.value === 1);
      dying.threads[0]!.terminate();
      assert.equal(await waiting, 'LockOwnerDied');
      await dying.threads[0]!.join();
      assert.equal(await outcome(condition.with(() => {})), 'LockOwnerDied');
      assert.equal(condition.lock.recover(), true);
      assert.equal(await outcome(condition.with(() => 'well')), 'well');
    });
  });
}
