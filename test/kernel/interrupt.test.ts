import assert from 'node:assert/strict';
import { descendants, processTable } from '../../src/kernel/processes.ts';
import { busy, setUp } from './busy.ts';
import { KernelClient } from './client.ts';
import { soakInterrupts } from './soak.ts';
import { arrived, begun, hasPrinted } from './waits.ts';

describe('an interrupt before the kernel is ready', () => {
  it('has nothing to interrupt, and the kernel becomes ready', async function () {
    this.timeout(120_000);
    const kernel = await KernelClient.start({ interrupted: true });
    try {
      assert.equal((await kernel.execute('void 0')).reply.status, 'ok');
    } finally {
      await kernel.close();
    }
  });
});

describe('an interrupt', function () {
  this.timeout(120_000);
  let kernel: KernelClient;

  before(async () => {
    kernel = await KernelClient.start();
    await kernel.execute(setUp);
  });
  after(() => kernel.close());

  for (const [name, code] of Object.entries(busy)) {
    it(`ends ${name} and keeps all state`, async () => {
      await kernel.execute(`kept += 1`);
      const { all: allBefore } = await kernel.execute('kept');
      const cell = kernel.execute(`console.log('started'); ${code}`);
      await hasPrinted(cell);
      // Long enough for what runs after an await, or in a worker or process, to have begun.
      await new Promise((resolve) => setTimeout(resolve, 120));
      await kernel.interrupt();
      const { reply, all } = await cell;
      assert.equal(reply.ename, 'Interrupted');
      assert.equal(all('error').length, 1);
      const { all: allAfter, reply: next } = await kernel.execute(
        'await sleep(2); await new Promise((resolve) => setImmediate(resolve)); kept',
      );
      assert.equal(next.status, 'ok');
      assert.deepEqual(allAfter('execute_result')[0]?.data, allBefore('execute_result')[0]?.data);
      assert.deepEqual(descendants(processTable(), [kernel.process.pid!]), []);
    });
  }

  it('leaves nothing spinning in the kernel', async () => {
    const { all } = await kernel.execute(`
      const used = process.cpuUsage(); await sleep(300);
      process.cpuUsage(used).user < 150_000`);
    assert.deepEqual(all('execute_result')[0]?.data, { 'text/plain': 'true' });
  });

  it('silences what the cell left behind, timers included', async () => {
    const cell = kernel.execute(
      `setInterval(() => { kept += 1000; console.log('tick') }, 5); for (;;) { await sleep(5); kept += 1000 }`,
    );
    await hasPrinted(cell);
    await kernel.interrupt();
    await cell;
    await kernel.execute('await sleep(20)');
    const { all } = await kernel.execute('const now = kept; await sleep(50); kept - now');
    assert.deepEqual(all('execute_result')[0]?.data, { 'text/plain': '0' });
  });

  it('calls what the library registered, and spares workers of earlier cells', async () => {
    await kernel.execute(`
      const older = new Worker('require("node:worker_threads").parentPort.on("message", () => {})', { eval: true });
      let ended = 0;
      const forget = (globalThis as any)[Symbol.for('interleaved.host')].onInterrupt(() => { ended += 1; }); void 0`);
    for (let round = 0; round < 2; round += 1) {
      const cell = kernel.execute('await forever');
      await begun(cell);
      await kernel.interrupt();
      await cell;
      if (round === 0) await kernel.execute('forget()');
    }
    const { all } = await kernel.execute('[ended, older.threadId > 0].join()');
    assert.deepEqual(all('execute_result')[0]?.data, { 'text/plain': '1,true' });
    await kernel.execute('await older.terminate()');
  });

  it('leaves what the cell had declared within reach', async () => {
    const cell = kernel.execute(
      'let reached = 0; for (;;) { reached += 1; if (reached === 2) console.log(reached); await sleep(1) }',
    );
    await hasPrinted(cell);
    await kernel.interrupt();
    await cell;
    const { all } = await kernel.execute('reached > 1');
    assert.deepEqual(all('execute_result')[0]?.data, { 'text/plain': 'true' });
  });

  it('between cells changes nothing', async () => {
    await kernel.interrupt();
    assert.equal((await kernel.execute('await sleep(50); kept')).reply.status, 'ok');
  });

  it('aborts the cells that wait behind', async () => {
    const first = kernel.execute('for (;;);');
    const second = kernel.execute('void 0');
    await begun(first);
    await arrived(kernel);
    await kernel.interrupt();
    assert.equal((await first).reply.ename, 'Interrupted');
    assert.equal((await second).reply.status, 'aborted');
  });

  it('as a signal works as well', async () => {
    for (const code of ['for (;;);', 'await null; await forever']) {
      const cell = kernel.execute(code);
      await begun(cell);
      await new Promise((resolve) => setTimeout(resolve, 100)); // it is where it stays
      kernel.process.kill('SIGINT');
      assert.equal((await cell).reply.ename, 'Interrupted', code);
    }
  });

  it('at any moment, again and again, ends its cell and nothing else', async () => {
    const { interrupts, kept } = await soakInterrupts(4);
    assert.equal(kept, interrupts);
  });

  it('is followed by a heartbeat and by completions, also while a cell is busy', async () => {
    const cell = kernel.execute('for (;;);');
    await begun(cell);
    await kernel.ping();
    await kernel.interrupt();
    await cell;
    const { reply } = await kernel.request('complete_request', { code: 'kep', cursor_pos: 3 });
    assert.ok((reply.matches as string[]).includes('kept'));
  });
});
