import { type Exploration, explore } from '../../explore/explore.ts';
import { model } from '../../explore/model.ts';
import type { Operation, Taking } from '../../explore/models.ts';
import type { Definition, Note } from '../definition.ts';
import { inWords } from '../observe.ts';
import type { SomeWord as Word } from './03-live.ts';

type Drop = (count: Word, lock: Taking) => Generator<unknown, unknown, unknown>;

/** One reference less, so that exactly one thread frees the object. The explorer tries every interleaving. */
export const drop: Definition<Drop> = {
  id: '01.4',
  title: 'the last one frees',
  task: 'Count one reference less, and give true to exactly one thread: the one that had the last.',
  // biome-ignore lint/correctness/noUnusedFunctionParameters: to use the lock is one way to solve it
  stub: function* drop(count: Word, lock: Taking) {
    const left = (yield* count.load()) - 1;
    yield* count.store(left);
    return left === 0;
  },
  hints: [
    'Two threads load 2. What does each store? Who frees?',
    'Either nobody else may come in between load and store (lock.acquire, lock.release), or the two must be one step (count.sub).',
    'count.sub(1) subtracts in one step and gives what was there before. Whoever saw 1 had the last reference.',
  ],
  solution: `function* drop(count, lock) {
  return (yield* count.sub(1)) === 1; // one step, and it gives what was there before
}`,
  async judge(answer, that) {
    try {
      const three = programOf(answer, 3, { A: dropper, B: dropper, C: dropper });
      if (!found(that, explore(three, { most: 200_000 }), 'three threads that drop')) return;
      const taking = programOf(answer, 2, { A: taker, B: dropper });
      found(that, explore(taking, { most: 200_000 }), 'two threads, one of which takes another first');
    } catch (error) {
      that('the explorer can run it', false, inWords(error));
    }
  },
};

interface State {
  readonly count: ReturnType<typeof model.word>;
  readonly lock: ReturnType<typeof model.lock>;
  readonly drop: () => Generator<unknown, unknown, unknown>;
  /** References that are really held. */
  held: number;
  freed: number;
}
type Part = (s: State) => Generator<unknown, void, unknown>;

function programOf(answer: Drop, held: number, threads: Readonly<Record<string, Part>>) {
  return {
    state: (): State => {
      const count = model.word(held);
      const lock = model.lock();
      const word = operationsOf(count);
      return { count, lock, drop: () => answer(word, lock), held, freed: 0 };
    },
    threads,
    always: (s: State) => s.freed === 0 || s.held === 0 || 'free what is still in use',
    atEnd: (s: State) => s.freed === 1 || (s.freed > 1 ? 'free it twice' : 'never free it'),
  };
}

/** The operations alone: the value itself is out of reach, for to change it would be no step. */
function operationsOf(word: ReturnType<typeof model.word>): Word {
  return {
    load: () => word.load(),
    store: (value) => word.store(value),
    add: (by) => word.add(by),
    sub: (by) => word.sub(by),
    exchange: (value) => word.exchange(value),
    compareExchange: (expected, value) => word.compareExchange(expected, value),
    wait: (expected) => word.wait(expected),
    notify: (count) => word.notify(count),
  };
}

function* dropper(s: State): Generator<unknown, void, unknown> {
  s.held -= 1;
  if (yield* s.drop()) s.freed += 1;
}

/** It takes one more before it drops both; under the lock and in one step, so that it agrees with either cure. */
function* taker(s: State): Generator<unknown, void, unknown> {
  s.held += 1;
  yield* take(s);
  yield* dropper(s);
  yield 'use it';
  yield* dropper(s);
}

function* take(s: State): Operation {
  yield* s.lock.acquire();
  yield* s.count.add(1);
  yield* s.lock.release();
}

function found(that: Note, exploration: Exploration, who: string): boolean {
  const { interleavings, losing, deadlocks, shortest, complete, bounds } = exploration;
  const all = `${interleavings.toLocaleString('en-US')} interleavings${complete ? '' : ` (${bounds.join(', ')})`}`;
  const steps = shortest?.steps.map(({ thread, what }) => `${thread} ${what}`).join(' · ');
  const wrong = losing + deadlocks;
  const seen =
    wrong === 0
      ? `in all ${all}`
      : `not in ${wrong.toLocaleString('en-US')} of ${all}; they can ${shortest?.why}: ${steps}`;
  return that(`freed once, when nobody holds it: ${who}`, wrong === 0, seen);
}
