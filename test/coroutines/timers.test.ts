import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Timers } from '../../src/coroutines/timers.ts';

describe('Timers', () => {
  it('ring in the order of their times, and of two for the same time the first added', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: -20, max: -1 }), fc.boolean())), (wanted) => {
        const timers = new Timers();
        const rung: number[] = [];
        const all = wanted.map(([at], index) => timers.add(at, () => rung.push(index)));
        for (const [index, [, removed]] of wanted.entries()) if (removed) timers.remove(all[index]!);
        for (const [index, [, removed]] of wanted.entries()) if (removed) timers.remove(all[index]!);
        const expected = wanted
          .map(([at, removed], index) => ({ at, removed, index }))
          .filter(({ removed }) => !removed)
          .sort((one, other) => one.at - other.at)
          .map(({ index }) => index);
        timers.ringDue();
        assert.deepEqual(rung, expected);
        assert.equal(timers.untilNext(), undefined);
      }),
    );
  });

  it('leave those that are not due, and tell how long they take', () => {
    const timers = new Timers();
    timers.add(performance.now() + 60_000, () => assert.fail('not due'));
    timers.ringDue();
    const ms = timers.untilNext()!;
    assert.ok(ms > 0 && ms <= 60_000);
    const forever = new Timers();
    forever.add(Number.POSITIVE_INFINITY, () => assert.fail('never'));
    assert.equal(forever.untilNext(), 2 ** 31 - 1);
    assert.throws(() => timers.after(Number.NaN), RangeError);
  });
});
