import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { withTaskGroup } from '../../src/coroutines/task-group.ts';
import { CancelledError } from '../../src/executors/errors.ts';
import { inCell } from '../show/cell.ts';
import { errorsOf, failing, sleep, tidy } from './members.ts';

/** The numbers are those of CPython's test_taskgroups, whose meaning each of these has. */
describe('withTaskGroup', () => {
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

  it('takes a task that cancels itself for cancelled, not failed (20)', async () => {
    const state = await withTaskGroup(async (group) => {
      const task = group.spawn(() => Promise.reject(new CancelledError('mine')));
      await assert.rejects(Promise.resolve(task), CancelledError);
      await sleep(1);
      return task.state;
    });
    assert.equal(state, 'cancelled');
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

  it('stops when its cell is interrupted, and leaves nobody listening', () =>
    inCell(async ({ ends, interrupt }) => {
      const log: string[] = [];
      const run = withTaskGroup((group) => void group.spawn(tidy(log)));
      interrupt();
      await assert.rejects(run, /CancelledError/);
      assert.deepEqual(log, ['tidied']);
      assert.equal(ends.size, 0);
    }));
});
