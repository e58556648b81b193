import assert from 'node:assert/strict';
import { roundRobin } from '../../src/coroutines/scheduler.ts';
import { TimeoutError } from '../../src/executors/errors.ts';

/** Notes each of its steps, and its end in whatever way. */
function* steps(name: string, count: number, log: string[]): Generator<string, string> {
  try {
    for (let n = 1; n <= count; n += 1) {
      log.push(`${name}${n}`);
      yield `${name} at ${n}`;
    }
    return `${name} done`;
  } finally {
    log.push(`${name} end`);
  }
}

describe('roundRobin', () => {
  it('gives each its turn, and the results in order', () => {
    const log: string[] = [];
    const results: [string, string, string] = roundRobin([steps('a', 1, log), steps('b', 3, log), steps('c', 2, log)]);
    assert.deepEqual(results, ['a done', 'b done', 'c done']);
    assert.deepEqual(log, ['a1', 'b1', 'c1', 'a end', 'b2', 'c2', 'b3', 'c end', 'b end']);
  });

  it('runs functions under their names, and tells of each yield', () => {
    const told: string[] = [];
    const results = roundRobin(
      [
        function* tea() {
          yield 'water';
          yield 'leaves';
          return 1;
        },
        steps('b', 1, []),
      ],
      { onYield: (task, yielded) => told.push(`${task}: ${yielded}`) },
    );
    const [one, two]: [number, string] = results;
    assert.deepEqual([one, two], [1, 'b done']);
    assert.deepEqual(told, ['task tea: water', 'task 2: b at 1', 'task tea: leaves']);
    assert.deepEqual(roundRobin([]), []);
  });

  it('a failure names its task, keeps its class, and ends the others', () => {
    const log: string[] = [];
    function* toast() {
      yield;
      throw new SyntaxError('no bread');
    }
    assert.throws(
      () => roundRobin([steps('a', 9, log), toast, steps('c', 9, log)]),
      (error) =>
        error instanceof SyntaxError &&
        error.message === 'no bread (in task toast)' &&
        error.stack!.startsWith('SyntaxError: no bread (in task toast)\n    at toast'),
    );
    assert.deepEqual(log, ['a1', 'c1', 'a2', 'a end', 'c end']);
  });

  it('ends the others even when one fails while it is ended, or yields then', () => {
    const log: string[] = [];
    function* bad() {
      try {
        for (;;) yield;
      } finally {
        yield;
        log.push('bad end');
        // biome-ignore lint/correctness/noUnsafeFinally: that it throws there is the case
        throw new Error('second');
      }
    }
    const fails = function* (): Generator<void, void> {
      yield;
      throw new Error('first');
    };
    assert.throws(() => roundRobin([bad(), fails(), steps('c', 9, log)]), /^Error: first \(in task 2\)$/);
    assert.deepEqual(log, ['c1', 'bad end', 'c end']);
  });

  it('stops endless tasks when time is up', () => {
    const log: string[] = [];
    function* endless() {
      try {
        for (;;) yield;
      } finally {
        log.push('end');
      }
    }
    assert.throws(() => roundRobin([endless, endless, steps('c', 1, [])], { timeout: 5 }), TimeoutError);
    assert.deepEqual(log, ['end', 'end']);
    assert.throws(() => roundRobin([], { timeout: Number.NaN }), /timeout is a number of ms/);
  });

  it('refuses what is no generator before any task begins', () => {
    const log: string[] = [];
    assert.throws(() => roundRobin([steps('a', 1, log), 5 as never]), /task 2 is no generator but 5/);
    const promises = async function fetches() {};
    assert.throws(() => roundRobin([promises as never]), /task fetches is no generator but Promise/);
    assert.deepEqual(log, []);
  });

  it('has 100,000 tasks alive at once', () => {
    let alive = 0;
    let most = 0;
    function* task(n: number) {
      alive += 1;
      try {
        most = Math.max(most, alive);
        yield;
        yield;
        return n;
      } finally {
        alive -= 1;
      }
    }
    const results: number[] = roundRobin(Array.from({ length: 100_000 }, (_, n) => task(n)));
    assert.equal(most, 100_000);
    assert.equal(alive, 0);
    assert.ok(results.every((result, n) => result === n));
  });
});
