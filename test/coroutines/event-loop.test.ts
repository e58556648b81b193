import assert from 'node:assert/strict';
import { setTimeout as later } from 'node:timers/promises';
import type { LoopTask } from '../../src/coroutines/loop-task.ts';
import { leavesNoHandles, loopAndLog } from './loops.ts';

describe('EventLoop', () => {
  let { loop, log, worker } = loopAndLog();
  beforeEach(() => {
    ({ loop, log, worker } = loopAndLog());
  });
  leavesNoHandles();

  it('runs ready tasks in turn: a plain yield lets the others go on', async () => {
    function* count(name: string) {
      for (let n = 1; n <= 3; n += 1) {
        log.push(`${name}${n}`);
        yield;
      }
      return name.length;
    }
    const lengths: [number, number] = await loop.run(() => loop.gather(count('a'), count('bb')));
    assert.deepEqual(lengths, [1, 2]);
    assert.deepEqual(log, ['a1', 'bb1', 'a2', 'bb2', 'a3', 'bb3']);
  });

  it('wakes sleepers in the order of their times', async () => {
    // Each reads the clock itself: on a busy machine much time may pass between the first and the last.
    const due: { name: string; at: number }[] = [];
    const naps = [30, 10, 20, 10].map(function* (ms, n) {
      due.push({ name: `${n}`, at: performance.now() + ms });
      return yield* worker(`${n}`, ms);
    });
    assert.deepEqual(await loop.run(() => loop.gather(...naps)), ['0', '1', '2', '3']);
    const works = log.filter((line) => line.endsWith('works'));
    due.sort((one, other) => one.at - other.at);
    assert.deepEqual(
      works,
      due.map(({ name }) => `${name} works`),
    );
    await assert.rejects(loop.run(loop.sleep(-1)), /ms from 0 on, not -1/);
  });

  it('sleeps beside each other, and lets Node go on', async () => {
    let nodes = 0;
    const ticking = setInterval(() => {
      nodes += 1;
    }, 1);
    await loop.run(() => loop.gather(...Array.from({ length: 50 }, (_, n) => worker(`${n}`, 20))));
    clearInterval(ticking);
    assert.ok(nodes > 0);
    const starts = log.slice(0, 50);
    assert.ok(
      starts.every((line) => line.endsWith('starts')),
      'all had started before the first woke',
    );
  });

  it('a busy task keeps neither Node nor sleepers waiting', async () => {
    let stop = false;
    setImmediate(() => log.push('Node'));
    function* busy() {
      while (!stop) yield;
      return 'stopped';
    }
    function* stopper() {
      yield* loop.sleep(2);
      stop = true;
    }
    assert.deepEqual(await loop.run(() => loop.gather(busy, stopper)), ['stopped', undefined]);
    assert.deepEqual(log, ['Node']);
  });

  it('waits for promises and for callbacks, which throw at the yield', async () => {
    const result = await loop.run(function* () {
      const text: string = yield* loop.until(later(1, 'promised'));
      const called = yield* loop.until<number>((resolve) => setImmediate(resolve, 7));
      try {
        yield* loop.until(Promise.reject(new TypeError('rejected')));
      } catch (error) {
        log.push(String(error));
      }
      try {
        yield* loop.until((_, reject) => setImmediate(reject, 'refused'));
      } catch (error) {
        log.push(String(error));
      }
      return [text, called];
    });
    assert.deepEqual(result, ['promised', 7]);
    assert.deepEqual(log, ['TypeError: rejected', 'refused']);
  });

  it('gives a task back, whose result others can wait for, more than once and late', async () => {
    const result = await loop.run(function* () {
      const task: LoopTask<string> = loop.spawn(worker('a', 3), 'a');
      assert.equal(task.done, false);
      assert.throws(() => task.result, /task a still runs/);
      const both = yield* loop.gather(
        function* () {
          return yield* task;
        },
        function* () {
          return yield* task;
        },
      );
      assert.equal(task.done, true);
      assert.equal(yield* task, 'a');
      return [...both, task.result];
    });
    assert.deepEqual(result, ['a', 'a', 'a']);
  });

  it('runs one main at a time', async () => {
    const first = loop.run(worker('a', 3));
    await assert.rejects(loop.run(worker('b', 1)), /The loop has tasks already/);
    assert.equal(await first, 'a');
    assert.equal(await loop.run(worker('b', 1)), 'b');
  });

  it('names what a task must not yield', async () => {
    const wrong = function* () {
      yield 5 as never;
    };
    await assert.rejects(loop.run(wrong), /A task yields nothing, or waits with yield\*.*not 5.*\(in task wrong\)/);
  });

  it('names what a task cannot be made of', async () => {
    const promised = async () => 5;
    await assert.rejects(loop.run(promised as never), /task promised is made of Promise \{ 5 \}: give a generator, or/);
    await assert.rejects(loop.run(5 as never), /is made of 5/);
    assert.equal(await loop.run(() => worker('one', 0)), 'one');
  });

  it('has 100,000 tasks alive at once, asleep and woken', async () => {
    let alive = 0;
    let most = 0;
    function* napper(n: number) {
      alive += 1;
      most = Math.max(most, alive);
      try {
        yield* loop.sleep(n % 7);
        return n;
      } finally {
        alive -= 1;
      }
    }
    const results = await loop.run(() => loop.gather(...Array.from({ length: 100_000 }, (_, n) => napper(n))));
    assert.equal(alive, 0);
    assert.equal(most, 100_000);
    assert.ok(results.every((result, n) => result === n));
  });
});
