import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type { GroupTask } from '../../src/coroutines/group.ts';
import { type TaskGroup, withTaskGroup } from '../../src/coroutines/task-group.ts';
import { currentSignal } from '../../src/executors/local.ts';
import { record } from '../../src/timing/recorder.ts';
import { errorsOf, failing, long, sleep } from './members.ts';

/** The numbers are those of CPython's test_taskgroups, whose meaning each of these has. */
describe('withTaskGroup', () => {
  it('waits for all and gives their results (01, 02)', async () => {
    const log: number[] = [];
    const value = await withTaskGroup(async (group) => {
      const one = group.spawn(async () => {
        await null; // until there is a second one
        await two;
        log.push(1);
        return 42;
      });
      const two: GroupTask<number> = group.spawn(async () => {
        await sleep(1);
        log.push(2);
        return 11;
      });
      assert.equal(one.done, false);
      assert.equal(group.running, 2);
      await pause(0);
      return () => [one, two];
    });
    const [one, two] = value();
    assert.deepEqual([await one, await two, one!.state, two!.done], [42, 11, 'finished', true]);
    assert.deepEqual(log, [2, 1]);
  });

  it('lets tasks spawn others, and waits for those too', async () => {
    const log: string[] = [];
    await withTaskGroup((group) => {
      group.spawn(async () => {
        await sleep(1);
        group.spawn(async () => {
          await sleep(3);
          log.push('grandchild');
        });
      });
    });
    assert.deepEqual(log, ['grandchild']);
  });

  it('starts nothing while it stops or when it has ended (no_create_task_after_failure, finished)', async () => {
    let kept: TaskGroup | undefined;
    const errors = await errorsOf(
      withTaskGroup(async (group) => {
        kept = group;
        group.spawn(() => failing(new Error('one')));
        await sleep(long).catch(() => {});
        assert.throws(
          () => group.spawn(function another() {}),
          /CancelledError: task group is stopping: another was not/,
        );
      }),
    );
    assert.equal(errors.length, 1);
    assert.throws(() => kept!.spawn(function late() {}), /task group has ended, and late cannot join it/);
  });

  it('carries the context of the spawn, and each task has its own (task_context)', async () => {
    const user = new AsyncLocalStorage<string>();
    const seen = await user.run('outer', () =>
      withTaskGroup(async (group) => {
        const asked = [
          group.spawn(async () => {
            await sleep(1);
            return user.getStore();
          }),
          user.run('inner', () => group.spawn(() => sleep(1).then(() => user.getStore()))),
        ];
        return [...(await Promise.all(asked)), user.getStore()];
      }),
    );
    assert.deepEqual(seen, ['outer', 'inner', 'outer']);
    await withTaskGroup(async (group) => {
      const [one, two] = [group.spawn(async () => currentSignal()), group.spawn(async () => currentSignal())];
      assert.notEqual(await one, await two);
      assert.equal(currentSignal(), group.signal);
    });
    assert.equal(currentSignal(), undefined);
  });

  it('keeps in a task what the task does to its context, also before its first wait', async () => {
    const user = new AsyncLocalStorage<string>();
    const seen = await user.run('outer', () =>
      withTaskGroup(async (group) => {
        const one = group.spawn(async () => {
          user.enterWith('of one');
          await sleep(1);
          return user.getStore();
        });
        const other = group.spawn(async () => user.getStore());
        return [user.getStore(), await one, await other];
      }),
    );
    assert.deepEqual(seen, ['outer', 'of one', 'outer']);
  });

  it('draws each task in a lane of its own, under its name (task_name)', async () => {
    const timeline = await record(() =>
      withTaskGroup((group) => {
        group.spawn(() => sleep(5), { name: 'boil' });
        group.spawn(() => sleep(5), { name: 'fry' });
      }),
    );
    assert.deepEqual(
      timeline.tasks.map(({ name, lane }) => `${lane} ${name}`),
      ['task 1 boil', 'task 2 fry'],
    );
    assert.equal(timeline.overlaps('boil', 'fry'), true);
  });

  it('refuses what is no function', async () => {
    await assert.rejects(withTaskGroup(5 as never), /withTaskGroup\(\) needs a function to give the group to, not 5/);
    const errors = await errorsOf(withTaskGroup((group) => void group.spawn(sleep(0) as never)));
    assert.match(String(errors[0]), /task group spawns functions, not object/);
  });
});
