import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KernelClient } from './client.ts';
import { gone, living, patience, within } from './waits.ts';

/** Starts children of every kind and tells their ids. */
const family = `
  import { spawn } from 'node:child_process';
  import { once } from 'node:events';
  import { Worker } from 'node:worker_threads';
  const plain = spawn('sleep', ['986']);
  const detached = spawn('sleep', ['986'], { detached: true, stdio: 'ignore' }); detached.unref();
  const shell = spawn('sh', ['-c', 'sleep 986 & echo $!'], { detached: true });
  const [orphan] = await once(shell.stdout, 'data');
  const inWorker = new Worker(\`const { spawn } = require('node:child_process');
    require('node:worker_threads').parentPort.postMessage(spawn('sleep', ['986'], { detached: true }).pid)\`, { eval: true });
  const [nested] = await once(inWorker, 'message');
  [plain.pid, detached.pid, Number(orphan), nested].join()`;

async function startFamily(kernel: KernelClient): Promise<number[]> {
  const { all, reply } = await kernel.execute(family);
  assert.equal(reply.status, 'ok', JSON.stringify(reply));
  const data = all('execute_result')[0]?.data as Record<string, string>;
  const pids = data['text/plain']!.split(',').map(Number);
  assert.equal(living(pids).length, 4);
  return pids;
}

describe('the end of a kernel', function () {
  this.timeout(180_000);
  let kernel: KernelClient;

  beforeEach(async () => {
    kernel = await KernelClient.start();
  });
  afterEach(() => kernel.close());

  for (const busy of [undefined, 'for (;;);', 'await new Promise(() => {})']) {
    it(`asked to shut down ${busy ? `during ${busy}` : 'at rest'}: replies, and no process stays`, async () => {
      const pids = await startFamily(kernel);
      if (busy) {
        kernel.execute(busy).catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      const { reply } = await kernel.request('shutdown_request', { restart: true }, { control: true });
      assert.deepEqual(reply, { status: 'ok', restart: true });
      await within(kernel.exited, patience, 'the exit of the kernel');
      await gone(pids);
    });
  }

  it('SIGTERM and process.exit() in a cell leave no process either, and lose no output', async () => {
    const pids = await startFamily(kernel);
    const cell = kernel.execute(`for (let i = 0; i < 1000; i++) console.log(i); process.exit(3)`);
    cell.catch(() => {});
    assert.equal(await within(kernel.exited, patience, 'the exit of the kernel'), 3);
    await gone(pids);
    const texts = cell.messages.filter(({ header }) => header.msg_type === 'stream').map(({ content }) => content.text);
    assert.equal(texts.join('').trimEnd().split('\n').length, 1000);
    const second = await KernelClient.start();
    try {
      const more = await startFamily(second);
      second.process.kill('SIGTERM');
      await within(second.exited, patience, 'the exit of the kernel');
      await gone(more);
    } finally {
      await second.close();
    }
  });

  it('comes with the end of whoever started it, also while a cell keeps it busy', async () => {
    const nested = await KernelClient.start({ throughParent: true });
    try {
      const pids = await startFamily(nested);
      const pid = nested.pid;
      assert.notEqual(pid, nested.process.pid);
      nested.execute('for (;;);').catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 100));
      nested.process.kill('SIGKILL');
      await gone([pid, ...pids]);
    } finally {
      await nested.close();
    }
  });
});

describe('a kernel', function () {
  this.timeout(120_000);

  /** What a kernel that does not start says, and its exit code. */
  async function start(...args: string[]): Promise<{ code: unknown; log: string }> {
    const child = spawn(process.execPath, ['src/kernel/main.ts', ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    let log = '';
    child.stderr.on('data', (data) => {
      log += data;
    });
    try {
      const [code] = await within(once(child, 'close'), patience, 'the exit');
      return { code, log };
    } finally {
      child.kill('SIGKILL');
    }
  }

  it('with a connection file that is missing or broken is a clear error', async () => {
    const without = await start();
    assert.equal(without.code, 2);
    assert.match(without.log, /Usage: node main\.js --config-path/);
    const missing = await start('--config-path=/none/connection.json');
    assert.equal(missing.code, 1);
    assert.match(missing.log, /ENOENT.*\/none\/connection\.json/);
  });

  it('whose port is taken says which, and ends', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kernel-port-'));
    const occupant = createServer().listen(0, '127.0.0.1');
    try {
      await once(occupant, 'listening');
      const { port } = occupant.address() as AddressInfo;
      const ports = { shell_port: port, iopub_port: 0, stdin_port: 0, control_port: 0, hb_port: 0 };
      const connection = { transport: 'tcp', ip: '127.0.0.1', key: 'k', signature_scheme: 'hmac-sha256', ...ports };
      writeFileSync(join(folder, 'connection.json'), JSON.stringify(connection));
      const { code, log } = await start(`--config-path=${join(folder, 'connection.json')}`);
      assert.equal(code, 1, log);
      assert.match(log, new RegExp(`cannot listen at tcp://127\\.0\\.0\\.1:${port}: Address already in use\\.`));
    } finally {
      occupant.close();
      rmSync(folder, { recursive: true });
    }
  });
});
