import assert from 'node:assert/strict';
import { explore, model } from '../../src/index.ts';

/** Whether a state that satisfies `wish` is reached in some interleaving: the check that denies it is broken. */
const reached = (program: Parameters<typeof explore>[0], wish: (s: never) => boolean) =>
  explore({ ...program, always: (s) => !wish(s as never) }).losing > 0;

describe('models', () => {
  it('a semaphore lets in as many as it has permits, and no more', () => {
    const program = {
      state: () => ({ gate: model.semaphore(2), inside: 0 }),
      threads: [1, 2, 3].map(
        () =>
          function* (s: { gate: ReturnType<typeof model.semaphore>; inside: number }) {
            yield* s.gate.acquire();
            s.inside += 1;
            yield 'inside';
            s.inside -= 1;
            yield* s.gate.release();
          },
      ),
    };
    assert.ok(explore(program).right);
    assert.ok(reached(program as never, (s: { inside: number }) => s.inside === 2));
    assert.ok(!reached(program as never, (s: { inside: number }) => s.inside === 3));
    assert.throws(() => model.semaphore(-1), /0 permits or more, not -1/);
  });

  it('a barrier lets nobody pass before all have come, round after round', () => {
    const program = {
      state: () => ({ barrier: model.barrier(2), rounds: [0, 0] }),
      threads: [0, 1].map(
        (me) =>
          function* (s: { barrier: ReturnType<typeof model.barrier>; rounds: number[] }) {
            for (let round = 0; round < 2; round++) {
              s.rounds[me]! += 1;
              yield* s.barrier.wait();
            }
          },
      ),
    };
    const found = explore({ ...program, always: (s) => Math.abs(s.rounds[0]! - s.rounds[1]!) < 2 });
    assert.ok(found.right && found.complete);
    assert.ok(explore({ ...program, threads: program.threads.slice(0, 1) }).deadlocks > 0);
  });

  it('a read-write lock lets readers in together, and a writer alone', () => {
    type State = { lock: ReturnType<typeof model.readWriteLock>; reading: number; writing: number };
    function* read(s: State) {
      yield* s.lock.read.acquire();
      s.reading += 1;
      yield 'read';
      s.reading -= 1;
      yield* s.lock.read.release();
    }
    function* write(s: State) {
      yield* s.lock.write.acquire();
      s.writing += 1;
      yield 'write';
      s.writing -= 1;
      yield* s.lock.write.release();
    }
    const program = {
      state: () => ({ lock: model.readWriteLock(), reading: 0, writing: 0 }),
      threads: [read, read, write, write],
    };
    const found = explore({ ...program, always: (s) => s.writing === 0 || s.writing + s.reading === 1 });
    assert.ok(found.right && found.complete);
    assert.ok(reached(program as never, (s: State) => s.reading === 2));
  });

  it('a lock that is tried for is taken by one, and the other goes on without', () => {
    const found = explore({
      state: () => ({ lock: model.lock(), got: 0 }),
      threads: [1, 2].map(
        () =>
          function* (s: { lock: ReturnType<typeof model.lock>; got: number }) {
            if (yield* s.lock.tryAcquire()) s.got += 1;
          },
      ),
      atEnd: (s) => s.got === 1,
    });
    assert.deepEqual([found.interleavings, found.right], [2, true]);
  });

  it('a condition wakes those who wait, and only under its lock', () => {
    const state = () => {
      const lock = model.lock();
      return { lock, changed: model.condition(lock), ready: false };
    };
    type State = ReturnType<typeof state>;
    function* wait(s: State) {
      yield* s.lock.acquire();
      while (!s.ready) yield* s.changed.wait();
      yield* s.lock.release();
    }
    const waking = (all: boolean) =>
      function* (s: State) {
        yield* s.lock.acquire();
        s.ready = true;
        yield* all ? s.changed.notifyAll() : s.changed.notify();
        yield* s.lock.release();
      };
    assert.ok(explore({ state, threads: [wait, wait, waking(true)] }).right);
    assert.ok(explore({ state, threads: [wait, wait, waking(false)] }).deadlocks > 0, 'one is left asleep');
    const bare = explore({
      state,
      threads: [(s: State) => s.changed.notify()].map(
        (fn) =>
          function* (s: State) {
            yield* fn(s);
          },
      ),
    });
    assert.match(bare.shortest!.why, /lock must be held to notify its condition/);
  });

  it('a word does in one step what Atomics does', () => {
    const found = explore({
      state: () => ({ word: model.word(5), seen: [] as number[] }),
      threads: [
        function* (s) {
          s.seen.push(yield* s.word.add(2), yield* s.word.sub(1), yield* s.word.exchange(9));
          s.seen.push(yield* s.word.compareExchange(1, 2), yield* s.word.compareExchange(9, 3), yield* s.word.store(4));
          s.seen.push(yield* s.word.load(), yield* s.word.notify());
          assert.equal(yield* s.word.wait(0), 'not-equal');
        },
      ],
      atEnd: (s) => s.seen.join() === '5,7,6,9,9,4,4,0',
    });
    assert.ok(found.right && found.complete);
  });
});
