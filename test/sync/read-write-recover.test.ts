import assert from 'node:assert/strict';
import { LockOwnerDied } from '../../src/sync/errors.ts';
import { ReadWriteLock } from '../../src/sync/read-write-lock.ts';
import { start, words } from './helpers.ts';
import { atEachStep } from './interrupted.ts';

/** Locks that a thread held on that side when it was ended. */
async function abandoned(side: 'read' | 'write'): Promise<ReadWriteLock[]> {
  const locks = Array.from({ length: 400 }, () => new ReadWriteLock());
  const here = words(1);
  const thread = start(
    (all: ReadWriteLock[], from: 'read' | 'write', at: Int32Array) => {
      for (const lock of all) lock[from].acquireSync();
      Atomics.store(at, 0, 1);
      Atomics.notify(at, 0);
      Atomics.wait(at, 0, 1);
    },
    locks,
    side,
    here,
  );
  await Atomics.waitAsync(here, 0, 0).value;
  thread.terminate();
  await thread.join();
  return locks;
}

describe('recover() of a ReadWriteLock, while another recovers it', () => {
  for (const side of ['read', 'write'] as const) {
    for (const next of ['read', 'write'] as const) {
      it(`has one do it, and leaves alone who came in meanwhile: ${side}, then ${next}`, async () => {
        let other = false;
        let came: ReturnType<ReadWriteLock['read']['tryAcquire']>;
        atEachStep(
          await abandoned(side),
          (lock) => lock.recover(),
          (lock) => {
            other = lock.recover();
            came = lock[next].tryAcquire();
          },
          (lock, mine, step) => {
            assert.deepEqual([mine, other].sort(), [false, true], step);
            assert.deepEqual([lock.readers, lock.writer], next === 'read' ? [['main'], undefined] : [[], 'main'], step);
            assert.equal(lock.write.tryAcquire(), undefined, step);
            came!.release();
            lock.write.tryAcquire()!.release();
            assert.equal(lock.recover(), false, step);
          },
        );
      });
    }
  }

  it('is not undone by one who looked before it', async () => {
    atEachStep(
      await abandoned('write'),
      (lock) => {
        try {
          lock.write.tryAcquire()?.release();
        } catch (error) {
          assert.ok(error instanceof LockOwnerDied);
        }
      },
      (lock) => assert.equal(lock.recover(), true),
      (lock, _, step) => {
        assert.equal(lock.recover(), false, step);
        lock.write.tryAcquire()!.release();
      },
    );
  });
});
