import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { withExecutor } from '../../src/index.ts';
import { pools } from './makers.ts';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

let data: number[] = [];
const use = () => {
  const worker = globalThis as { seen?: WeakRef<object>[] };
  worker.seen ??= [];
  worker.seen.push(new WeakRef(data));
  return data[0];
};
/** How many versions of `data` this worker has had, and has. */
const versions = async () => {
  process.getBuiltinModule('node:v8').setFlagsFromString('--expose-gc');
  const clean: () => void = process.getBuiltinModule('node:vm').runInNewContext('gc');
  const { seen = [] } = globalThis as { seen?: WeakRef<object>[] };
  // What hangs on a weak thing goes in the round after it.
  for (let round = 0; round < 5; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    clean();
  }
  return { had: seen.length, has: seen.filter((ref) => ref.deref() !== undefined).length };
};
let count = 0;
const bump = () => ++count;
const size = (buffer: ArrayBuffer) => buffer.byteLength;
const waitFor = async (file: string) => {
  const { existsSync } = process.getBuiltinModule('node:fs');
  while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 5));
};
const call = (fn: () => number | undefined) => fn();

/** Lets the caller collect what it has no more, and its pools know it. */
const forgetHere = async (): Promise<void> => {
  await sleep(1);
  collect();
  await sleep(1);
};

for (const [name, newPool] of Object.entries(pools)) {
  describe(`versions of what a function captured: ${name}`, () => {
    it('are forgotten by a worker when the caller has forgotten them, the present one is not', async () => {
      await withExecutor(newPool(1), async (pool) => {
        for (let n = 0; n < 20; n += 1) {
          data = new Array<number>(1000).fill(n);
          assert.equal(await pool.submit(use), n);
          assert.equal(await pool.submit(bump), n + 1, 'what did not change was sent anew');
          await forgetHere();
        }
        const { had, has } = await pool.submit(versions);
        assert.equal(had, 20);
        assert.ok(has >= 1 && has <= 10, `${has} of 20 are kept`);
        assert.equal(await pool.submit(use), 19);
      });
    });

    it('are there for every task that waits, whatever the caller has forgotten', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'versions-'));
      const file = join(folder, 'go-on');
      await withExecutor(newPool(1), async (pool) => {
        const held = pool.submit(waitFor, file);
        const futures = [];
        for (let n = 0; n < 20; n += 1) {
          data = new Array<number>(1000).fill(n);
          futures.push(pool.submit(use));
          await forgetHere();
        }
        const waited = !held.done();
        writeFileSync(file, '');
        assert.ok(waited);
        assert.deepEqual(await Promise.all(futures), [...Array(20).keys()]);
      });
      rmSync(folder, { recursive: true });
    });

    it('are not kept when a message could not be sent in between', async () => {
      const gone = new ArrayBuffer(8);
      structuredClone(gone, { transfer: [gone] });
      await withExecutor(newPool(1), async (pool) => {
        for (let n = 0; n < 20; n += 1) {
          data = new Array<number>(1000).fill(n);
          assert.equal(await pool.submit(use), n);
          await forgetHere();
          await assert.rejects(pool.submit(size, gone));
          assert.equal(await pool.submit(bump), n + 1);
        }
        const { has } = await pool.submit(versions);
        assert.ok(has <= 10, `${has} of 20 are kept`);
      });
    });

    it('that come within arguments are kept up to a bound', async () => {
      await withExecutor(newPool(1), async (pool) => {
        for (let n = 0; n < 20; n += 1) {
          data = new Array<number>(500_000).fill(n + 0.5);
          assert.equal(await pool.submit(call, use), n + 0.5);
        }
        const { had, has } = await pool.submit(versions);
        assert.equal(had, 20);
        assert.ok(has >= 1 && has <= 8, `${has} of 20 are kept`);
      });
    });
  });
}
