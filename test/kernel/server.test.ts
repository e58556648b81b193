import assert from 'node:assert/strict';
import type { Kernel } from '@jupyterlab/services';
import { executeOn, JupyterServer, pidsOf } from './server.ts';
import { gone, patience, within } from './waits.ts';

const startDetached = `
  const child = require('node:child_process').spawn('sleep', ['985'], { detached: true, stdio: 'ignore' });
  child.unref(); [process.pid, child.pid].join()`;

describe('through a Jupyter Server with default limits', function () {
  this.timeout(240_000);
  let server: JupyterServer;
  let kernel: Kernel.IKernelConnection;

  before(async () => {
    server = await JupyterServer.start();
    kernel = await server.startKernel();
  });
  after(() => server.close());

  it('the kernel tells the truth about itself', async () => {
    const { language_info: language, status } = await kernel.info;
    assert.equal(status, 'ok');
    assert.deepEqual(
      [language.name, language.file_extension, language.mimetype],
      ['typescript', '.ts', 'text/typescript'],
    );
    assert.match(language.version, /^5\.0\./);
  });

  it('20,000 lines arrive complete, three times in a row', async () => {
    const expected = Array.from({ length: 20_000 }, (_, index) => `line ${index}`);
    for (let round = 0; round < 3; round += 1) {
      const { stream } = await executeOn(kernel, `for (let i = 0; i < 20_000; i++) console.log('line ' + i)`);
      assert.deepEqual(stream('stdout').trimEnd().split('\n'), expected);
      assert.equal(stream('stderr'), '');
    }
  });

  it('20,000 lines on two streams by turns arrive complete, each in order', async () => {
    const { stream } = await executeOn(kernel, 'for (let i = 0; i < 10_000; i++) { console.log(i); console.error(i) }');
    const expected = Array.from({ length: 10_000 }, (_, index) => String(index));
    for (const name of ['stdout', 'stderr'] as const) assert.deepEqual(stream(name).trimEnd().split('\n'), expected);
  });

  it('2,000 displays arrive complete', async () => {
    const { messages } = await executeOn(
      kernel,
      `import { display } from 'tslab'; for (let i = 0; i < 2_000; i++) display.text(String(i))`,
    );
    const shown = messages.flatMap(({ header, content }) =>
      header.msg_type === 'display_data' ? [(content as { data: Record<string, string> }).data['text/plain']] : [],
    );
    assert.deepEqual(
      shown,
      Array.from({ length: 2_000 }, (_, index) => String(index)),
    );
  });

  it('a display that is updated too often ends in its last state', async () => {
    const { messages, stream } = await executeOn(
      kernel,
      `import { newDisplay } from 'tslab'; const shown = newDisplay(); for (let i = 0; i < 20_000; i++) shown.text(String(i))`,
    );
    const last = messages.findLast(({ header }) => header.msg_type === 'update_display_data');
    assert.ok(last);
    assert.equal((last.content as { data: Record<string, string> }).data['text/plain'], '19999');
    assert.equal(stream('stderr'), '');
  });

  it('of far too much text a part arrives, and how much was left out is said', async () => {
    const size = 20_000_000;
    const { stream, reply } = await executeOn(
      kernel,
      `const kilo = 'x'.repeat(999) + '\\n'; for (let i = 0; i < ${size / 1000}; i++) process.stdout.write(kilo); void 0`,
    );
    assert.equal(reply.status, 'ok');
    const left = /Left out here: ([\d.]+) MB/.exec(stream('stderr'));
    assert.ok(left, stream('stderr'));
    assert.ok(Math.abs(stream('stdout').length / 1e6 + Number(left[1]) - size / 1e6) < 0.1);
    assert.doesNotMatch(stream('stderr'), /IOPub/);
  });

  it('an interrupt and a restart leave no process', async () => {
    const pids = await pidsOf(kernel, startDetached);
    const cell = executeOn(kernel, 'await null; for (;;);');
    // An interrupt that comes before its cell has nothing to interrupt.
    while (kernel.status !== 'busy') await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 200)); // it is where it stays
    await kernel.interrupt();
    assert.equal((await cell).reply.status, 'error');
    assert.equal((await executeOn(kernel, 'typeof child')).reply.status, 'ok');
    await within(kernel.restart(), patience, 'the restart');
    await gone(pids);
    assert.equal((await executeOn(kernel, '1')).reply.execution_count, 1);
  });
});

describe('through a server that raises the limits and says so', function () {
  this.timeout(240_000);

  it('20 MB arrive complete, and the kernel ends when the server is killed', async () => {
    const server = await JupyterServer.start({ INTERLEAVED_OUTPUT_LIMITS: 'raised' }, [
      '--ZMQChannelsWebsocketConnection.iopub_msg_rate_limit=1e9',
      '--ZMQChannelsWebsocketConnection.iopub_data_rate_limit=1e12',
    ]);
    try {
      const kernel = await server.startKernel();
      const { stream } = await executeOn(
        kernel,
        `const kilo = 'x'.repeat(999) + '\\n'; for (let i = 0; i < 20_000; i++) process.stdout.write(kilo); void 0`,
      );
      assert.equal(stream('stdout').length, 20_000_000);
      assert.equal(stream('stderr'), '');
      const pids = await pidsOf(kernel, startDetached);
      server.process.kill('SIGKILL');
      await gone(pids);
    } finally {
      await server.abandon();
    }
  });
});
