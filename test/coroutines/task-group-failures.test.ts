import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { withTaskGroup } from '../../src/coroutines/task-group.ts';
import { errorsOf, failing, long, sleep, tidy } from './members.ts';

/** The numbers are those of CPython's test_taskgroups, whose meaning each of these has. */
describe('withTaskGroup', () => {
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

  it('has the failures of an inner group as one of its own (nested, 17)', async () => {
    const [inner, ...rest] = await errorsOf(
      withTaskGroup((outer) => {
        outer.spawn(() => withTaskGroup((inner) => void inner.spawn(() => failing(new TypeError('deep')))));
      }),
    );
    assert.deepEqual(rest, []);
    assert.deepEqual((inner as AggregateError).errors, [new TypeError('deep')]);
  });

  it('does not take an abort of somebody else’s signal for a cancellation', async () => {
    const errors = await errorsOf(
      withTaskGroup((group) => void group.spawn(() => pause(long, undefined, { signal: AbortSignal.timeout(1) }))),
    );
    assert.equal((errors[0] as Error).name, 'AbortError');
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
});
