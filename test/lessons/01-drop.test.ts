import { judges } from './table.ts';

judges('01.4', {
  'under the lock': {
    right: function* (count, lock) {
      yield* lock.acquire();
      const left = (yield* count.load()) - 1;
      yield* count.store(left);
      yield* lock.release();
      return left === 0;
    },
  },
  'added in one step': {
    right: function* (count) {
      return (yield* count.add(-1)) - 1 === 0;
    },
  },
  'tried until it is as it was seen': {
    right: function* (count) {
      for (;;) {
        const seen = yield* count.load();
        if ((yield* count.compareExchange(seen, seen - 1)) === seen) return seen === 1;
      }
    },
  },
  'one step, and a second look': {
    wrong: function* (count) {
      yield* count.sub(1);
      return (yield* count.load()) === 0;
    },
    fails: /three threads that drop: not in [\d,]+ of .* free it twice/,
  },
  'what is left mistaken for what was': {
    wrong: function* (count) {
      return (yield* count.sub(1)) === 0;
    },
    fails: /they can never free it/,
  },
  'everybody frees': {
    wrong: function* (count) {
      yield* count.sub(1);
      return true;
    },
    fails: /they can free what is still in use/,
  },
  'the lock for the writing only': {
    wrong: function* (count, lock) {
      const left = (yield* count.load()) - 1;
      yield* lock.acquire();
      yield* count.store(left);
      yield* lock.release();
      return left === 0;
    },
    fails: /never free it/,
  },
  'the lock not given back': {
    wrong: function* (count, lock) {
      yield* lock.acquire();
      const left = (yield* count.load()) - 1;
      yield* count.store(left);
      return left === 0;
    },
    fails: /three threads that drop: not in [\d,]+ of/,
  },
  'counted by two': {
    wrong: function* (count) {
      return (yield* count.sub(2)) === 2;
    },
    fails: /they can/,
  },
  'no generator': { wrong: (() => true) as never, fails: /not in|explorer can run it/ },
  'it throws': {
    wrong: function* (count) {
      yield* count.load();
      throw new Error('no idea');
    },
    fails: /no idea/,
  },
});
