import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect as open, type Socket } from 'node:net';
import { createServer, type Server } from 'node:tls';
import { ClusterExecutor } from '../../../src/executors/cluster/cluster.ts';
import { startHost } from '../../../src/executors/cluster/host.ts';
import { newSecret } from '../../../src/executors/cluster/seal.ts';
import { connect, settingsOf } from '../../../src/executors/cluster/settings.ts';
import { startValkey, type Valkey } from '../../../src/executors/cluster/valkey.ts';
import { BrokenExecutor, withExecutor } from '../../../src/index.ts';
import { ownCertificate } from './certificate.ts';

/** All that a cluster needs on a server: its own keys and channels, and no command over others. */
const rights = ['~interleaved:*', '&interleaved:*', '+@all', '-@dangerous', '-@admin', '+info'];

describe('a cluster on a server that others use', () => {
  const { cert, key } = ownCertificate();
  const secret = newSecret();
  const sockets = new Set<Socket>();
  let valkey: Valkey;
  let proxy: Server;
  /** The server by TLS, as a user of it. */
  let urlOf: (user: string) => string;

  before(async () => {
    valkey = await startValkey();
    const admin = await connect({ url: valkey.url });
    await admin.call('ACL', 'SETUSER', 'team', 'on', '>team-word', ...rights);
    await admin.call('ACL', 'SETUSER', 'guest', 'on', '>guest-word', '~other:*', '&other:*', '+@all');
    admin.disconnect();
    // What stands before a server that knows no TLS.
    proxy = createServer({ cert, key }, (near) => {
      const far = open(valkey.port, '127.0.0.1');
      for (const [each, other] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(each);
        each.on('error', () => {}).on('close', () => other.destroy());
        each.pipe(other);
      }
    });
    proxy.on('tlsClientError', () => {});
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const { port } = proxy.address() as AddressInfo;
    urlOf = (user) => `rediss://${user}:${user}-word@127.0.0.1:${port}`;
  });
  after(async () => {
    for (const each of sockets) each.destroy();
    proxy.close();
    await valkey.stop();
  });

  it('runs tasks by TLS as a user who has no rights but those of the cluster', async () => {
    const options = { url: urlOf('team'), secret, tls: { ca: cert } };
    const host = await startHost({ ...settingsOf(options), concurrency: 1, name: 'worker' });
    try {
      await withExecutor(new ClusterExecutor(1, options), async (pool) => {
        assert.deepEqual(await pool.map((x: number) => 2 * x, [1, 2, 3]), [2, 4, 6]);
        const large = await pool.submit((bytes: Uint8Array) => bytes.length, new Uint8Array(200_000));
        assert.equal(large, 200_000);
        const hung = pool.submit(() => new Promise(() => {}));
        while (!hung.running()) await new Promise((resolve) => setTimeout(resolve, 5));
        assert.equal(hung.cancel(), true);
        assert.equal(await pool.with({ key: 'kept' }).submit(() => 1), 1);
        assert.equal((await pool.status()).alive.length, 1);
      });
    } finally {
      await host.drain();
    }
  });

  async function broken(url: string, tls: { ca?: string }, words: RegExp): Promise<void> {
    const pool = new ClusterExecutor(1, { url, secret, tls });
    const error = await pool.submit(() => 1).exception();
    assert.ok(error instanceof BrokenExecutor);
    assert.match(error.message, words);
    assert.doesNotMatch(error.message, /-word/);
    await pool.shutdown();
  }

  it('does not trust a certificate that nobody vouches for', async () => {
    await broken(
      urlOf('team'),
      {},
      /no connection to the server rediss:\/\/127\.0\.0\.1:\d+: .*self-signed certificate/,
    );
  });

  it('says so when the password is wrong', async () => {
    await broken(urlOf('team').replace('team-word', 'no-word'), { ca: cert }, /WRONGPASS/);
  });

  it('says so when the user may not use its keys', async () => {
    await broken(urlOf('guest'), { ca: cert }, /NOPERM/);
  });
});
