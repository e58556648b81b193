import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Pipe, type PipeEnd } from '../../src/channels/pipe.ts';
import { Queue } from '../../src/channels/queue.ts';
import { withExecutor } from '../../src/executors/executor.ts';
import { ProcessPoolExecutor, ThreadPoolExecutor } from '../../src/executors/executors.ts';
import { inCell } from '../show/cell.ts';
import { start, until } from './makers.ts';

const run = promisify(execFile);
const source = new URL('../../src/index.ts', import.meta.url).href;

/** Runs a module in a Node of its own. */
async function script(code: string): Promise<{ out: string; error: string; code: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'queue-'));
  const file = join(folder, 'script.mjs');
  writeFileSync(file, `import { Pipe, Process, Queue, Thread } from '${source}';\n${code}`);
  try {
    const { stdout, stderr } = await run(process.execPath, [file], { timeout: 50_000 });
    return { out: stdout.trim(), error: stderr, code: 0 };
  } catch (error) {
    const { stdout, stderr, code } = error as { stdout: string; stderr: string; code: number };
    return { out: stdout.trim(), error: stderr, code };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What is open: file descriptors, and what of it keeps this process alive. */
const open = () => [readdirSync('/proc/self/fd').length, process.getActiveResourcesInfo().length];

/** No more is open than before, where something may have been open that was closing. */
function noMore(now: readonly number[], before: readonly number[]): void {
  for (const [at, count] of now.entries()) assert.ok(count <= before[at]!, `${now} are open, before it were ${before}`);
}

/** Tries until it holds, for half a minute. */
async function soon(check: () => Promise<void>): Promise<void> {
  const end = performance.now() + 30_000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > end) throw error;
    }
    await sleep(20);
  }
}

describe('what queues leave behind', () => {
  for (const kind of ['Thread', 'Process'] as const) {
    it(`is nothing, once they are closed and empty: ${kind}`, async () => {
      const talk = async () => {
        const queue = new Queue<number>(2);
        const [left, right] = Pipe<number>();
        const work = async (from: Queue<number>, end: PipeEnd<number>) => {
          let sum = 0;
          for await (const item of from) sum += item;
          await end.send(sum);
        };
        const worker = start(kind, work, queue, right);
        for (const item of [1, 2, 3]) await queue.put(item);
        queue.close();
        assert.equal(await left.recv(), 6);
        left.close();
        await worker.join();
      };
      await talk();
      // Sockets and ports are closed a little after those who used them.
      await sleep(100);
      const before = open();
      for (let round = 0; round < 3; round += 1) await talk();
      await soon(async () => noMore(open(), before));
    });
  }

  it('is nothing in the workers of a pool, closed queue by closed queue', async () => {
    for (const Pool of [ThreadPoolExecutor, ProcessPoolExecutor]) {
      await withExecutor(new Pool(1), async (pool) => {
        const look = () => {
          const fs = process.getBuiltinModule('node:fs');
          return [fs.readdirSync('/proc/self/fd').length, process.getActiveResourcesInfo().length];
        };
        const use = async () => {
          const queue = new Queue<number>();
          const task = pool.submit(async (to: Queue<number>) => to.put(1), queue);
          assert.equal(await queue.get(), 1);
          await task;
          queue.close();
        };
        for (let n = 0; n < 3; n += 1) await use();
        await sleep(100);
        const before = await pool.submit(look);
        for (let n = 0; n < 50; n += 1) await use();
        await soon(async () => noMore(await pool.submit(look), before));
      });
    }
  });

  it('is nothing in a process that dropped its ends, though nobody closed the queues', async () => {
    await withExecutor(new ProcessPoolExecutor(1), async (pool) => {
      const look = () => {
        const collect = process.getBuiltinModule('node:vm').runInNewContext('gc') as () => void;
        collect();
        return process.getBuiltinModule('node:fs').readdirSync('/proc/self/fd').length;
      };
      await pool.submit(() => process.getBuiltinModule('node:v8').setFlagsFromString('--expose-gc'));
      const queues = Array.from({ length: 20 }, () => new Queue<number>());
      const put = async (to: Queue<number>) => to.put(1);
      await pool.submit(put, new Queue<number>());
      const before = await pool.submit(look);
      for (const queue of queues) await pool.submit(put, queue);
      await soon(async () => assert.ok((await pool.submit(look)) <= before + 2));
      for (const queue of queues) assert.equal(await queue.get(), 1);
      await pool.submit(put, queues[0]!);
      assert.equal(await queues[0]!.get(), 1);
    });
  });

  it('a script ends that has an idle queue, and one that waits does not', async () => {
    const idle = await script(`
      const queue = new Queue();
      const work = async (from) => { await from.put(await from.get() + 1); };
      const workers = [new Thread(work, queue), new Process(work, queue)];
      for (const worker of workers) {
        worker.start();
        await queue.put(1);
        await worker.join();
        console.log(await queue.get());
      }
    `);
    assert.deepEqual(idle, { out: '2\n2', error: '', code: 0 });
    const waiting = await script(`
      const queue = new Queue();
      new Process(async (to) => { setTimeout(() => to.put('late'), 300); }, queue).start();
      console.log(await queue.get());
      const alone = new Queue();
      setTimeout(() => alone.put('from a timer that keeps nobody'), 200).unref();
      console.log(await alone.get());
    `);
    assert.deepEqual(waiting, { out: 'late\nfrom a timer that keeps nobody', error: '', code: 0 });
  });

  it('a wait that an interrupt ended takes nothing any more', () =>
    inCell(async ({ ends, interrupt }) => {
      const queue = new Queue<number>();
      const waiting = queue.get();
      assert.equal(ends.size, 1);
      interrupt();
      await assert.rejects(waiting, { name: 'CancelledError' });
      assert.equal(ends.size, 0);
      await queue.put(1);
      assert.equal(await queue.get(), 1);
      assert.equal(ends.size, 0);
    }));
});

describe('the socket of a queue', () => {
  it('serves nobody who does not know its secret', async () => {
    const queue = new Queue<number>();
    const worker = start('Process', async (to: Queue<number>) => to.put(1), queue);
    assert.equal(await queue.get(), 1);
    // On Linux, where the tests run, any user of the machine can see the names of sockets.
    const name = readFileSync('/proc/net/unix', 'utf8').match(/@(interleaved-[0-9a-f]+)$/m)?.[1];
    assert.ok(name !== undefined);
    const stranger = connect(`\0${name}`);
    stranger.write(Buffer.alloc(64, 'x'));
    const ended = new Promise((resolve) => stranger.once('close', resolve));
    stranger.on('error', () => {});
    await ended;
    await until(async () => (await queue.size()) === 0);
    await queue.put(2);
    assert.equal(await queue.get(), 2);
    await worker.join();
  });
});
