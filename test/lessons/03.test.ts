import { judges } from './table.ts';

function* nothing() {
  yield* [];
}

judges('03.1', {
  'acquired and released in finally': {
    right: (items, weigh, total, lock) => {
      for (const item of items) {
        const weight = weigh(item);
        const guard = lock.acquireSync();
        try {
          total.write(total.read() + weight);
        } finally {
          guard.release();
        }
      }
    },
  },
  awaited: {
    right: async (items, weigh, total, lock) => {
      for (const item of items) {
        const weight = weigh(item);
        await lock.with(() => total.write(total.read() + weight));
      }
    },
  },
  'one update for each thread': {
    right: (items, weigh, total, lock) => {
      let sum = 0;
      for (const item of items) sum += weigh(item);
      lock.withSync(() => total.write(total.read() + sum));
    },
  },
  'a lock for the reading and one for the writing': {
    wrong: (items, weigh, total, lock) => {
      for (const item of items) {
        const weight = weigh(item);
        const read = lock.withSync(() => total.read());
        lock.withSync(() => total.write(read + weight));
      }
    },
    fails: /no weight is lost: \d+ of 4095[\s\S]*between a read and its write: [1-9]\d* of 90 times/,
  },
  'weighed under the lock': {
    wrong: (items, weigh, total, lock) => {
      for (const item of items) lock.withSync(() => total.write(total.read() + weigh(item)));
    },
    fails: /same time: at most 1 of 3/,
  },
  'never released': {
    wrong: (items, weigh, total, lock) => {
      lock.acquireSync();
      for (const item of items) total.write(total.read() + weigh(item));
    },
    fails: /it finishes|lock is free at the end/,
  },
  'released without being held': {
    wrong: (items, weigh, total, lock) => {
      for (const item of items) total.write(total.read() + weigh(item));
      lock.release();
    },
    fails: /it finishes: Error: Lock 'the lock' is not held by anybody/,
  },
  'it does nothing': { wrong: () => {}, fails: /no weight is lost: 0 of 4095/ },
  'it throws': {
    wrong: () => {
      throw new Error('no idea');
    },
    fails: /it finishes: Error: no idea/,
  },
  'it never ends': { wrong: () => new Promise(() => {}), fails: /it finishes: QueueBroken/ },
});

judges('03.2', {
  'who waits looks again in a while loop': {
    right: (next, serving) => ({
      *acquire() {
        const mine = yield* next.add(1);
        let called = yield* serving.load();
        while (called !== mine) {
          yield* serving.wait(called);
          called = yield* serving.load();
        }
      },
      *release() {
        yield* serving.add(1);
        yield* serving.notify();
      },
    }),
  },
  'the holder alone writes serving': {
    right: (next, serving) => ({
      *acquire() {
        const mine = yield* next.add(1);
        for (let called = yield* serving.load(); called !== mine; called = yield* serving.load()) {
          yield* serving.wait(called);
        }
      },
      *release() {
        yield* serving.store((yield* serving.load()) + 1);
        yield* serving.notify();
      },
    }),
  },
  'the number drawn in two steps': {
    wrong: (next, serving) => ({
      *acquire() {
        const mine = yield* next.load();
        yield* next.store(mine + 1);
        for (let called = yield* serving.load(); called !== mine; called = yield* serving.load()) {
          yield* serving.wait(called);
        }
      },
      *release() {
        yield* serving.add(1);
        yield* serving.notify();
      },
    }),
    fails: /nobody else inside, with two threads: [\d,]+ of [\d,]+ interleavings/,
  },
  'nobody is woken': {
    wrong: (next, serving) => ({
      *acquire() {
        const mine = yield* next.add(1);
        for (let called = yield* serving.load(); called !== mine; called = yield* serving.load()) {
          yield* serving.wait(called);
        }
      },
      *release() {
        yield* serving.add(1);
      },
    }),
    fails: /everybody gets in, with two threads: [\d,]+ of [\d,]+ interleavings/,
  },
  'one is woken, perhaps the wrong one': {
    wrong: (next, serving) => ({
      *acquire() {
        const mine = yield* next.add(1);
        for (let called = yield* serving.load(); called !== mine; called = yield* serving.load()) {
          yield* serving.wait(called);
        }
      },
      *release() {
        yield* serving.add(1);
        yield* serving.notify(1);
      },
    }),
    fails: /everybody gets in, with three threads/,
  },
  'it looks only once': {
    wrong: (next, serving) => ({
      *acquire() {
        const mine = yield* next.add(1);
        const called = yield* serving.load();
        if (called !== mine) yield* serving.wait(called);
      },
      *release() {
        yield* serving.add(1);
        yield* serving.notify();
      },
    }),
    fails: /nobody else inside, with three threads/,
  },
  'it spins': {
    wrong: (next, serving) => ({
      *acquire() {
        const mine = yield* next.add(1);
        while ((yield* serving.load()) !== mine);
      },
      *release() {
        yield* serving.add(1);
      },
    }),
    fails: /who waits sleeps: it goes round in a loop/,
  },
  'a lock without numbers': {
    wrong: (_, word) => ({
      *acquire() {
        while ((yield* word.compareExchange(0, 1)) !== 0) yield* word.wait(1);
      },
      *release() {
        yield* word.store(0);
        yield* word.notify();
      },
    }),
    fails: /nobody who came later goes first, twice: [\d,]+ interleavings: let B in twice while A waits/,
  },
  'no lock at all': {
    wrong: () => ({ acquire: nothing, release: nothing }),
    fails: /nobody else inside, with two threads/,
  },
  'it gives nothing': { wrong: (() => undefined) as never, fails: /TypeError/ },
});

