import assert from 'node:assert/strict';
import fc from 'fast-check';
import { AsyncLock } from '../../src/sync/async-lock.ts';
import { AsyncSemaphore } from '../../src/sync/async-semaphore.ts';
import type { Guard } from '../../src/sync/hold.ts';
import { settle } from './settle.ts';

describe('any order of acquire, give up and release', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('acquire' as const) }),
    fc.record({ do: fc.constant('abort' as const), which: fc.nat(20) }),
    fc.record({ do: fc.constant('release' as const), which: fc.nat(20) }),
    fc.record({ do: fc.constant('pass time' as const) }),
  );

  // The model: a list of those who hold and a list of those who wait.
  it('leaves the turn with whom the model says', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.array(step, { maxLength: 40 }), async (permits, steps) => {
        const of = permits === 1 ? new AsyncLock() : new AsyncSemaphore(permits);
        const holders: number[] = [];
        const waiting: number[] = [];
        const aborts: AbortController[] = [];
        const guards = new Map<number, Guard>();
        const granted: number[] = [];
        const gaveUp: number[] = [];
        const expectedGrants: number[] = [];
        const expectedGivenUp: number[] = [];
        const all: Promise<void>[] = [];
        const grant = (id: number): void => {
          holders.push(id);
          expectedGrants.push(id);
        };
        const release = async (id: number): Promise<void> => {
          await settle();
          guards.get(id)!.release();
          holders.splice(holders.indexOf(id), 1);
          const next = waiting.shift();
          if (next !== undefined) grant(next);
        };
        for (const each of steps) {
          if (each.do === 'acquire') {
            const id = aborts.length;
            const abort = new AbortController();
            aborts.push(abort);
            if (holders.length < permits) grant(id);
            else waiting.push(id);
            all.push(
              of.acquire({ signal: abort.signal }).then(
                (guard) => {
                  guards.set(id, guard);
                  granted.push(id);
                },
                () => void gaveUp.push(id),
              ),
            );
          } else if (each.do === 'abort' && aborts.length > 0) {
            const id = each.which % aborts.length;
            aborts[id]!.abort();
            const index = waiting.indexOf(id);
            if (index >= 0) expectedGivenUp.push(...waiting.splice(index, 1));
          } else if (each.do === 'release' && holders.length > 0) {
            await release(holders[each.which % holders.length]!);
          } else if (each.do === 'pass time') await settle();
          assert.equal(of.waiting, waiting.length);
          assert.equal(of.locked, holders.length === permits);
        }
        while (holders.length > 0) await release(holders[0]!);
        await Promise.all(all);
        assert.deepEqual(granted, expectedGrants);
        assert.deepEqual(gaveUp, expectedGivenUp);
        assert.equal(granted.length + gaveUp.length, aborts.length);
        assert.equal(of.locked, false);
      }),
      { numRuns: 200 },
    );
  });
});
