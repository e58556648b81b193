import assert from 'node:assert/strict';
import { Station } from '../../../src/executors/cluster/station.ts';
import type { Report } from '../../../src/executors/protocol.ts';
import { batchOf } from './bench.ts';

/** Another function each time, which notes in its process that it was built there. */
function numbered(number: number): (x: number) => number {
  const fn = function one(x: number): number {
    const here = globalThis as { built?: WeakRef<object>[] };
    here.built ??= [];
    here.built.push(new WeakRef(one));
    return x;
  };
  return Object.assign(fn, { number });
}

/** How many of those that were built are still there. */
async function alive(): Promise<number> {
  process.getBuiltinModule('node:v8').setFlagsFromString('--expose-gc');
  // A function that has just run is kept until a later turn.
  await new Promise((resolve) => setTimeout(resolve, 20));
  (process.getBuiltinModule('node:vm').runInNewContext('gc') as () => void)();
  const { built = [] } = globalThis as { built?: WeakRef<object>[] };
  return new Set(built.map((ref) => ref.deref()).filter((fn) => fn !== undefined)).size;
}

describe('the process of a worker of a cluster', () => {
  it('does not keep all functions that ever came, and builds one again that it has forgotten', async () => {
    const station = new Station('w');
    try {
      await station.open();
      const run = (fn: (x: number) => unknown, arg: number) =>
        new Promise<unknown>((resolve, reject) => {
          const report = ({ values, failed, end }: Report): void => {
            if (failed !== undefined) reject(values[0]);
            else if (end) resolve(values[0]);
          };
          station.send(batchOf(fn, [arg]), [0], { report, left() {}, died: reject });
        });
      const functions = Array.from({ length: 100 }, (_, number) => numbered(number));
      for (const [index, fn] of functions.entries()) assert.equal(await run(fn, index), index);
      const kept = (await run(alive, 0)) as number;
      assert.ok(kept >= 32 && kept <= 70, `${kept} are kept`);
      assert.equal(await run(functions[0]!, 7), 7);
      assert.equal(await run(functions[99]!, 8), 8);
    } finally {
      await station.close();
    }
  });
});
