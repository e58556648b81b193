import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { Agent, request } from 'undici';
import { delayOf } from '../../src/countries/delays.ts';
import { spoil } from '../../src/countries/faults.ts';
import { type CountriesOptions, type Fault, type Faults, siteOptions } from '../../src/countries/options.ts';
import { type CountriesSite, startCountries } from '../../src/countries/site.ts';

describe('the delays of the site', () => {
  const draws = (delay: CountriesOptions['delay'], seed = 1) =>
    Array.from({ length: 10_000 }, (_, page) => delayOf(siteOptions({ delay, seed }), page, 1)).sort((a, b) => a - b);

  it('are as told: fixed, even around a mean, or with a heavy tail', () => {
    assert.deepEqual(new Set(draws(70)), new Set([70]));
    const even = draws({ mean: 100, jitter: 40 });
    assert.ok(even[0]! >= 60 && even[0]! < 61 && even[9999]! <= 140 && even[9999]! > 139);
    assert.ok(Math.abs(even[5000]! - 100) < 2, `median ${even[5000]}`);
    const heavy = draws({ median: 50, p99: 1000 });
    assert.ok(Math.abs(heavy[5000]! - 50) < 3, `median ${heavy[5000]}`);
    assert.ok(Math.abs(heavy[9900]! - 1000) < 150, `p99 ${heavy[9900]}`);
  });

  it('depend on the seed, the page and the attempt alone', () => {
    const options = siteOptions({ delay: { mean: 100, jitter: 40 } });
    assert.equal(delayOf(options, 7, 2), delayOf(options, 7, 2));
    const others = [delayOf(options, 7, 1), delayOf(options, 8, 2), delayOf({ ...options, seed: 2 }, 7, 2)];
    assert.equal(new Set([...others, delayOf(options, 7, 2)]).size, 4);
  });
});

describe('the faults of the site', () => {
  let dispatcher: Agent;
  beforeEach(() => {
    dispatcher = new Agent({ headersTimeout: 20_000, bodyTimeout: 20_000 });
  });
  afterEach(() => dispatcher.destroy());

  async function withSite(faults: Faults, body: (site: CountriesSite, pages: string[]) => Promise<void>) {
    const site = await startCountries({ delay: 0, faults });
    try {
      await body(site, [...(await site.checksums()).keys()]);
    } finally {
      await site.stop();
    }
  }

  const get = async (url: string, encoding = 'identity') => {
    const { statusCode, headers, body } = await request(url, { dispatcher, headers: { 'accept-encoding': encoding } });
    return { statusCode, headers, bytes: Buffer.from(await body.arrayBuffer()) };
  };

  for (const status of [418, 429, 500, 503] as const) {
    it(`answers ${status}, and the page when its time has come`, async () => {
      await withSite({ [status]: 1, until: 1, retryAfter: 7 }, async (site, [page]) => {
        const { statusCode, headers } = await get(page!);
        assert.equal(statusCode, status);
        assert.equal(headers['retry-after'], status === 429 || status === 503 ? '7' : undefined);
        assert.equal((await get(page!)).statusCode, 200);
        await site.reset();
        assert.equal((await get(page!)).statusCode, status);
        assert.deepEqual((await site.counters()).faults, { [status]: 1 });
        assert.equal((await get(site.url)).statusCode, 200);
      });
    });
  }

  const broken: [Fault, RegExp][] = [
    ['reset', /ECONNRESET|UND_ERR_SOCKET/],
    ['truncated', /HTTPParserError/],
    ['wrongLength', /UND_ERR_SOCKET|UND_ERR_RES_CONTENT_LENGTH_MISMATCH/],
  ];
  for (const [fault, code] of broken) {
    it(`spoils a page by ${fault}`, async () => {
      await withSite({ [fault]: 1, until: 1 }, async (site, [page]) => {
        await assert.rejects(get(page!), (error: NodeJS.ErrnoException) => {
          assert.match(`${error.name} ${error.code}`, code);
          return true;
        });
        const { whole, faults } = await site.counters();
        assert.deepEqual({ whole, faults }, { whole: 0, faults: { [fault]: 1 } });
        assert.equal((await get(page!)).statusCode, 200);
      });
    });
  }

  it('shows a length that is too small by the end of the compressed page', async () => {
    await withSite({ wrongLength: 1 }, async (_, pages) => {
      let short = 0;
      for (const page of pages.slice(0, 12)) {
        const answer = await get(page, 'gzip').catch(() => undefined);
        if (answer === undefined) continue;
        short += 1;
        assert.throws(() => gunzipSync(answer.bytes), /unexpected end of file/);
      }
      assert.ok(short > 0 && short < 12, `${short} of 12 were too short`);
    });
  });

  it('stalls: many answers in flight, none of which ends', async () => {
    await withSite({ stall: 1 }, async (site, pages) => {
      const sockets = pages.slice(0, 20).map((page) => {
        const { hostname, port, pathname } = new URL(page);
        const socket = connect(Number(port), hostname);
        socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`);
        return socket;
      });
      try {
        await Promise.all(sockets.map((socket) => once(socket, 'data')));
        const { inFlight, peak, connections, whole } = await site.counters();
        assert.deepEqual({ inFlight, peak, connections, whole }, { inFlight: 20, peak: 20, connections: 20, whole: 0 });
      } finally {
        for (const socket of sockets) socket.destroy();
      }
    });
  });

  it('drips: the page in many pieces, and whole', async () => {
    await withSite({ drip: 1, dripFor: 100, until: 1 }, async (site, [page]) => {
      const { body } = await request(page!, { dispatcher });
      const pieces: Buffer[] = [];
      for await (const piece of body) pieces.push(piece);
      assert.ok(pieces.length > 1, `${pieces.length} pieces`);
      assert.deepEqual(Buffer.concat(pieces), (await get(page!)).bytes);
      assert.equal((await site.counters()).whole, 2);
    });
  });

  it('occur as often as told, by seed, page and attempt alone', () => {
    const options = siteOptions({ faults: { 503: 0.2, reset: 0.1, until: 2 } });
    const drawn = (attempt: number, seed = 1) =>
      Array.from({ length: 10_000 }, (_, page) => spoil({ ...options, seed }, page, attempt, true)?.fault);
    const first = drawn(1);
    const share = (fault: Fault) => first.filter((each) => each === fault).length / 10_000;
    assert.ok(Math.abs(share(503) - 0.2) < 0.02 && Math.abs(share('reset') - 0.1) < 0.02);
    assert.deepEqual(drawn(1), first);
    assert.notDeepEqual(drawn(2), first);
    assert.notDeepEqual(drawn(1, 2), first);
    assert.deepEqual(new Set(drawn(3)), new Set([undefined]));
  });
});
