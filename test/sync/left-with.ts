import assert from 'node:assert/strict';
import type { AsyncCondition } from '../../src/sync/async-condition.ts';
import type { Condition } from '../../src/sync/condition.ts';

/** Tests of conditions of any kind, whose `with` is left while a wait that it began goes on. */
export function aWithThatWaits(make: () => Condition | AsyncCondition): void {
  for (const how of ['ends', 'fails'] as const) {
    it(`keeps nobody out when a with that waits ${how} before its wait`, async () => {
      const condition = make();
      let wait: Promise<unknown> = Promise.resolve();
      const left = condition.with(() => {
        wait = condition.wait();
        if (how === 'fails') throw new TypeError('what went wrong');
      });
      await assert.rejects(left, how === 'fails' ? /what went wrong/ : /released before/);
      await condition.with(() => condition.notify());
      await wait;
      assert.equal(await condition.with(() => 'had', { timeout: 5000 }), 'had');
      assert.equal(condition.lock.locked, false);
    });
  }
}
