import { nothing } from './answers.ts';
import { judges } from './table.ts';

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