judges('03.3', {
  'one begins on the right': {
    right: function* (seat, forks, eat) {
      const [left, right] = [forks[seat]!, forks[(seat + 1) % forks.length]!];
      const [first, second] = seat === 0 ? [right, left] : [left, right];
      yield* first.acquire();
      yield* second.acquire();
      yield* eat();
      yield* first.release();
      yield* second.release();
    },
  },
  'odd ones begin on the right': {
    right: function* (seat, forks, eat) {
      const both = [forks[seat]!, forks[(seat + 1) % forks.length]!];
      if (seat % 2 === 1) both.reverse();
      for (const fork of both) yield* fork.acquire();
      yield* eat();
      for (const fork of both) yield* fork.release();
    },
  },
  'all on the right first': {
    wrong: function* (seat, forks, eat) {
      const [left, right] = [forks[seat]!, forks[(seat + 1) % forks.length]!];
      yield* right.acquire();
      yield* left.acquire();
      yield* eat();
      yield* left.release();
      yield* right.release();
    },
    fails: /deadlock: [\d,]+ of/,
  },
  'one fork is enough': {
    wrong: function* (seat, forks, eat) {
      yield* forks[seat]!.acquire();
      yield* eat();
      yield* forks[seat]!.release();
    },
    fails: /with both forks, and puts them back: [\d,]+ of .* let one eat without both forks/,
  },
  'no forks': {
    wrong: function* (_seat, _forks, eat) {
      yield* eat();
    },
    fails: /let one eat without both forks/,
  },
  'a fork is kept': {
    wrong: function* (seat, forks, eat) {
      const next = (seat + 1) % forks.length;
      yield* forks[Math.min(seat, next)]!.acquire();
      yield* forks[Math.max(seat, next)]!.acquire();
      yield* eat();
      yield* forks[seat]!.release();
    },
    fails: /deadlock|leave a fork taken/,
  },
  'one after another': {
    wrong: function* (seat, forks, eat) {
      for (const fork of forks) yield* fork.acquire();
      yield* eat();
      for (const fork of forks) yield* fork.release();
      void seat;
    },
    fails: /same time: at most 1 at once/,
  },
  'nobody eats': {
    wrong: nothing,
    fails: /let one go hungry/,
  },
  'it throws': {
    wrong: () => {
      throw new Error('no idea');
    },
    fails: /no idea/,
  },
});

judges('03.4', {
  'a list': { right: () => ['B', 'B', 'P', 'P', 'P', 'A', 'A', 'B'] },
  'more steps than needed': { right: () => 'A, A, P, P, P, B, B, A, P, P, P' },
  'nobody is faster': { wrong: () => 'A A P P P A', fails: /is given what is not there: after 6 steps was taken: tea/ },
  'B has the lock': { wrong: () => 'A A P P P B A', fails: /not step 7: A cannot go on/ },
  'beyond the end': { wrong: () => 'P P P P P P P', fails: /not step 7: P cannot go on, it has ended/ },
  'someone else': { wrong: () => 'A A Z', fails: /a list of P, A and B: it gave "A A Z"/ },
  'no list': { wrong: (() => 7) as never, fails: /a list of P, A and B: it gave 7/ },
  'it throws': {
    wrong: () => {
      throw new Error('no idea');
    },
    fails: /it finishes: Error: no idea/,
  },
});
