import assert from 'node:assert/strict';
import { Backoff } from '../../src/sync/backoff.ts';
import { Sleep } from '../../src/sync/sleep.ts';

/** A lock that is seen as `states` says, one sign for each look (`#` is locked), and as the last from then on. */
function seen(states: string): { isLocked: () => boolean; looks: () => number } {
  let looks = 0;
  return {
    isLocked: () => {
      looks += 1;
      return (states[looks - 1] ?? states.at(-1)) === '#';
    },
    looks: () => looks,
  };
}

describe('Backoff: who was woken stays away from a lock that goes from hand to hand', () => {
  it('not from one that is held, nor from one that is free', () => {
    for (const states of ['#', '.']) {
      const lock = seen(states);
      assert.equal(new Backoff().look(lock.isLocked), false, states);
      assert.ok(lock.looks() <= 20, `${lock.looks()} looks`);
    }
  });

  it('not from one that is freed and taken once: the next may hold it for long', () => {
    for (const states of ['##.##', '#.#', '..#.', '#.#.']) {
      assert.equal(new Backoff().look(seen(states).isLocked), false, states);
    }
  });

  it('from one that is taken again and again, without a look too many', () => {
    for (const [states, looks] of [
      ['#.#.#', 5],
      ['.#.#.', 5],
      ['##..##...#', 10],
    ] as const) {
      const lock = seen(states);
      assert.equal(new Backoff().look(lock.isLocked), true, states);
      assert.equal(lock.looks(), looks, states);
    }
  });

  it('until the next look shows that it does not any more', () => {
    const backoff = new Backoff();
    assert.equal(backoff.isDue, false);
    backoff.look(seen('#.#.#').isLocked);
    assert.equal(backoff.isDue, true);
    backoff.look(seen('#').isLocked);
    assert.equal(backoff.isDue, false);
  });

  it('no longer than its patience lasts', () => {
    const sleep = new Sleep('the lock was not had', { timeout: 5 });
    sleep.stayAway(600_000);
    assert.throws(() => sleep.block(new Int32Array(new SharedArrayBuffer(4)), 0, 0), /was not had within 5 ms/);
  });
});
