import { type Check, model, type Operation, type Program, until } from '../../src/index.ts';

type Word = ReturnType<typeof model.word>;
type Lock = ReturnType<typeof model.lock>;

/** Several rounds through a section that only one thread at a time may be in, with a lock of one's own. */
interface Inside {
  inside: number;
}
const alone: Check<Inside> = (s) => s.inside < 2 || 'let two in';

function* critical(s: Inside): Generator<string, void, unknown> {
  s.inside += 1;
  yield 'inside';
  s.inside -= 1;
}

export function lockBy<S extends Inside>(
  state: () => S,
  acquire: (s: S) => Generator<unknown, void, unknown>,
  release: (s: S) => Generator<unknown, void, unknown>,
  rounds: readonly number[] = [1, 1],
): Program<S> {
  const threads = rounds.map((times) => {
    return function* (s: S) {
      for (let round = 0; round < times; round++) {
        yield* acquire(s);
        yield* critical(s);
        yield* release(s);
      }
    };
  });
  return { state, threads, always: alone };
}

const oneWord = () => ({ word: model.word(0), inside: 0 });
type OneWord = ReturnType<typeof oneWord>;

/** A plain flag: to look and to take are two steps. */
export const lock1 = lockBy(
  () => ({ taken: false, inside: 0 }),
  function* (s) {
    while (s.taken) yield 'spin';
    yield 'saw it free';
    s.taken = true;
    yield 'take';
  },
  function* (s) {
    s.taken = false;
    yield 'release';
  },
);

/** An atomic flag, spinning. */
export const lock2 = (rounds: readonly number[]) =>
  lockBy(
    oneWord,
    function* (s) {
      while ((yield* s.word.exchange(1)) === 1);
    },
    function* (s) {
      yield* s.word.store(0);
    },
    rounds,
  );

/** Three states: free, taken, taken with sleepers (Drepper, Futexes Are Tricky, 2011, mutex2). */
export const lock3 = (rounds: readonly number[]) =>
  lockBy(
    oneWord,
    function* (s) {
      let seen = yield* s.word.compareExchange(0, 1);
      if (seen === 0) return;
      if (seen !== 2) seen = yield* s.word.exchange(2);
      while (seen !== 0) {
        yield* s.word.wait(2);
        seen = yield* s.word.exchange(2);
      }
    },
    function* (s) {
      if ((yield* s.word.exchange(0)) === 2) yield* s.word.notify(1);
    },
    rounds,
  );

/** Two states, and nobody is woken. */
export const lockWithoutWake = lockBy(
  oneWord,
  function* (s: OneWord) {
    while ((yield* s.word.exchange(1)) === 1) yield* s.word.wait(1);
  },
  function* (s) {
    yield* s.word.store(0);
  },
  [2, 2],
);

/** Tickets are served in order. */
export const ticketLock = (rounds: readonly number[]) =>
  lockBy(
    () => ({ next: model.word(0), serving: model.word(0), inside: 0 }),
    function* (s) {
      const mine = yield* s.next.add(1);
      yield until(() => s.serving.value === mine, 'its number');
    },
    function* (s) {
      yield* s.serving.add(1);
    },
    rounds,
  );

/** The same by a lock of the model, which gives nobody precedence. */
export const plainLock = (rounds: readonly number[]) =>
  lockBy(
    () => ({ lock: model.lock(), inside: 0 }),
    (s) => s.lock.acquire(),
    (s) => s.lock.release(),
    rounds,
  );

interface Peterson extends Inside {
  readonly wants: readonly Word[];
  readonly turn: Word;
}
/** Peterson's algorithm; broken when a thread gives way before it says that it wants in. */
export function peterson(givesWayFirst: boolean): Program<Peterson> {
  const thread = (me: number, other: number) =>
    function* (s: Peterson) {
      if (givesWayFirst) yield* s.turn.store(other);
      yield* s.wants[me]!.store(1);
      if (!givesWayFirst) yield* s.turn.store(other);
      while ((yield* s.wants[other]!.load()) === 1 && (yield* s.turn.load()) === other);
      yield* critical(s);
      yield* s.wants[me]!.store(0);
    };
  return {
    state: () => ({ wants: [model.word(), model.word()], turn: model.word(), inside: 0 }),
    threads: [thread(0, 1), thread(1, 0)],
    always: alone,
  };
}

