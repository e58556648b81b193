import { explore } from '../../explore/explore.ts';
import { model } from '../../explore/model.ts';
import type { ModelLock } from '../../explore/models.ts';
import { turn } from '../../explore/point.ts';
import { Lock } from '../../sync/lock.ts';
import type { Definition, Note } from '../definition.ts';
import { inWords } from '../observe.ts';
import { inThreads } from './03-live.ts';

type Work = Generator<unknown, unknown, unknown>;
export interface Fork {
  acquire(): Iterable<unknown>;
  release(): Iterable<unknown>;
}
type Dine = (seat: number, forks: Fork[], eat: () => Iterable<unknown>) => Work;

const seats = 5;
const meals = 4;

/** Five locks in a ring: an order that all keep takes away the circle. */
export const philosophers: Definition<Dine> = {
  id: '03.3',
  title: 'let the philosophers live',
  task: 'Everyone needs both forks to eat. Let nobody starve, and let those eat at the same time who can.',
  stub: function* dine(seat: number, forks: Fork[], eat: () => Iterable<unknown>) {
    const left = forks[seat]!;
    const right = forks[(seat + 1) % forks.length]!;
    yield* left.acquire();
    yield* right.acquire();
    yield* eat();
    yield* right.release();
    yield* left.release();
  },
  hints: [
    'Each holds a left fork and waits for the right one: a circle. What if one of them began on the other side?',
    'Number the forks, and let everybody take the lower number first. Who is the only one for whom that changes anything?',
    'Math.min(seat, next) is the number of the first fork and Math.max(seat, next) that of the second, next being (seat + 1) % forks.length.',
  ],
  solution: `function* dine(seat, forks, eat) {
  const next = (seat + 1) % forks.length;
  const first = forks[Math.min(seat, next)];
  const second = forks[Math.max(seat, next)];
  yield* first.acquire();
  yield* second.acquire();
  yield* eat();
  yield* second.release();
  yield* first.release();
}`,
  async judge(answer, that) {
    try {
      if (!proved(answer, that)) return;
    } catch (error) {
      return void that('the explorer can run it', false, inWords(error));
    }
    await live(answer, that);
  },
};

/** What the explorer says of three philosophers who eat once. */
function proved(answer: Dine, that: Note): boolean {
  const state = () => ({ forks: [0, 1, 2].map(() => model.lock()), eaten: 0, without: 0 });
  type State = ReturnType<typeof state>;
  const philosopher = (seat: number) =>
    function* (s: State) {
      yield* answer(seat, s.forks, function* () {
        yield 'eats';
        const mine = (fork: ModelLock) => fork.holder === turn.thread;
        if (!mine(s.forks[seat]!) || !mine(s.forks[(seat + 1) % s.forks.length]!)) s.without += 1;
        s.eaten += 1;
      });
    };
  const found = explore(
    {
      state,
      threads: { A: philosopher(0), B: philosopher(1), C: philosopher(2) },
      always: (s) => s.without === 0 || 'let one eat without both forks',
      atEnd: (s) =>
        s.eaten !== 3 ? 'let one go hungry' : s.forks.every((fork) => !fork.locked) || 'leave a fork taken',
    },
    { reduce: true, most: 100_000 },
  );
  const { losing, deadlocks, shortest, complete } = found;
  const of = `${found.interleavings.toLocaleString('en-US')} interleavings of three philosophers${complete ? ', which stand for all' : ''}`;
  const steps = shortest?.steps.map(({ thread, what }) => `${thread} ${what}`).join(' · ');
  const how = `as here: ${steps}`;
  const rules = losing === 0 ? `in ${of}` : `${losing} of ${of} ${shortest?.why}, ${how}`;
  if (!that('everyone eats once, with both forks, and puts them back', losing === 0, rules)) return false;
  const stood = deadlocks === 0 ? `none of ${of}` : `${deadlocks} of ${of}: ${shortest?.why}, ${how}`;
  if (!that('no interleaving ends in a deadlock', deadlocks === 0, stood)) return false;
  return that('all interleavings could be tried', complete, complete ? of : found.bounds.join(', '));
}

/** Five of them on real threads, with real locks. */
async function live(answer: Dine, that: Note): Promise<void> {
  const forks = Array.from({ length: seats }, (_, index) => new Lock({ name: `fork ${index}` }));
  const notes = new Int32Array(new SharedArrayBuffer(4 * (3 + seats)));
  const each = forks.map((_, seat) => [answer, seat, forks, notes, meals] as Parameters<typeof run>);
  const wrong = await inThreads(run, each);
  if (wrong !== undefined) return void that(`${seats} threads with real locks finish`, false, wrong);
  const [, most, touching, ...eaten] = notes;
  const full = eaten.filter((count) => count === meals).length;
  that(`on ${seats} real threads everyone gets ${meals} meals`, full === seats, `${full} of ${seats} did`);
  that('no two neighbours eat at once', touching === 0, touching === 0 ? 'none did' : `${touching} times`);
  that('some eat at the same time', most! >= 2, `at most ${most} at once`);
}

/** A philosopher in its thread. It names nothing outside itself. */
function run(answer: Dine, seat: number, locks: Lock[], notes: Int32Array, meals: number): void {
  const [eating, most, touching, eaten] = [0, 1, 2, 3] as const;
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  const rest = (ms: number) => Atomics.wait(nobody, 0, 0, ms);
  const done = { [Symbol.iterator]: () => ({ next: () => ({ done: true as const, value: undefined }) }) };
  const forks: Fork[] = locks.map((lock) => ({
    acquire() {
      lock.acquireSync();
      rest(1); // time for the neighbour to take the other one
      return done;
    },
    release() {
      lock.release();
      return done;
    },
  }));
  const both = [locks[seat]!, locks[(seat + 1) % locks.length]!];
  for (let meal = 0; meal < meals; meal++) {
    const dinner = answer(seat, forks, () => {
      const now = Atomics.add(notes, eating, 1) + 1;
      for (let seen = Atomics.load(notes, most); seen < now; seen = Atomics.load(notes, most)) {
        Atomics.compareExchange(notes, most, seen, now);
      }
      Atomics.notify(notes, most);
      if (Atomics.load(notes, most) < 2) Atomics.wait(notes, most, 1, 50); // someone else may come soon
      if (both.some((fork) => fork.holder !== both[0]!.holder)) Atomics.add(notes, touching, 1);
      rest(1);
      Atomics.add(notes, eaten + seat, 1);
      Atomics.sub(notes, eating, 1);
      return done;
    });
    while (!dinner.next().done);
    rest(5); // thinks, so that nobody eats all the meals in a row
  }
}
