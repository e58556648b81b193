import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { AsyncLock } from '../../src/index.ts';
import { type Either, kinds, run, warningsOf, words } from './helpers.ts';

/** Takes and releases it, so that it is the lock that its thread takes again and again. */
const often = (one: Either): void => {
  for (let n = 0; n < 3; n += 1) {
    one.acquireSync().release();
    one.withSync(() => {});
  }
};

for (const [kind, Kind] of Object.entries(kinds)) {
  describe(`${kind} that a thread takes again and again`, function () {
    this.timeout(120_000);

    /** Counts in `to` whether what one task holds could be released by another, and whether that was refused. */
    const foreign = async (one: Either, to: Int32Array, when: 'before' | 'inside') => {
      const turn = () => new Promise((resolve) => setImmediate(resolve));
      const scopes = new AsyncLock();
      let state = '';
      const open = () =>
        scopes.with(async () => {
          state = 'open';
          while (when === 'inside' && state !== 'taken often') await turn();
          const guard = one.acquireSync();
          state = 'held';
          while (state !== 'tried') await turn();
          guard.release();
        });
      if (when === 'before') often(one);
      const opened = open();
      while (state === '') await turn();
      if (when === 'inside') {
        often(one);
        state = 'taken often';
      }
      while (state !== 'held') await turn();
      try {
        one.release();
        to[0]! += 1;
      } catch (error) {
        if (/held by another task/.test((error as Error).message)) to[1]! += 1;
      }
      state = 'tried';
      await opened;
    };

    it('is one task’s also when it was taken before that task began, or meanwhile', async () => {
      for (const when of ['before', 'inside'] as const) {
        const seen = words();
        assert.equal(await run(foreign, new Kind(), seen, when), true);
        assert.deepEqual([...seen.subarray(0, 2)], [0, 1], when);
      }
    });

    it('is known by the order in which it is taken with another', async () => {
      const both = (one: Either, two: Either) => {
        often(one);
        const first = one.acquireSync();
        const second = two.acquireSync();
        first.release();
        one.withSync(() => {});
        second.release();
      };
      const told = await warningsOf(() => run(both, new Kind({ name: 'one' }), new Kind({ name: 'two' })));
      assert.equal(told.length > 0, true, 'nobody was warned');
    });

    it('is known by that as well when the first lock of three was left before', async () => {
      const nest = (door: Either, one: Either, two: Either) => {
        const outer = door.acquireSync();
        const inner = one.acquireSync();
        two.withSync(() => {});
        outer.release();
        // It was the last that this thread took, and was behind the door then.
        two.withSync(() => {});
        inner.release();
      };
      const other = (door: Either, one: Either, two: Either) => {
        door.withSync(() => two.withSync(() => one.withSync(() => {})));
      };
      const [door, one, two] = ['door', 'one', 'two'].map((name) => new Kind({ name })) as [Either, Either, Either];
      const told = await warningsOf(async () => {
        assert.equal(await run(nest, door, one, two), true);
        assert.equal(await run(other, door, one, two), true);
      });
      assert.equal(told.length > 0, true, 'nobody was warned');
    });

    it('is told to those who listen, each time', async () => {
      const count = (one: Either, to: Int32Array, name: string) => {
        often(one);
        const hear = (event: unknown) => {
          const { kind: what } = event as { kind: string };
          to[what === 'acquired' ? 0 : 1]! += 1;
        };
        const { subscribe, unsubscribe } = process.getBuiltinModule('node:diagnostics_channel');
        subscribe(name, hear);
        often(one);
        unsubscribe(name, hear);
        often(one);
      };
      const seen = words();
      assert.equal(await run(count, new Kind(), seen, 'interleaved:wait'), true);
      assert.deepEqual([...seen.subarray(0, 2)], [6, 6]);
    });

    it('refuses a time-out that is none, and to block a main thread', async () => {
      const here = new Kind();
      (await here.acquire()).release();
      (await here.acquire()).release();
      assert.throws(() => here.acquireSync(), /would block the main thread/);
      assert.throws(() => here.withSync(() => {}), /would block the main thread/);
      const wrong = (one: Either, to: Int32Array) => {
        often(one);
        for (const take of [() => one.acquireSync({ timeout: -1 }), () => one.withSync(() => {}, { timeout: -1 })]) {
          try {
            take();
          } catch (error) {
            if (error instanceof RangeError) to[0]! += 1;
          }
        }
      };
      const seen = words();
      assert.equal(await run(wrong, here, seen), true);
      assert.equal(seen[0], 2);
    });
  });
}

describe('a lock that was taken before the function of its thread began', () => {
  it('is that function’s when it takes it', async () => {
    const worker = new Worker(new URL('./usual-worker.ts', import.meta.url));
    try {
      assert.deepEqual(await once(worker, 'message'), ['released']);
    } finally {
      await worker.terminate();
    }
  });
});