function* add(s: { count: number }) {
  const read = s.count;
  yield 'read';
  const sum = read + 1;
  yield 'add';
  s.count = sum;
  return 'write';
}
export const lostUpdate: Program<{ count: number }> = {
  state: () => ({ count: 0 }),
  threads: [add, add],
  atEnd: (s) => s.count === 2 || 'lose an update',
};

function* withdraw(s: { balance: number }) {
  if (s.balance < 80) return 'refuse';
  yield 'check';
  s.balance -= 80;
  return 'pay';
}
export const checkThenAct: Program<{ balance: number }> = {
  state: () => ({ balance: 100 }),
  threads: [withdraw, withdraw],
  always: (s) => s.balance >= 0 || 'overdraw the account',
};

interface Table {
  readonly forks: readonly Lock[];
}
/** Three philosophers; `last` is the order in which the last one takes her forks. */
export function philosophers(last: readonly [number, number]): Program<Table> {
  const eat = (first: number, second: number) =>
    function* ({ forks }: Table) {
      yield* forks[first]!.acquire();
      yield* forks[second]!.acquire();
      yield* forks[second]!.release();
      yield* forks[first]!.release();
    };
  return {
    state: () => ({ forks: [model.lock(), model.lock(), model.lock()] }),
    threads: [eat(0, 1), eat(1, 2), eat(...last)],
  };
}

interface Buffer {
  readonly lock: Lock;
  readonly filled: ReturnType<typeof model.condition>;
  readonly items: number[];
}
/** Two consumers of one buffer; right when who is woken looks again (`while`), and not when it does not (`if`). */
export function buffer(looksAgain: boolean): Program<Buffer> {
  function* consume(s: Buffer) {
    yield* s.lock.acquire();
    if (looksAgain) while (s.items.length === 0) yield* s.filled.wait();
    else if (s.items.length === 0) yield* s.filled.wait();
    if (s.items.shift() === undefined) throw new Error('nothing there');
    yield* s.lock.release();
  }
  function* produce(s: Buffer) {
    for (const item of [1, 2]) {
      yield* s.lock.acquire();
      s.items.push(item);
      yield* s.filled.notify();
      yield* s.lock.release();
    }
  }
  return {
    state: () => {
      const lock = model.lock();
      return { lock, filled: model.condition(lock), items: [] };
    },
    threads: { 'consumer 1': consume, 'consumer 2': consume, producer: produce },
  };
}

/** Lost wake-up: the sleeper sleeps on a word that the waker does not change. */
export function wakeUp(onTheSameWord: boolean): Program<{ ready: Word; bell: Word }> {
  return {
    state: () => ({ ready: model.word(), bell: model.word() }),
    threads: {
      *sleeper(s) {
        while ((yield* s.ready.load()) === 0) yield* (onTheSameWord ? s.ready : s.bell).wait(0);
      },
      *waker(s) {
        yield* s.ready.store(1);
        yield* (onTheSameWord ? s.ready : s.bell).notify();
      },
    },
  };
}

interface Counted {
  readonly count: Word;
  /** References that are really held. */
  held: number;
  freed: number;
}
/** A counts one more reference and drops two, B drops its one; without a lock, reading and writing are two steps. */
export function references(atomic: boolean): Program<Counted> {
  function* change(s: Counted, by: number): Operation<number> {
    if (atomic) return (yield* s.count.add(by)) + by;
    const now = (yield* s.count.load()) + by;
    return yield* s.count.store(now);
  }
  function* drop(s: Counted): Operation {
    s.held -= 1;
    if ((yield* change(s, -1)) === 0) s.freed += 1;
  }
  return {
    state: () => ({ count: model.word(2), held: 2, freed: 0 }),
    threads: {
      *A(s) {
        s.held += 1;
        yield* change(s, 1);
        yield* drop(s);
        yield 'use the other';
        yield* drop(s);
      },
      B: drop,
    },
    always: (s) => s.freed === 0 || s.held === 0 || 'free too early',
    atEnd: (s) => s.freed === 1 || (s.freed > 1 ? 'free twice' : 'leak'),
  };
}
