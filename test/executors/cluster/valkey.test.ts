import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findValkey } from '../../../src/executors/cluster/find-valkey.ts';
import { connect } from '../../../src/executors/cluster/settings.ts';
import { startValkey, type Valkey } from '../../../src/executors/cluster/valkey.ts';
import { isAlive, parentOf } from './alive.ts';

describe('A Valkey server of one’s own', () => {
  const servers: Valkey[] = [];
  const start = async (...options: Parameters<typeof startValkey>) => {
    const server = await startValkey(...options);
    servers.push(server);
    return server;
  };
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop();
  });

  it('answers whoever has the password, on loopback only, and is gone after stop', async () => {
    const { url, port, password, folder, pid, stop } = await start();
    assert.ok(Buffer.from(password, 'base64url').length >= 32);
    const redis = await connect({ url });
    assert.equal(await redis.ping(), 'PONG');
    assert.deepEqual(await redis.config('GET', 'bind'), ['bind', '127.0.0.1']);
    assert.deepEqual(await redis.config('GET', 'protected-mode'), ['protected-mode', 'yes']);
    redis.disconnect();
    const stranger = await connect({ url: `redis://127.0.0.1:${port}` });
    await assert.rejects(stranger.get('x'), /NOAUTH/);
    stranger.disconnect();
    await stop();
    assert.equal(isAlive(pid), false);
    assert.equal(existsSync(folder), false);
  });

  it('shows its password to no other user: not in argv, its file is of mode 600', async function () {
    if (process.platform !== 'linux') this.skip();
    const { password, folder, pid } = await start();
    const config = join(folder, 'valkey.conf');
    assert.equal(statSync(config).mode & 0o777, 0o600);
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    const keeper = parentOf(pid);
    for (const each of [pid, keeper]) {
      assert.ok(!readFileSync(`/proc/${each}/cmdline`, 'latin1').includes(password));
      assert.ok(!readFileSync(`/proc/${each}/environ`, 'latin1').includes(password));
    }
  });

  it('ends with its owner, also when that is killed, and leaves no folder', async () => {
    const file = new URL('../../../src/executors/cluster/valkey.ts', import.meta.url);
    const program = `import { startValkey } from ${JSON.stringify(file)};
      const { pid, folder } = await startValkey();
      console.log(JSON.stringify({ pid, folder }));
      setInterval(() => {}, 1000);`;
    const owner = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(owner.stdout, 'data')) as [Buffer];
    const { pid, folder } = JSON.parse(line.toString()) as { pid: number; folder: string };
    assert.ok(isAlive(pid));
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    while (isAlive(pid) || existsSync(folder)) await sleep(10);
  });

  it('does not keep its owner alive', async () => {
    const file = new URL('../../../src/executors/cluster/valkey.ts', import.meta.url);
    const program = `import { startValkey } from ${JSON.stringify(file)}; await startValkey();`;
    const owner = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' });
    assert.deepEqual(await once(owner, 'exit'), [0, null]);
  });

  it('has its data again after a crash, with appendonly and a folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'interleaved-test-'));
    try {
      const first = await start({ folder, appendonly: true });
      const redis = await connect(first);
      await redis.set('kept', 'yes');
      await first.kill();
      const { port, password } = first;
      const second = await start({ folder, appendonly: true, port, password });
      assert.notEqual(second.pid, first.pid);
      // The same connection: it came back by itself.
      assert.equal(await redis.get('kept'), 'yes');
      redis.disconnect();
      await second.stop();
      assert.ok(existsSync(folder));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('says when the port that was asked for is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    await assert.rejects(startValkey({ port }), /did not start on port \d+[\s\S]*Address already in use/);
    other.close();
  });

  it('says how to get a server when there is none', () => {
    const before = process.env.INTERLEAVED_VALKEY;
    try {
      process.env.INTERLEAVED_VALKEY = '/no/server';
      assert.throws(() => findValkey(), /INTERLEAVED_VALKEY is "\/no\/server"/);
    } finally {
      if (before === undefined) delete process.env.INTERLEAVED_VALKEY;
      else process.env.INTERLEAVED_VALKEY = before;
    }
  });
});
