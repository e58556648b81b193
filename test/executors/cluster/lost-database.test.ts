import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findValkey } from '../../../src/executors/cluster/find-valkey.ts';
import { newSecret } from '../../../src/executors/cluster/seal.ts';
import { connect, lastErrorOf, settingsOf } from '../../../src/executors/cluster/settings.ts';
import { freePorts } from '../../kernel/ports.ts';
import { until } from './bench.ts';

describe('A server that comes back without the database of the url', () => {
  const servers: ChildProcess[] = [];

  async function end(server: ChildProcess): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill('SIGKILL');
    await once(server, 'exit');
  }

  // Not in the test: one that takes too long never comes to its end.
  after(() => Promise.all(servers.map(end)));

  it('is not used until it has that again, and nothing lands in another', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'interleaved-test-'));
    const [port] = await freePorts(1);
    const serve = async (databases: number): Promise<ChildProcess> => {
      const words = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--databases', `${databases}`];
      const server = spawn(findValkey(), words, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
      servers.push(server);
      let said = '';
      server.stdout.on('data', (chunk) => {
        said += chunk;
      });
      await until(() => said.includes('Ready to accept connections'));
      return server;
    };
    const at = (db: number) => connect(settingsOf({ url: `redis://127.0.0.1:${port}/${db}`, secret: newSecret() }));
    await serve(8);
    const redis = await at(5);
    let other: typeof redis | undefined;
    try {
      await redis.set('first', 1);
      await end(servers[0]!);
      await serve(2);
      const second = redis.set('second', 2);
      await until(() => /out of range/.test(String(lastErrorOf(redis))));
      other = await at(0);
      assert.equal(await other.dbsize(), 0);
      assert.notEqual(redis.status, 'ready');
      await end(servers[1]!);
      await serve(8);
      assert.equal(await second, 'OK');
      assert.equal(await redis.get('second'), '2');
      assert.equal(await other.dbsize(), 0);
    } finally {
      redis.disconnect();
      other?.disconnect();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
