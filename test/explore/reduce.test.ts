import assert from 'node:assert/strict';
import fc from 'fast-check';
import { explore, model, type Program, until } from '../../src/index.ts';

interface State {
  readonly x: number[];
  readonly list: number[];
  readonly locks: readonly ReturnType<typeof model.lock>[];
  readonly word: ReturnType<typeof model.word>;
}

/** One step of a random thread: an opcode, a place and a number. */
type Code = readonly [op: number, place: number, value: number];

function* run(codes: readonly Code[], s: State): Generator<unknown, void, unknown> {
  let seen = 0;
  for (const [op, place, value] of codes) {
    switch (op) {
      case 0:
        seen = s.x[place]!;
        yield 'read';
        break;
      case 1:
        s.x[place] = seen + value;
        yield 'write';
        break;
      case 2:
        s.x[place]! += value;
        yield 'add';
        break;
      case 3:
        yield until(() => s.x[place]! >= value);
        break;
      case 4:
        yield* s.locks[place]!.acquire();
        break;
      case 5:
        if (s.locks[place]!.locked) yield* s.locks[place]!.release();
        break;
      case 6:
        seen = yield* s.word.add(value);
        break;
      case 7:
        yield* s.word.wait(value);
        break;
      case 8:
        yield* s.word.notify(1);
        break;
      case 9:
        s.list.push(value);
        yield 'push';
        break;
      case 10:
        seen += s.list.length > 1 ? s.list.pop()! : 0;
        yield 'pop';
        break;
      default:
        while (s.x[place]! < value) yield 'spin';
    }
  }
}

const code = fc.tuple(fc.nat(11), fc.nat(1), fc.nat(2));
const threads = fc.array(fc.array(code, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 3 });

function program(codes: readonly (readonly Code[])[], limit: number, end: number): Program<State> {
  return {
    state: () => ({
      x: [0, 0],
      list: [],
      locks: [model.lock(), model.lock()],
      word: model.word(),
    }),
    threads: codes.map(
      (one) =>
        function* (s: State) {
          yield* run(one, s);
        },
    ),
    always: (s) => s.x[0]! - s.x[1]! < limit || 'go over the limit',
    atEnd: (s) => s.x[0]! + s.word.value + s.list.length !== end || 'come to the number',
  };
}

describe('reduction', () => {
  it('finds the same faults and deadlocks as all interleavings do', function () {
    this.timeout(60_000);
    const seen = { right: 0, losing: 0, deadlocks: 0, fewer: 0 };
    fc.assert(
      fc.property(threads, fc.integer({ min: 1, max: 3 }), fc.nat(6), (codes, limit, end) => {
        const made = program(codes, limit, end);
        const all = explore(made, { most: 40_000 });
        if (!all.complete) return;
        const reduced = explore(made, { reduce: true });
        assert.ok(reduced.complete);
        assert.deepEqual([...reduced.reasons.keys()].sort(), [...all.reasons.keys()].sort());
        assert.equal(reduced.right, all.losing + all.deadlocks === 0);
        assert.ok(reduced.interleavings <= all.interleavings);
        seen.right += Number(reduced.right);
        seen.losing += Number(all.losing > 0);
        seen.deadlocks += Number(all.deadlocks > 0);
        seen.fewer += Number(reduced.interleavings < all.interleavings);
      }),
      { numRuns: 100, seed: 6 },
    );
    for (const [kind, times] of Object.entries(seen)) assert.ok(times > 10, `${kind}: ${times} of the random programs`);
  });

  it('leaves one interleaving of threads that have nothing in common', () => {
    const own = (place: number) =>
      function* (s: { x: number[] }) {
        s.x[place] = 1;
        yield 'one';
        s.x[place] = 2;
      };
    const apart = { state: () => ({ x: [0, 0, 0] }), threads: [own(0), own(1), own(2)] };
    assert.equal(explore(apart).interleavings, 90);
    assert.equal(explore(apart, { reduce: true }).interleavings, 1);
  });

  it('sees what is broken only between two independent steps', () => {
    const found = explore(
      {
        state: () => ({ x: 0, y: 0 }),
        threads: [
          function* (s) {
            s.x = 1;
            yield 'x';
          },
          function* (s) {
            s.y = 1;
            yield 'y';
          },
        ],
        always: (s) => s.x >= s.y || 'put y first',
      },
      { reduce: true },
    );
    assert.ok(found.losing > 0);
  });

  it('takes two views of one buffer for one place', () => {
    const state = () => {
      const bytes = new ArrayBuffer(8);
      return { one: new Int32Array(bytes), other: new Int32Array(bytes) };
    };
    const add = (view: 'one' | 'other') =>
      function* (s: ReturnType<typeof state>) {
        const read = s[view][0]!;
        yield 'read';
        s[view][0] = read + 1;
      };
    const program = {
      state,
      threads: [add('one'), add('other')],
      atEnd: (s: ReturnType<typeof state>) => s.one[0] === 2,
    };
    assert.equal(explore(program).losing, 4);
    assert.ok(explore(program, { reduce: true }).losing > 0);
  });

  it('runs all where the state holds a function, which may hide what threads share', () => {
    const state = () => {
      let count = 0;
      return { read: () => count, write: (to: number) => (count = to) };
    };
    const add = function* (s: ReturnType<typeof state>) {
      const read = s.read();
      yield 'read';
      s.write(read + 1);
    };
    const found = explore({ state, threads: [add, add], atEnd: (s) => s.read() === 2 }, { reduce: true });
    assert.deepEqual([found.interleavings, found.losing], [6, 4]);
    assert.match(String(found), /no reduction: the state holds a function, read/);
  });

  it('runs all where a frozen object holds another', () => {
    const state = () => Object.freeze({ inner: { count: 0 } });
    const add = function* (s: ReturnType<typeof state>) {
      const read = s.inner.count;
      yield 'read';
      s.inner.count = read + 1;
    };
    const found = explore({ state, threads: [add, add], atEnd: (s) => s.inner.count === 2 }, { reduce: true });
    assert.deepEqual([found.interleavings, found.losing], [6, 4]);
    assert.match(String(found), /no reduction: the state holds a frozen object with another in it, inner, whose/);
  });

  it('says that starvation was not judged', () => {
    const one = { state: () => ({ x: 0 }), threads: [function* () {}] };
    assert.match(String(explore(one, { reduce: true })), /whether one starves was not judged/);
    assert.doesNotMatch(String(explore(one)), /starves/);
  });

  it('says so where it cannot watch the state, and then runs all', () => {
    const write = function* (s: { seen: Map<string, number> }) {
      s.seen.set('a', 1);
      yield 'set';
      s.seen.delete('a');
    };
    const found = explore({ state: () => ({ seen: new Map() }), threads: [write, write] }, { reduce: true });
    assert.deepEqual([found.interleavings, found.complete], [6, true]);
    assert.match(String(found), /no reduction: the state.seen is a Map, whose accesses cannot be watched/);
  });
});
