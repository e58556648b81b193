import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CancelledError } from '../../src/executors/errors.ts';
import { type Executor, withExecutor } from '../../src/executors/executor.ts';
import { ProcessPoolExecutor, ThreadPoolExecutor } from '../../src/executors/executors.ts';
import { cpuTime } from '../../src/timing/cpu.ts';
import { inCell } from '../show/cell.ts';
import { makers, pools, until } from './makers.ts';
import { recorded } from './recorded.ts';

// Not which numbers: what other tests left for ever under way keeps its lane.
const lanes = {
  SerialExecutor: /^main$/,
  AsyncExecutor: /^task \d+$/,
  ThreadPoolExecutor: /^thread \d+$/,
  ProcessPoolExecutor: /^process \d+$/,
};

for (const [name, make] of Object.entries(makers) as [keyof typeof makers, () => Executor][]) {
  describe(`the events of a task: ${name}`, () => {
    it('are four, with times in order, its name, and the lane where it ran', async () => {
      const double = (x: number) => 2 * x;
      const events = await recorded(() =>
        withExecutor(make(), async (executor) => {
          await executor.map(double, [1, 2, 3]);
          await executor.with({ name: 'other' }).submit(double, 4);
        }),
      );
      const ids = [...new Set(events.flatMap(({ id }) => (id === undefined ? [] : [id])))];
      assert.equal(ids.length, 4);
      for (const [index, id] of ids.entries()) {
        const own = events.filter((event) => event.id === id).sort((a, b) => a.time - b.time);
        assert.deepEqual(
          own.map(({ kind }) => kind),
          ['submitted', 'started', 'finished', 'received'],
        );
        assert.ok(own.every((event) => event.name === (index < 3 ? 'double' : 'other')));
        assert.match(own[1]!.lane, lanes[name]);
        assert.deepEqual([own[0]!.lane, own[3]!.lane], ['main', 'main']);
      }
    });

    it('say when it failed', async () => {
      const events = await recorded(() =>
        withExecutor(make(), (executor) =>
          executor
            .submit(() => {
              throw new Error('no');
            })
            .exception(),
        ),
      );
      assert.equal(events.find(({ kind }) => kind === 'finished')?.ok, false);
    });
  });
}

for (const [name, make] of Object.entries(pools)) {
  describe(`the events of a worker: ${name}`, () => {
    it('are spawned, ready, exited; a lane is free again after that', async () => {
      let before: string[] | undefined;
      for (let round = 0; round < 2; round += 1) {
        const events = await recorded(() => withExecutor(make(), (pool) => pool.warmUp()));
        const used = [...new Set(events.map(({ lane }) => lane))].sort();
        assert.equal(used.length, 2);
        assert.deepEqual(used, before ?? used);
        before = used;
        for (const lane of used) {
          assert.match(lane, lanes[name as keyof typeof pools]);
          const own = events.filter((event) => event.lane === lane).sort((a, b) => a.time - b.time);
          assert.deepEqual(
            own.map((event) => event.kind),
            ['spawned', 'ready', 'exited'],
          );
        }
      }
    });
  });

  describe(`what a pool worker prints: ${name}`, () => {
    it('is shown in order, before the future of its task is done', async () => {
      const seen: string[] = [];
      const { write } = process.stdout;
      process.stdout.write = ((chunk: string | Uint8Array, ...rest: never[]) => {
        const text = String(chunk);
        if (!text.startsWith('#')) return write.call(process.stdout, chunk, ...rest);
        seen.push(...text.trim().split('\n'));
        return true;
      }) as typeof process.stdout.write;
      try {
        await withExecutor(make(1), async (pool) => {
          const talk = (n: number) => {
            for (let line = 0; line < 20; line += 1) console.log(`#${n}.${line}`);
          };
          for (let n = 0; n < 20; n += 1) {
            await pool.submit(talk, n);
            assert.equal(seen.length, 20 * (n + 1));
          }
          const chunk = await pool.map(talk, [20, 21, 22], { chunksize: 3 });
          assert.equal(chunk.length, 3);
        });
      } finally {
        process.stdout.write = write;
      }
      assert.deepEqual(
        seen,
        Array.from({ length: 460 }, (_, index) => `#${Math.floor(index / 20)}.${index % 20}`),
      );
    });
  });

  describe(`an interrupt of the cell: ${name}`, () => {
    it('cancels what the pool has not finished; the pool goes on', () =>
      inCell(async ({ ends, interrupt }) => {
        await withExecutor(make(1), async (pool) => {
          const spin = () => {
            for (;;);
          };
          const futures = [1, 2, 3].map(() => pool.submit(spin));
          await until(() => futures[0]!.running());
          assert.equal(ends.size, 1);
          interrupt();
          for (const future of futures) await assert.rejects(future.result(), CancelledError);
          assert.equal(await pool.submit(() => 1), 1);
        });
        assert.equal(ends.size, 0);
      }));

    it('ends an initializer that hangs, and with it warmUp; the next task has a worker', () =>
      inCell(async ({ ends, interrupt }) => {
        const folder = mkdtempSync(join(tmpdir(), 'initializer-'));
        const begun = join(folder, 'begun');
        const initializer = (file: string) => {
          const { existsSync, writeFileSync } = process.getBuiltinModule('node:fs');
          if (existsSync(file)) return;
          writeFileSync(file, '');
          for (;;);
        };
        const Pool = name === 'ThreadPoolExecutor' ? ThreadPoolExecutor : ProcessPoolExecutor;
        try {
          await withExecutor(new Pool(1, { initializer, initargs: [begun] }), async (pool) => {
            const warm = pool.warmUp();
            await until(() => existsSync(begun));
            interrupt();
            await assert.rejects(warm, CancelledError);
            await pool.warmUp();
            assert.equal(await pool.submit(() => 1), 1);
          });
        } finally {
          rmSync(folder, { recursive: true });
        }
        assert.equal(ends.size, 0);
      }));
  });
}

describe('CPU time', () => {
  it('of pool processes counts when their tasks are done', async () => {
    await withExecutor(pools.ProcessPoolExecutor(1), async (pool) => {
      await pool.warmUp();
      await pool.submit(() => 1);
      const burn = () => {
        const start = process.cpuUsage().user;
        while (process.cpuUsage().user - start < 50_000);
      };
      const before = cpuTime();
      await pool.submit(burn);
      assert.ok(cpuTime() - before >= 50);
    });
  });
});
