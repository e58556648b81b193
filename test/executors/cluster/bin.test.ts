import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Bench, until } from './bench.ts';

const bin = fileURLToPath(new URL('../../../bin/interleaved.mjs', import.meta.url));

/** Runs the built library, as `npx interleaved` does. */
describe('npx interleaved', () => {
  function run(args: string[], env: NodeJS.ProcessEnv = {}) {
    const child = spawn(process.execPath, [bin, ...args], { env: { ...process.env, ...env } });
    const said = { text: '' };
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        said.text += chunk;
      });
    }
    return { child, said, closed: once(child, 'close') as Promise<[code: number | null]> };
  }

  it('says how it is used, and gives the exit code', async () => {
    const good = run(['--help']);
    assert.deepEqual((await good.closed)[0], 0);
    assert.match(good.said.text, /^Usage: interleaved worker/);
    const bad = run(['nothing']);
    assert.deepEqual((await bad.closed)[0], 2);
    assert.match(bad.said.text, /no command "nothing"/);
  });

  it('hands a signal on, and ends with the worker', async () => {
    const bench = await Bench.open();
    try {
      const { url, secret } = bench.settings;
      const { child, said, closed } = run(['worker'], { INTERLEAVED_URL: url, INTERLEAVED_SECRET: secret });
      await until(() => said.text.includes('joined') || child.exitCode !== null);
      child.kill('SIGTERM');
      assert.deepEqual((await closed)[0], 0);
      assert.match(said.text, /SIGTERM.*\n.*ended; tasks done: 0/);
    } finally {
      await bench.close();
    }
  });

  it('lets the worker end when it is killed itself', async () => {
    const bench = await Bench.open();
    try {
      const { url, secret } = bench.settings;
      const { child, said } = run(['worker', '--name', 'left'], { INTERLEAVED_URL: url, INTERLEAVED_SECRET: secret });
      await until(() => said.text.includes('joined') || child.exitCode !== null);
      const key = `${bench.settings.prefix}:${bench.settings.queue}:workers`;
      assert.equal(await bench.redis.hlen(key), 1);
      child.kill('SIGKILL');
      await until(async () => (await bench.redis.hlen(key)) === 0);
    } finally {
      await bench.close();
    }
  });
});
