import assert from 'node:assert/strict';
import { QueueBroken } from '../../src/channels/errors.ts';
import { Pipe, type PipeEnd } from '../../src/channels/pipe.ts';
import { Queue } from '../../src/channels/queue.ts';
import { withExecutor } from '../../src/executors/executor.ts';
import { ProcessPoolExecutor, ThreadPoolExecutor } from '../../src/executors/executors.ts';
import type { Process } from '../../src/workers/process.ts';
import { start, until } from './makers.ts';

const sources = {
  Thread: new URL('../../src/workers/thread.ts', import.meta.url).href,
  Process: new URL('../../src/workers/process.ts', import.meta.url).href,
};
type Kind = keyof typeof sources;

/** A promise's error, or what it gave. */
const failure = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);

const putThenWait = async (to: Queue<string>, name: string) => {
  await to.put(name);
  await new Promise((resolve) => setTimeout(resolve, 2 ** 30));
};

/** Hands the queue on to a worker started there, in which `target` runs; gives back as soon as that is started. */
const handOn = async <E>(end: E, target: (end: E, name: string) => unknown, kind: Kind, source: string) => {
  const worker = new (await import(source))[kind](target, end, `by ${kind}`);
  worker.start();
};

/** Collects what nobody has any more, and waits until that is noticed. */
const collect = async () => {
  process.getBuiltinModule('node:v8').setFlagsFromString('--expose-gc');
  const gc = process.getBuiltinModule('node:vm').runInNewContext('gc') as () => void;
  for (let n = 0; n < 3; n += 1) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
};

describe('when a worker that has passed a queue on dies', () => {
  for (const outer of ['Thread', 'Process'] as const) {
    for (const inner of ['Thread', 'Process'] as const) {
      describe(`a ${outer} to a ${inner}`, () => {
        it('readers have what was put, then an error', async () => {
          const queue = new Queue<string>();
          const report = new Queue<string>();
          const middle = start(outer, handOn<Queue<string>>, queue, putThenWait, inner, sources[inner]);
          assert.equal(await queue.get(), `by ${inner}`);
          const read = async (from: Queue<string>, to: Queue<string>) => {
            const waiting = from.get().catch((error: Error) => to.put(error.name));
            await to.put('waits');
            await waiting;
          };
          const reader = start(outer, read, queue, report);
          assert.equal(await report.get(), 'waits');
          const mine = failure(queue.get());
          middle.terminate();
          assert.ok((await mine) instanceof QueueBroken);
          assert.equal(await report.get(), 'QueueBroken');
          for (const worker of [middle, reader]) await worker.join();
        });

        it('before anything was put, its reader has an error', async () => {
          const queue = new Queue<string>();
          const started = new Queue<string>();
          const idle = async (_: Queue<string>[], __: string) => {
            await _[1]!.put('started');
            await new Promise((resolve) => setTimeout(resolve, 2 ** 30));
          };
          const middle = start(outer, handOn<Queue<string>[]>, [queue, started], idle, inner, sources[inner]);
          await started.get();
          const mine = failure(queue.get());
          middle.terminate();
          assert.ok((await mine) instanceof QueueBroken);
          await middle.join();
        });

        it('another one that may put is waited for, and only it', async () => {
          const queue = new Queue<string>();
          const middle = start(outer, handOn<Queue<string>>, queue, putThenWait, inner, sources[inner]);
          assert.equal(await queue.get(), `by ${inner}`);
          const go = new Queue<string>();
          const onCall = async (to: Queue<string>, from: Queue<string>) => {
            await to.put('here');
            for await (const item of from) await to.put(item);
          };
          const living = start(outer, onCall, queue, go);
          assert.equal(await queue.get(), 'here');
          middle.terminate();
          await middle.join();
          const next = queue.get();
          await new Promise((resolve) => setTimeout(resolve, 60));
          await go.put('lives');
          assert.equal(await next, 'lives');
          const last = failure(queue.get());
          living.terminate();
          assert.ok((await last) instanceof QueueBroken);
          await living.join();
        });
      });
    }
  }

  for (const [kind, Pool] of [
    ['Thread', ThreadPoolExecutor],
    ['Process', ProcessPoolExecutor],
  ] as const) {
    it(`a task that has returned, and its worker dies later: ${Pool.name}`, async () => {
      await withExecutor(new Pool(1), async (pool) => {
        const queue = new Queue<string>();
        await pool.submit(handOn<Queue<string>>, queue, putThenWait, kind, sources[kind]);
        assert.equal(await queue.get(), `by ${kind}`);
        const mine = failure(queue.get());
        await failure(pool.submit(() => process.exit(1)));
        const error = await mine;
        assert.ok(error instanceof QueueBroken);
        assert.match(error.message, /nobody is left to put/);
      });
    });

    it(`a pipe’s end stays open while the one has it to whom a task gave it: ${Pool.name}`, async () => {
      await withExecutor(new Pool(1), async (pool) => {
        const [mine, theirs] = Pipe<string>();
        const echo = async (end: PipeEnd<string>) => {
          for await (const item of end) await end.send(`${item}!`);
        };
        await pool.submit(handOn<PipeEnd<string>>, theirs, echo, kind, sources[kind]);
        await mine.send('one');
        assert.equal(await mine.recv(), 'one!');
        await pool.submit(collect);
        await mine.send('two');
        assert.equal(await mine.recv(), 'two!');
        const waiting = failure(mine.recv());
        await failure(pool.submit(() => process.exit(1)));
        assert.ok((await waiting) instanceof QueueBroken);
        // The other way is another queue, which notices by itself.
        await until(async () => /QueueClosed|QueueBroken/.test(String(await failure(mine.send('three')))));
      });
    });
  }

  it('a pipe’s end stays open though the process that passed it on tells of it late', async () => {
    await withExecutor(new ProcessPoolExecutor(1), async (pool) => {
      await pool.submit(async (source: string) => {
        (globalThis as Record<string, unknown>).Worker = (await import(source)).Process;
      }, sources.Process);
      const echo = async (end: PipeEnd<string>) => {
        for await (const item of end) await end.send(`${item}!`);
      };
      const passOnAndCompute = (end: PipeEnd<string>, target: typeof echo) => {
        const Worker = (globalThis as Record<string, unknown>).Worker as typeof Process;
        new Worker(target, end).start();
        // Its result goes out before, its line to the pipe is there after that.
        setImmediate(() => {
          for (const start = performance.now(); performance.now() < start + 200; );
        });
      };
      const [mine, theirs] = Pipe<string>();
      await pool.submit(passOnAndCompute, theirs, echo);
      await mine.send('one');
      assert.equal(await mine.recv(), 'one!');
    });
  });
});
