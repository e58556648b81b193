import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { crc32, gunzipSync } from 'node:zlib';
import { Agent, request } from 'undici';
import { type CountriesSite, startCountries } from '../../src/countries/site.ts';

const zipped = { 'accept-encoding': 'gzip' };

describe('the site of countries', () => {
  let site: CountriesSite;
  let checksums: Map<string, number>;
  let page: string;
  before(async () => {
    site = await startCountries({ delay: 0 });
    checksums = await site.checksums();
    page = [...checksums.keys()].find((url) => url.includes('Japan'))!;
  });
  after(() => site.stop());
  beforeEach(() => site.reset());

  it('serves every page that its index links to, byte for byte, plain and compressed', async () => {
    const index = await (await fetch(site.url)).text();
    const links = [...index.matchAll(/<td><span class="flagicon">\S+<\/span> <a href="([^"]+)">/gu)];
    const found = links.map(([, link]) => new URL(link!.replaceAll('&#39;', "'"), site.url).href);
    assert.equal(checksums.size, 238);
    assert.deepEqual(found, [...checksums.keys()]);
    for (const [url, sum] of checksums) {
      const plain = Buffer.from(await (await request(url)).body.arrayBuffer());
      assert.ok(plain.length >= 30_000 && plain.length <= 300_000, `${url} has ${plain.length} bytes`);
      assert.equal(crc32(plain), sum, url);
      const packed = Buffer.from(await (await request(url, { headers: zipped })).body.arrayBuffer());
      assert.ok(packed.length < plain.length / 3, `${url} has ${packed.length} of ${plain.length} bytes`);
      assert.equal(crc32(gunzipSync(packed)), sum, url);
    }
  });

  it('makes the same pages from the same seed, and others from another', async () => {
    const [same, other] = await Promise.all([startCountries({ delay: 0 }), startCountries({ delay: 0, seed: 2 })]);
    try {
      assert.deepEqual([...(await same.checksums()).values()], [...checksums.values()]);
      const others = new Set((await other.checksums()).values());
      assert.ok([...checksums.values()].every((sum) => !others.has(sum)));
    } finally {
      await Promise.all([same.stop(), other.stop()]);
    }
  });

  it('answers an ETag that it knows by 304, each encoding having its own', async () => {
    const plain = await request(page);
    await plain.body.dump();
    const packed = await request(page, { headers: zipped });
    await packed.body.dump();
    const [tag, packedTag] = [plain.headers.etag as string, packed.headers.etag as string];
    assert.notEqual(tag, packedTag);
    const ask = async (etag: string) => {
      const { statusCode, body } = await request(page, { headers: { ...zipped, 'if-none-match': etag } });
      await body.dump();
      return statusCode;
    };
    assert.deepEqual([await ask(packedTag), await ask(`"x", ${packedTag}`), await ask(tag)], [304, 304, 200]);
  });

  it('refuses compression that is not wanted, other methods, other pages', async () => {
    const plain = await request(page, { headers: { 'accept-encoding': 'br, gzip;q=0' } });
    assert.equal(plain.headers['content-encoding'], undefined);
    await plain.body.dump();
    const statuses = await Promise.all([
      fetch(page, { method: 'POST' }),
      fetch(new URL('/wiki/Atlantis', site.url)),
      fetch(new URL('/wiki/%E0%A4%A', site.url)),
      fetch(page, { method: 'HEAD' }),
    ]);
    assert.deepEqual(
      statuses.map(({ status }) => status),
      [405, 404, 404, 200],
    );
  });

  it('counts the connections that it keeps alive, and the requests', async () => {
    const dispatcher = new Agent({ connections: 1, pipelining: 1 });
    try {
      for (const url of [...checksums.keys()].slice(0, 10))
        await (await request(url, { dispatcher })).body.arrayBuffer();
      const { connections, requests, whole, peak, statuses } = await site.counters();
      const wanted = { connections: 1, requests: 10, whole: 10, peak: 1, statuses: { 200: 10 } };
      assert.deepEqual({ connections, requests, whole, peak, statuses }, wanted);
      await site.reset();
      assert.equal((await site.counters()).requests, 0);
    } finally {
      await dispatcher.close();
    }
  });

  it('has a robots.txt, and counts who does not heed it', async () => {
    const robots = await (await fetch(new URL('/robots.txt', site.url))).text();
    assert.match(robots, /^User-agent: \*\nDisallow: \/talk\/\n$/);
    assert.equal((await site.counters()).forbidden, 0);
    await fetch(new URL('/talk/Japan', site.url));
    assert.equal((await site.counters()).forbidden, 1);
  });

  it('refuses a client that asks faster than its rate, and no other', async () => {
    const slow = await startCountries({ delay: 0, rate: { perSecond: 0.001, burst: 3 } });
    try {
      const ask = async (agent: string) => {
        const { statusCode, headers, body } = await request(slow.url, { headers: { 'user-agent': agent } });
        await body.dump();
        return [statusCode, headers['retry-after']];
      };
      const first = [await ask('one'), await ask('one'), await ask('one'), await ask('one')];
      const seconds = Number(first[3]![1]);
      assert.deepEqual(
        first.map(([status]) => status),
        [200, 200, 200, 429],
      );
      assert.ok(seconds > 900 && seconds <= 1000, `Retry-After: ${seconds}`);
      assert.deepEqual(await ask('other'), [200, undefined]);
      assert.equal((await slow.counters()).limited, 1);
    } finally {
      await slow.stop();
    }
  });

  it('has further editions of its pages on demand', async () => {
    const large = await startCountries({ delay: 0, pages: 500 });
    try {
      const sums = [...(await large.checksums())];
      assert.equal(sums.length, 500);
      const [url, sum] = sums[499]!;
      assert.equal(crc32(new Uint8Array(await (await fetch(url)).arrayBuffer())), sum);
    } finally {
      await large.stop();
    }
  });

  it('refuses options that mean nothing', async () => {
    await assert.rejects(startCountries({ delay: -1 }), /a delay of -1 will not do/);
    await assert.rejects(startCountries({ delay: { median: 10, p99: 5 } }), /a p99 of 5 will not do/);
    await assert.rejects(startCountries({ faults: { reset: 0.7, 500: 0.7 } }), /the sum of all faults of 1.4/);
    await assert.rejects(startCountries({ faults: { resets: 1 } as object }), /there is no fault 'resets'/);
    await assert.rejects(startCountries({ rate: { perSecond: 0 } }), /rate.perSecond of 0/);
    await assert.rejects(startCountries({ pages: 0 }), /pages of 0/);
  });

  it('can be stopped twice, and then says that it has ended', async () => {
    const short = await startCountries();
    await short.stop();
    await short.stop();
    await assert.rejects(short.counters(), /has ended; startCountries\(\) starts another/);
    await assert.rejects(fetch(short.url));
  });
});

