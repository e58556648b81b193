import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CancelledError, WorkerDied } from '../../src/executors/errors.ts';
import { withExecutor } from '../../src/executors/executor.ts';
import { ThreadPoolExecutor } from '../../src/executors/executors.ts';
import { pools } from './makers.ts';

type Fate = 'number' | 'object' | 'later' | 'throw' | 'exit' | 'cancel';

const fates = fc.array(
  fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom<Fate>('number', 'object', 'throw') },
    { weight: 4, arbitrary: fc.constantFrom<Fate>('later', 'cancel') },
    { weight: 1, arbitrary: fc.constant<Fate>('exit') },
  ),
  { maxLength: 120 },
);

/** Does what it is told, and counts that it did. */
async function act([fate, index, counts]: readonly [Fate, number, Int32Array | undefined]): Promise<unknown> {
  if (counts) Atomics.add(counts, index, 1);
  if (fate === 'exit') process.exit(1);
  if (fate === 'throw') throw new RangeError(String(index));
  if (fate === 'later') await new Promise((resolve) => setTimeout(resolve, 1));
  return fate === 'object' ? { index } : index;
}

function check(fate: Fate, index: number, outcome: PromiseSettledResult<unknown>): void {
  const error = outcome.status === 'rejected' ? outcome.reason : undefined;
  if (fate === 'exit') assert.ok(error instanceof WorkerDied, String(error));
  else if (fate === 'throw') assert.ok(error instanceof RangeError && error.message === String(index), String(error));
  else if (fate === 'cancel' && error !== undefined) assert.ok(error instanceof CancelledError, String(error));
  else assert.deepEqual(outcome, { status: 'fulfilled', value: fate === 'object' ? { index } : index });
}

describe('tasks of every fate at once', () => {
  for (const [name, make] of Object.entries(pools)) {
    it(`each meet their own; none runs twice in threads: ${name}`, async () => {
      await withExecutor(make(2), async (pool) => {
        await fc.assert(
          fc.asyncProperty(fates, async (list) => {
            const counts =
              pool instanceof ThreadPoolExecutor ? new Int32Array(new SharedArrayBuffer(4 * list.length)) : undefined;
            const futures = list.map((fate, index) => pool.submit(act, [fate, index, counts] as const));
            for (const [index, fate] of list.entries()) {
              if (fate === 'cancel') setTimeout(() => futures[index]!.cancel(), index % 5);
            }
            const outcomes = await Promise.allSettled(futures);
            for (const [index, outcome] of outcomes.entries()) check(list[index]!, index, outcome);
            counts?.forEach((count, index) => {
              assert.ok(count === 1 || (count === 0 && list[index] === 'cancel'), `task ${index} ran ${count} times`);
            });
          }),
          { numRuns: 12 },
        );
      });
    });
  }
});
