import assert from 'node:assert/strict';
import { exploreAsync, type TaskPoint, until } from '../../src/index.ts';

async function add(s: { count: number }, point: TaskPoint) {
  const read = s.count;
  await point('read');
  const sum = await Promise.resolve(read + 1); // an await that is no point belongs to its step
  await point('add');
  s.count = sum;
  return 'write';
}
const counting = {
  state: () => ({ count: 0 }),
  tasks: [add, add],
  atEnd: (s: { count: number }) => s.count === 2 || 'lose an update',
};

describe('exploreAsync', () => {
  it('runs all interleavings of async functions between their awaits', async () => {
    const found = await exploreAsync(counting);
    assert.deepEqual([found.interleavings, found.losing, found.complete], [20, 18, true]);
    assert.equal('replay' in found, false, 'tasks cannot be replayed by a call that does not wait');
    assert.match(
      String(found),
      /^20 interleavings of 2 tasks × 3 steps, 18 lose an update; shortest: A A B B B A; reproduced 10 of 10\./,
    );
  });

  it('leaves out what cannot matter', async () => {
    const found = await exploreAsync(counting, { reduce: true });
    assert.ok(found.losing > 0 && found.interleavings < 20);
  });

  it('waits by until, and sees a deadlock', async () => {
    const wait = (mine: 'a' | 'b', other: 'a' | 'b') => async (s: { a: boolean; b: boolean }, point: TaskPoint) => {
      await point(until(() => s[other], other));
      s[mine] = true;
    };
    const state = () => ({ a: false, b: false });
    const stuck = await exploreAsync({ state, tasks: { one: wait('a', 'b'), two: wait('b', 'a') } });
    assert.ok(stuck.deadlocks > 0 && stuck.deadlocks === stuck.interleavings);
    const start = async (s: { b: boolean }) => {
      s.b = true;
    };
    const fine = await exploreAsync({ state, tasks: { one: wait('a', 'b'), two: start } });
    assert.ok(fine.right && fine.complete);
  });

  it('tells what a task throws as a finding', async () => {
    const found = await exploreAsync({
      state: () => ({ open: true }),
      tasks: {
        async reader(s, point) {
          await point('look');
          if (!s.open) throw new Error('closed');
        },
        async closer(s) {
          s.open = false;
        },
      },
    });
    assert.match(found.shortest!.why, /end in reader throwing Error: closed/);
  });

  it('refuses a task that does not await a point', async () => {
    const state = () => ({ x: 0 });
    const twice = async (_: object, point: TaskPoint) => {
      void point('one');
      await point('two');
    };
    const last = async (_: object, point: TaskPoint) => void point('one');
    for (const task of [twice, last]) {
      await assert.rejects(
        exploreAsync({ state, tasks: [task] }),
        /Task A goes on while it stands at a point: write await/,
      );
    }
  });

  it('gives up a task that waits for another without saying so', async function () {
    this.timeout(120_000);
    const wait = exploreAsync({
      state: () => ({ x: 0 }),
      tasks: { never: () => new Promise<void>(() => {}) },
    });
    await assert.rejects(wait, /Task never waits for something that is no point/);
  });
});
