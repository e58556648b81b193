import assert from 'node:assert/strict';
import { withExecutor } from '../../src/executors/executor.ts';
import { ProcessPoolExecutor, SerialExecutor, ThreadPoolExecutor } from '../../src/executors/executors.ts';
import type { Task } from '../../src/timing/lanes.ts';
import { record } from '../../src/timing/recorder.ts';

const messages = (tasks: readonly Task[]) => new Set(tasks.map(({ lane, message }) => `${lane} ${message}`)).size;

describe('the message that brought a task', function () {
  this.timeout(120_000);
  const items = Array.from({ length: 40 }, (_, i) => i);

  for (const Pool of [ThreadPoolExecutor, ProcessPoolExecutor]) {
    for (const [chunksize, expected] of [
      [1, 40],
      [10, 4],
      [40, 1],
    ] as const) {
      it(`is numbered: ${Pool.name}, chunks of ${chunksize}`, async () => {
        const { tasks } = await withExecutor(new Pool(2), (pool) =>
          record(() => pool.map((n) => n + 1, items, { chunksize })),
        );
        assert.equal(tasks.length, 40);
        assert.ok(tasks.every(({ message }) => message !== undefined));
        assert.equal(messages(tasks), expected);
      });
    }
  }

  it('is absent where none was needed', async () => {
    const { tasks } = await record(() => new SerialExecutor().map((n) => n + 1, items));
    assert.ok(tasks.every(({ message }) => message === undefined));
  });
});
