import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KernelClient, root } from '../../kernel/client.ts';
import { isAlive } from './alive.ts';

const module = JSON.stringify(join(root, 'src', 'executors', 'cluster', 'cluster.ts'));

describe('a cluster in a notebook', function () {
  this.timeout(60_000);

  const temporary = mkdtempSync(join(tmpdir(), 'cluster-cell-'));
  after(() => rmSync(temporary, { recursive: true }));

  it('runs the functions of cells, survives an interrupt, and ends with the kernel, of which no file is left', async () => {
    const folders = () => readdirSync(temporary).filter((name) => name.startsWith('interleaved-valkey'));
    const kernel = await KernelClient.start({ env: { TMPDIR: temporary } });
    let pids: number[] = [];
    try {
      const first = await kernel.execute(`
        const module: string = ${module};
        const { ClusterExecutor } = await import(module);
        const factor = 3;
        class Box { value: number; constructor(value: number) { this.value = value; } }
        const pool = new ClusterExecutor(2);
        const boxes = await pool.map((x: number) => new Box(factor * x), [1, 2]);
        console.log(JSON.stringify([boxes, boxes.every((box: unknown) => box instanceof Box), pool.localWorkers]));`);
      assert.equal(first.reply.status, 'ok', JSON.stringify(first.reply));
      const [boxes, isBox, workers] = JSON.parse(first.stream('stdout')) as [object[], boolean, number[]];
      assert.deepEqual([boxes, isBox, workers.length], [[{ value: 3 }, { value: 6 }], true, 2]);
      pids = workers;
      const hung = kernel.execute(`
        const spin = () => { for (;;); };
        const hung = pool.submit(spin);
        while (!hung.running()) await new Promise((resolve) => setTimeout(resolve, 2));
        console.log('runs');
        await hung;`);
      while (!hung.messages.some(({ header }) => header.msg_type === 'stream')) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      await kernel.interrupt();
      assert.equal((await hung).reply.status, 'error');
      const after = await kernel.execute('console.log(await pool.submit((x: number) => x + factor, 4));');
      assert.equal(after.stream('stdout').trim(), '7', JSON.stringify(after.reply));
      assert.equal(folders().length, 1);
    } finally {
      await kernel.close();
    }
    while (pids.some(isAlive) || folders().length > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  });
});
