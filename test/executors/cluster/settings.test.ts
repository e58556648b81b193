import assert from 'node:assert/strict';
import { newSecret } from '../../../src/executors/cluster/seal.ts';
import { connectionOptions, secretVariable, settingsOf, shownUrl } from '../../../src/executors/cluster/settings.ts';

const url = 'redis://127.0.0.1:6379';
const secret = newSecret();

describe('Settings of a cluster', () => {
  it('have defaults that find a lost worker in seconds', () => {
    const settings = settingsOf({ url, secret, queue: undefined });
    assert.equal(settings.queue, 'interleaved');
    assert.equal(settings.lockMs + settings.stalledMs, 6000);
    assert.equal(settings.attempts, 3);
  });

  it('take the secret from the environment, and say how to make one', () => {
    const before = process.env[secretVariable];
    try {
      delete process.env[secretVariable];
      assert.throws(() => settingsOf({ url }), /openssl rand.*INTERLEAVED_SECRET/);
      process.env[secretVariable] = secret;
      assert.equal(settingsOf({ url }).secret, secret);
    } finally {
      if (before === undefined) delete process.env[secretVariable];
      else process.env[secretVariable] = before;
    }
  });

  it('refuse what cannot work, by name, without showing a secret', () => {
    const bad = (given: object, words: RegExp) =>
      assert.throws(
        () => settingsOf({ url, secret, ...given }),
        (error: Error) => words.test(error.message) && !error.message.includes('hush'),
      );
    bad({ url: undefined }, /needs the url/);
    bad({ url: 'http://:hush@x' }, /redis:\/\/…/);
    bad({ url: ':hush@x' }, /redis:\/\/…/);
    bad({ url: 'redis://:hush%@x' }, /encodeURIComponent/);
    bad({ url: 'redis://:hush@x/first' }, /:6379\/0/);
    bad({ secret: 'hush' }, /32 signs/);
    bad({ queue: 'a:b' }, /queue "a:b"/);
    bad({ prefix: '' }, /prefix ""/);
    bad({ attempts: 0 }, /attempts .* 0/);
    bad({ lockMs: 0.5 }, /lockMs .* 0.5/);
  });

  it('read user, password, database and TLS from the url', () => {
    const options = connectionOptions({ url: 'rediss://me:a%2Fb@far:7000/2', tls: { ca: 'PEM' } });
    const { host, port, username, password, db, tls, maxRetriesPerRequest } = options;
    assert.deepEqual(
      { host, port, username, password, db, tls, maxRetriesPerRequest },
      {
        host: 'far',
        port: 7000,
        username: 'me',
        password: 'a/b',
        db: 2,
        tls: { ca: 'PEM' },
        maxRetriesPerRequest: null,
      },
    );
    assert.equal(connectionOptions({ url: 'redis://[::1]' }).host, '::1');
    assert.equal(connectionOptions({ url }).tls, undefined);
  });

  it('come back for ever, at least once a second', () => {
    const { retryStrategy } = connectionOptions({ url });
    for (const times of [1, 5, 100, 1e6]) assert.ok(Number(retryStrategy?.(times)) <= 1000);
  });

  it('show a url without its password', () => {
    assert.equal(shownUrl('redis://me:hush@far:7000/2'), 'redis://far:7000/2');
  });
});
