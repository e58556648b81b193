import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { coroutine, prime, StopIteration } from '../../src/coroutines/coroutine.ts';

const minimum = coroutine(function* minimum() {
  let low = Number.POSITIVE_INFINITY;
  for (;;) {
    const sent: number = yield low;
    low = Math.min(low, sent);
  }
});

/** Adds until it is sent 'stop'; writes down its end. */
const adder = coroutine(function* adder(start: number, log: string[] = []) {
  let sum = start;
  try {
    for (;;) {
      try {
        const sent: number | 'stop' = yield sum;
        if (sent === 'stop') return `sum ${sum}`;
        sum += sent;
      } catch (error) {
        if (error instanceof RangeError) sum = 0;
        else throw error;
      }
    }
  } finally {
    log.push('cleaned up');
  }
});

describe('coroutine', () => {
  it('is primed, and what is sent is what the yield gives', () => {
    const least = minimum();
    assert.equal(least.value, Number.POSITIVE_INFINITY);
    const seen: number[] = [10, 4, 22, -1].map((value) => least.send(value));
    assert.deepEqual(seen, [10, 4, 4, -1]);
    assert.equal(least.value, -1);
    assert.equal(least.done, false);
    least.close();
  });

  it('knows what may be sent', () => {
    const least = minimum();
    // @ts-expect-error: it takes numbers
    least.send('ten');
    const sums = adder(0);
    // @ts-expect-error: it may end, so that there may be no next value
    const next: number = sums.send(1);
    assert.equal(next, 1);
    sums.close();
  });

  it('returns: done, its result, and nothing more is taken', () => {
    const sums = adder(1);
    assert.throws(() => sums.result, /adder has not returned yet/);
    assert.equal(sums.send(2), 3);
    assert.equal(sums.send('stop'), undefined);
    assert.equal(sums.done, true);
    assert.equal(sums.value, undefined);
    const text: string = sums.result;
    assert.equal(text, 'sum 3');
    assert.throws(
      () => sums.send(1),
      (error) => error instanceof StopIteration && error.value === 'sum 3' && /adder has returned/.test(error.message),
    );
    assert.throws(() => sums.throw(new Error('x')), StopIteration);
  });

  it('throws an error at the yield, where it can be caught', () => {
    const log: string[] = [];
    const sums = adder(5, log);
    assert.equal(sums.throw(new RangeError('too much')), 0);
    assert.equal(sums.send(2), 2);
    const bad = new Error('bad');
    assert.throws(
      () => sums.throw(bad),
      (error) => error === bad,
    );
    assert.deepEqual(log, ['cleaned up']);
    assert.equal(sums.done, true);
    assert.throws(() => sums.send(1), /adder failed: it takes nothing more/);
    assert.throws(() => sums.result, /adder failed: it has no result/);
  });

  it('runs its finally blocks when closed, once', () => {
    const log: string[] = [];
    const sums = adder(5, log);
    sums.close();
    sums.close();
    assert.deepEqual(log, ['cleaned up']);
    assert.equal(sums.done, true);
    assert.throws(() => sums.send(1), /adder was closed/);
    assert.throws(() => sums.result, /adder was closed: it has no result/);
  });

  it('refuses to be closed by one that yields in its finally block', () => {
    const stubborn = coroutine(function* stubborn() {
      try {
        yield 1;
      } finally {
        yield 2;
      }
    })();
    assert.throws(() => stubborn.close(), /stubborn yielded in a finally block/);
    stubborn.close();
    assert.equal(stubborn.done, true);
  });

  it('sends through yield*, whose value is what the inner one returned', () => {
    function* pair(): Generator<string, number, number> {
      const first = yield 'first';
      return first + (yield 'second');
    }
    const outer = coroutine(function* () {
      const one: number = yield* pair();
      const two: number = yield* pair();
      return one * two;
    })();
    assert.equal(outer.value, 'first');
    assert.deepEqual(
      [1, 2, 3].map((value) => outer.send(value)),
      ['second', 'first', 'second'],
    );
    outer.send(4);
    assert.equal(outer.result, 21);
  });

  it('primes generators; one that ends at once has ended', () => {
    function* echo(): Generator<string, void, string> {
      let said = 'ready';
      for (;;) said = yield said;
    }
    const primed = prime(echo(), 'echo');
    assert.equal(primed.send('hi'), 'hi');
    assert.equal(inspect(primed), "Coroutine { 'echo', at yield 'hi' }");
    primed.close();
    assert.equal(inspect(primed), "Coroutine { 'echo', closed }");
    // biome-ignore lint/correctness/useYield: that it never yields is the case
    const empty = coroutine(function* empty() {
      return 7;
    })();
    assert.equal(empty.done, true);
    assert.equal(empty.result, 7);
  });

  it('refuses what is no generator', () => {
    assert.throws(() => coroutine(5 as never), /coroutine\(\) needs a generator function, not 5/);
    assert.throws(() => coroutine(() => 5 as never)(), /Only a generator can be primed, not 5/);
    const later = (async function* () {})();
    assert.throws(() => prime(later as never), /Only a generator can be primed, not Object \[AsyncGenerator\]/);
  });

  it('lets 100,000 of them stand at their yields at once', () => {
    const all = Array.from({ length: 100_000 }, () => minimum());
    for (const [index, each] of all.entries()) each.send(index);
    assert.ok(all.every((each, index) => each.value === index && !each.done));
    for (const each of all) each.close();
    assert.ok(all.every((each) => each.done));
  });
});
