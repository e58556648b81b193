import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { type TaskGroup, withTaskGroup } from '../../src/coroutines/task-group.ts';
import { CancelledError } from '../../src/executors/errors.ts';
import { currentSignal } from '../../src/executors/local.ts';
import { type Host, setHost } from '../../src/show/host.ts';
import { record } from '../../src/timing/recorder.ts';

/** Long enough for anything to fail that waits for it. */
const long = 30_000;

const sleep = (ms: number, signal = currentSignal()): Promise<void> => pause(ms, undefined, { signal });

async function failing(error: unknown, ms = 1): Promise<never> {
  await sleep(ms);
  throw error;
}

/** A task that waits until it is told to stop, tidies up for a while, and notes that. */
function tidy(log: string[], name = 'tidied') {
  return async (signal: AbortSignal) => {
    try {
      await pause(long, undefined, { signal });
    } finally {
      await pause(5);
      log.push(name);
    }
  };
}

async function errorsOf(run: Promise<unknown>): Promise<unknown[]> {
  try {
    await run;
  } catch (error) {
    assert.ok(error instanceof AggregateError, String(error));
    return error.errors;
  }
  assert.fail('it did not throw');
}

/** The numbers are those of CPython's test_taskgroups, whose meaning each of these has. */
describe('withTaskGroup', () => {
  it('waits for all and gives their results (01, 02)', async () => {
    const log: number[] = [];
    const value = await withTaskGroup(async (group) => {
      const one = group.spawn(async () => {
        await sleep(5);
        log.push(1);
        return 42;
      });
      const two = group.spawn(async () => {
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

  it('waits for a task that was cancelled by itself, which is no failure (03)', async () => {
    const log: string[] = [];
    await withTaskGroup((group) => {
      const task = group.spawn(tidy(log));
      group.spawn(async () => {
        await sleep(1);
        task.cancel('not needed');
        task.cancel();
        log.push('the other goes on');
      });
      return undefined;
    });
    assert.deepEqual(log, ['the other goes on', 'tidied']);
  });

  it('cancels siblings and its own function when a task fails, and waits for their cleanup (04, 07, children)', async () => {
    const log: string[] = [];
    const errors = await errorsOf(
      withTaskGroup(async (group) => {
        group.spawn(() => failing(new RangeError('first')));
        group.spawn(tidy(log, 'sibling'));
        try {
          await sleep(long); // currentSignal() is the group's
        } catch (error) {
          log.push('function');
          throw error;
        }
      }),
    );
    assert.deepEqual(errors, [new RangeError('first')]);
    assert.deepEqual(log, ['function', 'sibling']);
  });

  it('gathers all errors, those of cleanup too (05, 06, 08, 09)', async () => {
    const late = async (signal: AbortSignal) => {
      try {
        await pause(long, undefined, { signal });
      } finally {
        // biome-ignore lint/correctness/noUnsafeFinally: a cleanup that fails is what is tested
        throw new TypeError('cleanup');
      }
    };
    const group = withTaskGroup(
      async (group) => {
        group.spawn(late);
        group.spawn(() => failing(new RangeError('task')));
        try {
          await sleep(long);
        } catch {
          throw new SyntaxError('function');
        }
      },
      { name: 'loading' },
    );
    const errors = await errorsOf(group);
    assert.deepEqual(errors.map(String).sort(), ['RangeError: task', 'SyntaxError: function', 'TypeError: cleanup']);
    await assert.rejects(group, /^AggregateError: loading: 3 failures, the first: RangeError: task$/);
  });

  it('cancels its tasks when its own function fails (10, 11)', async () => {
    const log: string[] = [];
    const error = new Error('function');
    const errors = await errorsOf(
      withTaskGroup(async (group) => {
        group.spawn(tidy(log));
        await sleep(1);
        throw error;
      }),
    );
    assert.equal(errors[0], error);
    assert.deepEqual(log, ['tidied']);
  });

  it('tells of one error once, though its function waited for the task that threw it', async () => {
    const errors = await errorsOf(withTaskGroup(async (group) => await group.spawn(() => failing(new Error('one')))));
    assert.equal(errors.length, 1);
  });

  it('takes a function that throws at once for a task that fails (12)', async () => {
    let isSpawned = false;
    const errors = await errorsOf(
      withTaskGroup((group) => {
        group.spawn(() => {
          throw 7;
        });
        group.spawn(() => {
          isSpawned = true;
        });
      }),
    );
    assert.deepEqual(errors, [7]);
    assert.equal(isSpawned, true);
  });

  it('stops when it is cancelled from outside, and throws CancelledError when all have left (cancellation, 13)', async () => {
    const log: string[] = [];
    const controller = new AbortController();
    const run = withTaskGroup(
      (group) => {
        for (let n = 0; n < 5; n++) group.spawn(tidy(log, `${n}`));
      },
      { signal: controller.signal },
    );
    await pause(1);
    controller.abort('enough');
    await assert.rejects(run, (error) => error instanceof CancelledError && error.cause === 'enough');
    assert.deepEqual(log, ['0', '1', '2', '3', '4']);
  });

  it('throws the errors when it is both cancelled and failing (error_and_cancel, 16)', async () => {
    const controller = new AbortController();
    const run = withTaskGroup(
      (group) =>
        void group.spawn(async (signal) => {
          try {
            await pause(long, undefined, { signal });
          } catch {
            throw new RangeError('cleanup');
          }
        }),
      { signal: controller.signal },
    );
    controller.abort();
    assert.deepEqual(await errorsOf(run), [new RangeError('cleanup')]);
  });

  it('does not begin when it is cancelled already', async () => {
    const never = withTaskGroup(() => assert.fail('it began'), { signal: AbortSignal.abort('no') });
    await assert.rejects(never, CancelledError);
  });

  it('cancels an inner group with the outer one, without being told its signal (14, 15, nested)', async () => {
    const log: string[] = [];
    const errors = await errorsOf(
      withTaskGroup((outer) => {
        outer.spawn(async () => {
          await withTaskGroup((inner) => {
            inner.spawn(tidy(log, 'inner'));
          });
          log.push('after');
        });
        outer.spawn(() => failing(new RangeError('outer')));
      }),
    );
    assert.deepEqual(errors, [new RangeError('outer')]);
    assert.deepEqual(log, ['inner']);
  });

  it('has the failures of an inner group as one of its own (nested, 17)', async () => {
    const [inner, ...rest] = await errorsOf(
      withTaskGroup((outer) => {
        outer.spawn(() => withTaskGroup((inner) => void inner.spawn(() => failing(new TypeError('deep')))));
      }),
    );
    assert.deepEqual(rest, []);
    assert.deepEqual((inner as AggregateError).errors, [new TypeError('deep')]);
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

  it('takes a task that cancels itself for cancelled, not failed (20)', async () => {
    const state = await withTaskGroup(async (group) => {
      const task = group.spawn(() => Promise.reject(new CancelledError('mine')));
      await assert.rejects(Promise.resolve(task), CancelledError);
      await sleep(1);
      return task.state;
    });
    assert.equal(state, 'cancelled');
  });

  it('does not take an abort of somebody else’s signal for a cancellation', async () => {
    const errors = await errorsOf(
      withTaskGroup((group) => void group.spawn(() => pause(long, undefined, { signal: AbortSignal.timeout(1) }))),
    );
    assert.equal((errors[0] as Error).name, 'AbortError');
  });

  it('ends early by cancel(), with what its function returns (effection: the body’s end halts the rest)', async () => {
    const log: string[] = [];
    const first = await withTaskGroup(async (group) => {
      const fast = group.spawn(() => sleep(1).then(() => 'fast'));
      group.spawn(tidy(log));
      const won = await fast;
      group.cancel();
      return won;
    });
    assert.equal(first, 'fast');
    assert.deepEqual(log, ['tidied']);
  });

  it('tidies up from the inside out (effection: a scope’s teardown)', async () => {
    const log: string[] = [];
    const controller = new AbortController();
    const run = withTaskGroup(
      (outer) => {
        outer.spawn(async () => {
          try {
            await withTaskGroup((inner) => void inner.spawn(tidy(log, 'inner')));
          } finally {
            log.push('outer');
          }
        });
      },
      { signal: controller.signal },
    );
    controller.abort();
    await assert.rejects(run, CancelledError);
    assert.deepEqual(log, ['inner', 'outer']);
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

  it('stops when its cell is interrupted, and leaves nobody listening', async () => {
    const ends = new Set<() => void>();
    const host: Host = {
      display() {},
      onInterrupt(end) {
        ends.add(end);
        return () => ends.delete(end);
      },
    };
    setHost(host);
    try {
      const log: string[] = [];
      const run = withTaskGroup((group) => void group.spawn(tidy(log)));
      for (const end of [...ends]) end();
      await assert.rejects(run, /CancelledError/);
      assert.deepEqual(log, ['tidied']);
      assert.equal(ends.size, 0);
    } finally {
      setHost(undefined);
    }
  });

  it('raises no unhandled rejection, whoever waits for what', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', note);
    try {
      await errorsOf(
        withTaskGroup((group) => {
          for (let n = 0; n < 10; n++) group.spawn(() => failing(new Error(`${n}`)), { name: `task ${n}` });
        }),
      );
      await pause(5);
      assert.deepEqual(unhandled, []);
    } finally {
      process.off('unhandledRejection', note);
    }
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
