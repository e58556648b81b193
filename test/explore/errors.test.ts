import assert from 'node:assert/strict';
import { explore, model, type Program } from '../../src/index.ts';

const state = () => ({ count: 0 });
type Count = ReturnType<typeof state>;

/** A program with one thread that is wrong in some way, which its type would not let through. */
const wrong = (thread: unknown, rest: object = {}) =>
  explore({ state, threads: { A: thread }, ...rest } as Program<Count>);

describe('a program that cannot be explored', () => {
  it('has threads that are no generator functions', () => {
    assert.throws(
      () => wrong(() => {}),
      /Thread A must be a generator function, not a plain function.*write function\*/,
    );
    assert.throws(
      () => wrong(async () => {}),
      /Thread A must be .* not an async function: exploreAsync explores those/,
    );
    assert.throws(() => wrong(undefined), /Thread A must be a generator function, not undefined/);
    assert.throws(() => explore({ state, threads: [] }), /A program needs a thread/);
  });

  it('yields what is no point', () => {
    const lock = model.lock();
    const yielding = (value: unknown) => () =>
      wrong(function* () {
        yield value;
      });
    assert.throws(yielding(Promise.resolve()), /Thread A yields .* not a promise: exploreAsync/);
    assert.throws(
      yielding(() => true),
      /not a function: to wait for a condition, yield until/,
    );
    assert.throws(
      yielding(lock.acquire()),
      /not a generator: an operation of a model is written yield\*, with the star/,
    );
    assert.throws(yielding(3), /not 3/);
  });

  it('has a state that is not made anew, or not the same', () => {
    const shared = { count: 0 };
    const thread = function* (s: Count) {
      s.count += 1;
      yield 'add';
    };
    assert.throws(() => explore({ state: () => shared, threads: [thread] }), /state\(\) gave the same object twice/);
    assert.throws(
      () => explore({ state: () => ({ count: Math.random() }), threads: [thread] }),
      /state\(\) made two different states/,
    );
  });

  it('does not do the same twice', () => {
    let runs = 0;
    const thread = function* () {
      runs += 1;
      for (let step = 0; step < 1 + (runs % 3); step++) yield `step ${step} of run ${runs % 3}`;
    };
    assert.throws(
      () => explore({ state, threads: [thread, thread] }),
      /The program does not do the same twice.*Math\.random, a clock, or a variable that state\(\) does not make anew/,
    );
    const dice = function* (s: Count) {
      s.count += Math.random();
      yield 'roll';
    };
    assert.throws(
      () => explore({ state, threads: [dice, dice], atEnd: (s) => s.count < 0.5 || 'roll too much' }),
      /The program does not do the same twice/,
    );
  });

  it('has a check that gives no verdict, or bounds that are none', () => {
    const thread = function* () {
      yield 'step';
    };
    assert.throws(
      () => wrong(thread, { atEnd: () => undefined }),
      /atEnd must return true, false or what went wrong, not/,
    );
    assert.throws(() => explore({ state, threads: [thread] }, { most: 0 }), /most must be 1 or more, not 0/);
    assert.throws(() => explore({ state, threads: [thread] }, { reduce: true, switches: 2 }), /exclude each other/);
  });
});

describe('the bounds of an exploration', () => {
  const thread = (steps: number) =>
    function* (s: Count) {
      for (let step = 0; step < steps; step++) {
        s.count += 1;
        yield 'add';
      }
    };

  it('are told when they are met', () => {
    const stopped = explore({ state, threads: [thread(5), thread(5)] }, { most: 100 });
    assert.deepEqual([stopped.interleavings, stopped.complete], [100, false]);
    assert.match(String(stopped), /none of these goes wrong; not all: stopped after 100 interleavings/);
    const cut = explore({ state, threads: [thread(1000)] });
    assert.deepEqual([cut.interleavings, cut.complete], [1, false]);
    assert.match(String(cut), /interleavings were cut after 200 steps/);
  });

  it('may be a number of switches', () => {
    const add = function* (s: Count) {
      const read = s.count;
      yield 'read';
      s.count = read + 1;
    };
    const program = { state, threads: [add, add, add], atEnd: (s: Count) => s.count === 3 || 'lose an update' };
    const none = explore(program, { switches: 0 });
    assert.deepEqual([none.interleavings, none.losing, none.complete], [6, 0, false]);
    const one = explore(program, { switches: 1 });
    assert.ok(one.losing > 0 && one.interleavings < explore(program).interleavings);
    assert.match(String(one), /at most 1 switches?/);
  });

  it('tells a thread that throws as a finding, with who and what', () => {
    const found = wrong(function* (s: Count) {
      yield 'look';
      (s as unknown as { list: number[] }).list.push(1);
    });
    assert.equal(found.losing, 1);
    assert.match(String(found), /1 can end in A throwing TypeError: .*undefined/);
    assert.equal(found.shortest?.steps.at(-1)?.what, 'throws');
  });

  it('tells a lock that is released by a thread that does not hold it', () => {
    const found = explore({
      state: () => ({ lock: model.lock() }),
      threads: {
        *A(s) {
          yield* s.lock.acquire();
          yield* s.lock.release();
        },
        *B(s) {
          yield* s.lock.release();
        },
      },
    });
    assert.match(found.shortest!.why, /B throwing Error: lock was released by a thread that does not hold it/);
  });
});
