import assert from 'node:assert/strict';
import { type Exploration, explore, type Program } from '../../src/index.ts';
import * as programs from './programs.ts';

const broken = 'broken';
const deadlock = 'deadlock';
type Verdict = 'right' | 'broken' | 'deadlock';

function verdictOf({ losing, deadlocks, complete }: Exploration): Verdict {
  assert.ok(complete);
  return losing > 0 ? broken : deadlocks > 0 ? deadlock : 'right';
}

/**
 * Programs and what is true of them. Where the model checker spin was asked as well (6.5.2, exhaustive, -DSAFETY, the
 * same programs in Promela with the same cuts between steps, run once on 2026-11-22), its verdict and the states that it
 * stored until then stand beside ours.
 */
const table: [name: string, program: unknown, ours: Verdict, spin?: { errors: 0 | 1; states: number }][] = [
  ['a lost update', programs.lostUpdate, broken, { errors: 1, states: 25 }],
  ['Peterson’s algorithm', programs.peterson(false), 'right', { errors: 0, states: 75 }],
  ['Peterson’s, its first lines swapped', programs.peterson(true), broken, { errors: 1, states: 57 }],
  ['philosophers, all in the same order', programs.philosophers([2, 0]), deadlock, { errors: 1, states: 53 }],
  ['philosophers, one the other way', programs.philosophers([0, 2]), 'right', { errors: 0, states: 89 }],
  ['lock 1, a plain flag', programs.lock1, broken, { errors: 1, states: 37 }],
  ['lock 2, an atomic flag', programs.lock2([1, 1]), 'right', { errors: 0, states: 47 }],
  ['lock 3, a futex of three states', programs.lock3([2, 2]), 'right', { errors: 0, states: 990 }],
  ['a futex that wakes nobody', programs.lockWithoutWake, deadlock, { errors: 1, states: 44 }],
  ['check, then act', programs.checkThenAct, broken],
  ['a bounded buffer with if', programs.buffer(false), broken],
  ['a bounded buffer with while', programs.buffer(true), 'right'],
  ['a lost wake-up', programs.wakeUp(false), deadlock],
  ['no lost wake-up', programs.wakeUp(true), 'right'],
  ['references counted in two steps', programs.references(false), broken],
  ['references counted in one', programs.references(true), 'right'],
  ['a lock of tickets', programs.ticketLock([2, 2]), 'right'],
];

describe('programs proved or broken', () => {
  for (const [name, program, verdict, spin] of table) {
    it(`${name}: ${verdict}`, () => {
      const found = explore(program as Program<object>);
      assert.equal(verdictOf(found), verdict);
      assert.equal(verdictOf(explore(program as Program<object>, { reduce: true })), verdict, 'with reduction');
      if (spin) assert.equal(found.right, spin.errors === 0, 'spin says otherwise');
      if (verdict === 'right') return assert.equal(found.shortest, undefined);
      assert.deepEqual(found.replay(10), { times: 10, reproduced: 10 });
      assert.equal(found.shortest?.kind, verdict);
    });
  }

  it('counts references without a lock to a leak, or frees too early', () => {
    const { reasons } = explore(programs.references(false));
    assert.deepEqual([...reasons.keys()].sort(), ['free too early', 'leak']);
  });

  it('starves who waits for a lock without an order, and not who holds a ticket', () => {
    const rounds = [1, 4];
    const bound = { patience: 3 };
    assert.ok(explore(programs.plainLock(rounds), bound).starved > 0);
    assert.ok(explore(programs.lock2(rounds), bound).starved > 0);
    const tickets = explore(programs.ticketLock(rounds), bound);
    assert.deepEqual([tickets.starved, tickets.passedOver, tickets.right], [0, 0, true]);
    assert.equal(explore(programs.lock2(rounds), { patience: 100 }).starved, 0, 'the bound is what counts');
  });

  it('counts who spins as passed over also where the same states come again', () => {
    const take = (times: number) =>
      function* (s: { taken: boolean }) {
        for (let turn = 0; turn < times; turn++) {
          while (s.taken) yield 'try';
          s.taken = true;
          yield 'take';
          s.taken = false;
          yield 'leave';
        }
      };
    const found = explore({ state: () => ({ taken: false }), threads: [take(6), take(1)] }, { patience: 3 });
    assert.ok(found.starved > 0 && found.losing === 0);
    assert.equal(found.passedOver, 6);
  });

  it('sees two threads spin for ever', () => {
    const found = explore({
      state: () => ({ a: false, b: false }),
      threads: [
        function* (s) {
          while (!s.a) yield 'spin';
          s.b = true;
        },
        function* (s) {
          while (!s.b) yield 'spin';
          s.a = true;
        },
      ],
    });
    assert.ok(found.complete && found.deadlocks === found.interleavings);
    assert.match(found.shortest!.why, /A spins for ever, B spins for ever/);
  });

  it('does not take a loop that counts for one that spins', () => {
    const found = explore({
      state: () => ({ seen: 0 }),
      threads: [
        function* (s) {
          for (let turn = 0; turn < 20; turn++) yield 'look';
          s.seen += 1;
        },
      ],
    });
    assert.deepEqual([found.interleavings, found.right, found.complete], [1, true, true]);
  });
});