describe('the site of countries and its owner', () => {
  const module = JSON.stringify(new URL('../../src/countries/site.ts', import.meta.url).href);
  const start = `
    const { startCountries } = await import(${module});
    const site = await startCountries({ delay: 0 });
    console.log(site.url);`;

  /** A process that starts a site, and its site's address. */
  async function owner(first: string) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', first + start], {
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [url] = await once(child.stdout, 'data');
    return { child, url: String(url).trim() };
  }

  /** Resolves when nobody answers any more; the test's own limit ends the wait. */
  async function silence(url: string): Promise<void> {
    for (;;) {
      const answers = await request(url, { reset: true }).then(
        ({ body }) => body.dump().then(() => true),
        () => false,
      );
      if (!answers) return;
      await sleep(20);
    }
  }

  it('does not keep it from ending, and ends with it', async () => {
    const { child, url } = await owner('');
    const [code] = await once(child, 'exit');
    assert.equal(code, 0);
    await silence(url);
  });

  it('ends when it is killed', async () => {
    const { child, url } = await owner('setInterval(() => {}, 1000);');
    child.kill('SIGKILL');
    await silence(url);
  });

  it('survives an interrupt that its owner survives', async () => {
    const { child, url } = await owner(`
      setInterval(() => {}, 1000);
      process.once('SIGINT', () => console.log('interrupted'));`);
    try {
      // As Ctrl-C and Jupyter do it: to the whole group.
      process.kill(-child.pid!, 'SIGINT');
      await once(child.stdout, 'data');
      await sleep(50); // a site that ends would have done so
      assert.equal((await request(url)).statusCode, 200);
    } finally {
      child.kill('SIGKILL');
      await silence(url);
    }
  });
});
