import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { CancelledError, TimeoutError } from '../../src/executors/errors.ts';
import { withExecutor } from '../../src/executors/executor.ts';
import { AsyncExecutor, SerialExecutor } from '../../src/executors/executors.ts';
import { Future } from '../../src/executors/future.ts';

/** A task that ends when told to. */
function gate<T>() {
  let open!: (value: T) => void;
  const promise = new Promise<T>((resolve) => {
    open = resolve;
  });
  return { task: () => promise, open };
}

describe('Future', () => {
  it('goes from waiting over running to done, and says so', async () => {
    await withExecutor(new AsyncExecutor(1), async (executor) => {
      const first = gate<number>();
      const running = executor.submit(first.task);
      const waiting = executor.submit(() => 2);
      assert.deepEqual([running.running(), running.done(), running.cancelled()], [true, false, false]);
      assert.deepEqual([waiting.running(), waiting.done(), waiting.started], [false, false, undefined]);
      assert.match(inspect(waiting), /^Future \{ 'anonymous', waiting \}$/);
      first.open(1);
      assert.deepEqual([await running, await waiting], [1, 2]);
      assert.deepEqual([waiting.running(), waiting.done(), waiting.cancelled()], [false, true, false]);
    });
  });

  it('is a promise as far as await, Promise.all and finally go', async () => {
    await withExecutor(new SerialExecutor(), async (executor) => {
      let ended = 0;
      const one = executor
        .submit(() => 1)
        .finally(() => {
          ended += 1;
        });
      const failing = executor.submit(() => {
        throw new Error('no');
      });
      assert.deepEqual(await Promise.all([one, executor.submit(() => 2)]), [1, 2]);
      assert.equal(ended, 1);
      assert.equal(await failing.catch((error: unknown) => (error as Error).message), 'no');
    });
  });

  it('waits for its result no longer than asked, and the task goes on', async () => {
    await withExecutor(new AsyncExecutor(), async (executor) => {
      const { task, open } = gate<string>();
      const future = executor.with({ name: 'slow' }).submit(task);
      await assert.rejects(future.result(5), (error) => {
        assert.ok(error instanceof TimeoutError);
        assert.match(error.message, /'slow' has no result after 5 ms/);
        return true;
      });
      await assert.rejects(future.exception(5), TimeoutError);
      assert.equal(future.running(), true);
      open('here');
      assert.equal(await future.result(1000), 'here');
      assert.equal(await future.exception(), undefined);
    });
  });

  it('throws CancelledError from result and exception once it is cancelled', async () => {
    await withExecutor(new AsyncExecutor(1), async (executor) => {
      const { task, open } = gate<void>();
      executor.submit(task);
      const future = executor.submit(() => 1);
      assert.equal(future.cancel(), true);
      assert.equal(future.cancel(), true);
      assert.deepEqual([future.cancelled(), future.done(), future.running()], [true, true, false]);
      await assert.rejects(future.result(), CancelledError);
      await assert.rejects(future.exception(), CancelledError);
      open();
    });
  });

  it('calls its callbacks once, in order, with itself; at once when it is done', async () => {
    await withExecutor(new AsyncExecutor(), async (executor) => {
      const { task, open } = gate<number>();
      const future = executor.submit(task);
      const calls: string[] = [];
      future.addDoneCallback((self) => calls.push(`a ${self === future}`));
      future.addDoneCallback(() => calls.push('b'));
      open(1);
      await future;
      future.addDoneCallback(() => calls.push('c'));
      assert.deepEqual(calls, ['a true', 'b', 'c']);
    });
  });

  it('keeps the error nobody asks for to itself, as in Python', async () => {
    const noise: unknown[] = [];
    const hear = (reason: unknown) => noise.push(reason);
    process.on('unhandledRejection', hear);
    try {
      await withExecutor(new SerialExecutor(), async (executor) => {
        const future = executor.submit(() => {
          throw new Error('unseen');
        });
        await new Promise(setImmediate);
        await new Promise(setImmediate);
        assert.equal(future.done(), true);
        assert.equal(((await future.exception()) as Error).message, 'unseen');
      });
      assert.deepEqual(noise, []);
    } finally {
      process.off('unhandledRejection', hear);
    }
  });

  it('is made by executors only', () => {
    assert.throws(() => new Future({}), /call submit/);
  });
});
