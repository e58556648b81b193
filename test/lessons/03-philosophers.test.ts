import { nothing } from './answers.ts';
import { judges } from './table.ts';

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
