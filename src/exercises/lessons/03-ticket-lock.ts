import { type Exploration, explore } from '../../explore/explore.ts';
import { model } from '../../explore/model.ts';
import type { ModelWord } from '../../explore/model-word.ts';
import type { Definition, Note } from '../definition.ts';
import { inWords } from '../observe.ts';
import { inThreads, type SomeWord as Word, wordsOn } from './03-live.ts';

export interface TicketLock {
  acquire(): Generator<unknown, unknown, unknown>;
  release(): Generator<unknown, unknown, unknown>;
}
/** What both kinds of word have: those of the explorer, and those that threads share. */
type LockOn = (next: Word, serving: Word) => TicketLock;

const threads = 3;
const rounds = 100;

/** A ticket lock: who comes draws a number, and is served when it is called. */
export const ticketLock: Definition<LockOn> = {
  id: '03.2',
  title: 'a lock with numbers',
  task: 'Let one in at a time, in the order of their numbers; who waits sleeps. The explorer tries all interleavings.',
  stub: function lockOn(next: Word, serving: Word) {
    return {
      *acquire() {
        const mine = yield* next.load();
        yield* next.store(mine + 1);
        while ((yield* serving.load()) !== mine) yield* serving.wait(mine);
      },
      *release() {
        yield* serving.add(1);
      },
    };
  },
  hints: [
    'Draw a number with two threads by hand, step by step: can both have the same one? One operation of a word reads and writes in one step.',
    'word.wait(value) sleeps while value is in the word. Which number is in serving while it is not your turn? And who wakes you?',
    'const mine = yield* next.add(1); then loop: load serving, leave when it is mine, else wait on what you loaded. release notifies all, for it cannot know who sleeps for which number.',
  ],
  solution: `function lockOn(next, serving) {
  return {
    *acquire() {
      const mine = yield* next.add(1); // gives what was there before
      for (;;) {
        const called = yield* serving.load();
        if (called === mine) return;
        yield* serving.wait(called);
      }
    },
    *release() {
      yield* serving.add(1);
      yield* serving.notify();
    },
  };
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

interface State {
  readonly next: ModelWord;
  readonly serving: ModelWord;
  readonly inside: string[];
  /** Times that B came in after A had begun to wait. */
  passed: number;
  /** Whether A has made its first step. */
  came: boolean;
}

function stateNow(): State {
  return { next: model.word(0), serving: model.word(0), inside: [], passed: 0, came: false };
}

function* visit(answer: LockOn, s: State, who: string, times: number): Generator<unknown, void, unknown> {
  const lock = answer(s.next, s.serving);
  for (let time = 0; time < times; time++) {
    yield* lock.acquire();
    if (s.came && who === 'B') s.passed += 1;
    if (who === 'A') s.came = false;
    s.inside.push(who);
    yield 'goes in';
    s.inside.splice(s.inside.indexOf(who), 1);
    yield* lock.release();
  }
}

const alone = (s: State): boolean | string => s.inside.length < 2 || 'let two in at once';

/** What the explorer says; stops at the first property that does not hold, for what follows has no meaning then. */
function proved(answer: LockOn, that: Note): boolean {
  const visitor = (name: string) =>
    function* (s: State) {
      yield* visit(answer, s, name, 1);
    };
  const [A, B, C] = [visitor('A'), visitor('B'), visitor('C')];
  const two = explore({ state: stateNow, threads: { A, B }, always: alone });
  if (!found(that, two, 'two threads')) return false;
  const three = explore({ state: stateNow, threads: { A, B, C }, always: alone }, { switches: 3, most: 200_000 });
  if (!found(that, three, 'three threads')) return false;

  const stuck = explore({
    state: stateNow,
    threads: {
      *holder(s: State) {
        yield* answer(s.next, s.serving).acquire();
      },
      *waiter(s: State) {
        yield* answer(s.next, s.serving).acquire();
      },
    },
  });
  const spins = [...stuck.reasons.keys()].some((reason) => reason.includes('spins'));
  const how = spins ? 'it goes round in a loop' : 'it does';
  if (!that('who waits sleeps', !spins, how)) return false;

  const order = explore(
    {
      state: stateNow,
      threads: {
        *A(s: State) {
          let first = true;
          const visiting = visit(answer, s, 'A', 1);
          for (let step = visiting.next(); !step.done; step = visiting.next()) {
            yield step.value;
            if (first) s.came = true;
            first = false;
          }
        },
        *B(s: State) {
          yield* visit(answer, s, 'B', 3);
        },
      },
      always: (s) => s.passed < 2 || 'let B in twice while A waits',
    },
    { most: 300_000 },
  );
  const seen = order.losing === 0 ? `none in ${plain(order)}` : `${plain(order)}: ${shortest(order)}`;
  return that('nobody who came later goes first, twice', order.losing === 0, seen);
}

const plain = ({ interleavings }: Exploration): string => `${interleavings.toLocaleString('en-US')} interleavings`;

function shortest({ shortest }: Exploration): string {
  const steps = shortest?.steps.map(({ thread, what }) => `${thread} ${what}`).join(' · ') ?? '';
  return `${shortest?.why}, as here: ${steps}`;
}

function found(that: Note, exploration: Exploration, who: string): boolean {
  const { losing, deadlocks } = exploration;
  const bound = exploration.complete ? '' : ` (${exploration.bounds.join(', ')})`;
  const none = `none of ${plain(exploration)} of ${who} goes wrong${bound}`;
  const inside =
    losing === 0
      ? none
      : `${losing.toLocaleString('en-US')} of ${plain(exploration)} of ${who}: ${shortest(exploration)}`;
  if (!that(`nobody else inside, with ${who}`, losing === 0, inside)) return false;
  const stood =
    deadlocks === 0
      ? none
      : `${deadlocks.toLocaleString('en-US')} of ${plain(exploration)} of ${who}: ${shortest(exploration)}`;
  return that(`everybody gets in, with ${who}`, deadlocks === 0, stood);
}

/** The same source on real threads and real words. */
async function live(answer: LockOn, that: Note): Promise<void> {
  const words = new Int32Array(new SharedArrayBuffer(8));
  const notes = new Int32Array(new SharedArrayBuffer(12));
  const one: Parameters<typeof run> = [answer, wordsOn, words, notes, rounds];
  const wrong = await inThreads(run, Array<typeof one>(threads).fill(one));
  const all = threads * rounds;
  const [count, , twice] = notes;
  const seen = wrong ?? `${count} of ${all} counted, ${twice} times two were inside`;
  that(`and so it is on ${threads} real threads`, wrong === undefined && count === all && twice === 0, seen);
}

/** One thread, which visits again and again. It names nothing outside itself. */
function run(answer: LockOn, wordOf: typeof wordsOn, words: Int32Array, notes: Int32Array, times: number): void {
  const [count, inside, twice] = [0, 1, 2] as const;
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  const whole = (generator: Generator<unknown, unknown, unknown>) => {
    while (!generator.next().done);
  };
  const lock = answer(wordOf(words, 0), wordOf(words, 1));
  for (let time = 0; time < times; time++) {
    whole(lock.acquire());
    if (Atomics.add(notes, inside, 1) !== 0) Atomics.add(notes, twice, 1);
    const read = notes[count]!;
    if (time % 20 === 0) Atomics.wait(nobody, 0, 0, 0.01);
    notes[count] = read + 1;
    Atomics.sub(notes, inside, 1);
    whole(lock.release());
  }
}
