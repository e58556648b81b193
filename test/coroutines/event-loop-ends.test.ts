import assert from 'node:assert/strict';
import type { LoopTask } from '../../src/coroutines/loop-task.ts';
import { CancelledError } from '../../src/executors/errors.ts';
import { leavesNoHandles, long, loopAndLog } from './loops.ts';

describe('EventLoop', () => {
  let { loop, log, worker, fails } = loopAndLog();
  beforeEach(() => {
    ({ loop, log, worker, fails } = loopAndLog());
  });
  leavesNoHandles();

  it('cancel: finally blocks run, once, and waiting for it throws', async () => {
    await loop.run(function* () {
      const task = loop.spawn(worker('a', long, 3));
      const never = loop.spawn(worker('never', 1));
      assert.equal(never.cancel(), true);
      yield;
      assert.equal(task.cancel(), true);
      assert.equal(task.cancel(), false);
      assert.equal(task.done, false, 'its cleanup comes first');
      for (const each of [task, never]) {
        try {
          yield* each;
          assert.fail('it was cancelled');
        } catch (error) {
          assert.ok(error instanceof CancelledError);
        }
      }
      assert.equal(task.cancel(), false);
    });
    assert.deepEqual(log, ['a starts', 'a ends']);
  });

  it('cancel: takes back what it waited for, and what comes late changes nothing', async () => {
    let late = (_: unknown): void => {};
    await loop.run(function* () {
      const task = loop.spawn(function* () {
        try {
          yield* loop.until((resolve) => {
            late = resolve;
            return () => log.push('taken back');
          });
        } finally {
          yield* loop.sleep(3);
          log.push('clean');
        }
      });
      yield;
      task.cancel();
      late('too late');
      yield;
      late('too late');
      yield* loop.sleep(6);
      assert.equal(task.done, true);
    });
    assert.deepEqual(log, ['taken back', 'clean']);
  });

  it('cancel: a task can cancel itself, and is ended at its next yield', async () => {
    await loop.run(function* () {
      const itself: LoopTask<void> = loop.spawn(function* () {
        itself.cancel();
        log.push('goes on');
        yield* loop.sleep(long);
        log.push('not here');
      });
      yield;
      yield;
      yield;
      assert.throws(() => itself.result, CancelledError);
    });
    assert.deepEqual(log, ['goes on']);
  });

  it('leaves nothing running when main ends, well or badly', async () => {
    for (const bad of [false, true]) {
      log.length = 0;
      const run = loop.run(function* () {
        loop.spawn(worker('left', long, 2));
        loop.spawn(function* () {
          yield* loop.until(() => {});
        });
        yield;
        if (bad) throw new Error('main failed');
      });
      if (bad) await assert.rejects(run, /main failed \(in task main\)/);
      else await run;
      assert.deepEqual(log, ['left starts', 'left ends']);
    }
  });

  it('an error that nobody looked at is not lost', async () => {
    await assert.rejects(
      loop.run(function* () {
        const task = loop.spawn(() => fails('unseen', 1), 'quiet');
        while (!task.done) yield; // to ask whether it is over is not to look at its error
      }),
      /unseen \(in task quiet\)/,
    );
    const seen = await loop.run(function* () {
      const task = loop.spawn(fails('seen'));
      while (!task.done) yield;
      assert.throws(() => task.result, /seen/);
      return 'fine';
    });
    assert.equal(seen, 'fine');
  });

  it('tells of a deadlock, after the cleanup', async () => {
    const tasks: LoopTask[] = [];
    function* waits(other: number) {
      try {
        yield* tasks[other]!;
      } finally {
        log.push('clean');
      }
    }
    await assert.rejects(
      loop.run(function* () {
        tasks.push(loop.spawn(waits(1), 'one'), loop.spawn(waits(0), 'two'));
        yield* tasks[0]!;
      }),
      /Deadlock: task main, task one, task two wait for each other/,
    );
    assert.deepEqual(log, ['clean', 'clean']);
  });
});
