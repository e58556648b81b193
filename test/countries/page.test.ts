import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, gzipSync } from 'node:zlib';
import type { PageError } from '../../src/countries/failure.ts';
import { fetchPage, type PageOptions } from '../../src/countries/page.ts';
import {
  AsyncExecutor,
  ProcessPoolExecutor,
  SerialExecutor,
  ThreadPoolExecutor,
} from '../../src/executors/executors.ts';

const body = Buffer.from(`<html>${'données '.repeat(30_000)}</html>`);
const zipped = gzipSync(body);
/** Waits that no test has to sit out. */
const quick: PageOptions = { backoff: 1 };

type Answer = (response: ServerResponse, request: IncomingMessage) => void;
const whole: Answer = (response) => {
  response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': zipped.length }).end(zipped);
};
const status =
  (code: number, headers = {}): Answer =>
  (response) =>
    response.writeHead(code, headers).end('no');
const half =
  (headers: Record<string, string | number>, then: (response: ServerResponse) => void): Answer =>
  (response) => {
    response.writeHead(200, { 'content-encoding': 'gzip', ...headers });
    response.write(zipped.subarray(0, zipped.length >> 1), () => then(response));
  };

describe('fetchPage', () => {
  let server: Server;
  let url: string;
  let folder: string;
  /** What the next requests are answered; then come whole pages. */
  let answers: Answer[];
  let requests: number;

  before(async () => {
    server = createServer((request, response) => {
      requests += 1;
      (answers.shift() ?? whole)(response, request);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/wiki/C%C3%B4te_d'Ivoire`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'page-'));
    answers = [];
    requests = 0;
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** The page is there, byte by byte, and nothing else. */
  function assertWhole(file = "Côte_d'Ivoire.html"): void {
    assert.deepEqual(readdirSync(folder), [file]);
    assert.ok(readFileSync(join(folder, file)).equals(body));
  }

  const failing = (options: PageOptions): Promise<PageError> =>
    fetchPage(url, folder, { ...quick, ...options }).then(
      () => assert.fail('it came'),
      (error) => error,
    );

  it('brings a page to its file', async () => {
    const { ms, ...page } = await fetchPage(url, folder, { timeouts: { whole: undefined } });
    const whole = { bytes: body.length, crc32: crc32(body) };
    assert.deepEqual(page, { url, file: "Côte_d'Ivoire.html", ...whole, failures: [] });
    assert.ok(ms > 0);
    assertWhole();
  });

  it('asks for gzip and takes a page that is not packed', async () => {
    let accepts: string | undefined;
    answers = [
      (response, request) => {
        accepts = String(request.headers['accept-encoding']);
        response.end(body);
      },
    ];
    await fetchPage(url, folder, { file: 'x.html' });
    assert.equal(accepts, 'gzip');
    assertWhole('x.html');
  });

  it('makes the folder, also a deep one', async () => {
    await fetchPage(url, join(folder, 'a', 'b'));
    assert.deepEqual(readdirSync(join(folder, 'a', 'b')), ["Côte_d'Ivoire.html"]);
  });

  const faults: Record<string, [string, Answer]> = {
    'a reset': ['reset', half({ 'content-length': zipped.length }, (response) => response.socket?.resetAndDestroy())],
    'a stall': ['stalled', half({ 'content-length': zipped.length }, () => {})],
    'a truncated body': ['truncated', half({ connection: 'close' }, (response) => response.socket?.end())],
    'a length that is too large': [
      'truncated',
      half({ 'content-length': zipped.length, connection: 'close' }, (response) => response.socket?.end()),
    ],
    'a length that is too small': [
      'truncated',
      (response) => {
        response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': zipped.length - 10 });
        response.end(zipped.subarray(0, -10));
      },
    ],
    'a body that is no gzip': [
      'broken body',
      (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(body),
    ],
    'headers that do not come': ['headers timeout', () => {}],
    ...Object.fromEntries([408, 418, 425, 429, 500, 503].map((code) => [`${code}`, [`status ${code}`, status(code)]])),
  };
  for (const [name, [failure, answer]] of Object.entries(faults)) {
    it(`tries again after ${name}`, async () => {
      answers = [answer];
      const { failures } = await fetchPage(url, folder, { ...quick, timeouts: { headers: 200, stall: 200 } });
      assert.deepEqual([failures, requests], [[failure], 2]);
      assertWhole();
    });
  }

  it('gives up a body that drips for ever, by the time-out of the whole', async () => {
    answers = [
      (response) => {
        response.writeHead(200);
        const timer = setInterval(() => response.write('x'), 10);
        response.once('close', () => clearInterval(timer));
      },
    ];
    const { failures } = await fetchPage(url, folder, { ...quick, timeouts: { stall: 1000, whole: 150 } });
    assert.deepEqual(failures, ['timeout']);
    assertWhole();
  });

  it('leaves nothing of a page that does not come, and an older one as it was', async () => {
    writeFileSync(join(folder, 'old.html'), 'old');
    answers = [faults['a reset']![1], faults['a truncated body']![1]];
    const error = await failing({ retries: 1, file: 'old.html' });
    assert.equal(error.name, 'PageError');
    assert.deepEqual(error.failures, ['reset', 'truncated']);
    assert.match(error.message, /could not be fetched: truncated after 2 attempts/);
    assert.deepEqual(readdirSync(folder), ['old.html']);
    assert.equal(readFileSync(join(folder, 'old.html'), 'utf8'), 'old');
  });

  it('does not ask again for what will not change', async () => {
    for (const code of [301, 403, 404, 410]) {
      answers = [status(code)];
      requests = 0;
      assert.equal((await failing({})).failure, `status ${code}`);
      assert.equal(requests, 1);
    }
    writeFileSync(join(folder, 'plain'), '');
    await assert.rejects(fetchPage(url, join(folder, 'plain')), { failure: 'file' });
  });

  const to = (location: string) => status(302, { location });

  it('follows redirects to an address of the same host, and keeps the name of the first', async () => {
    const paths: (string | undefined)[] = [];
    const noting =
      (answer: Answer): Answer =>
      (response, request) => {
        paths.push(request.url);
        answer(response, request);
      };
    answers = [to('/b?x=1'), to(new URL('/c', url).href), whole].map(noting);
    const page = await fetchPage(url, folder, quick);
    assert.deepEqual([page.url, page.file, page.failures], [url, "Côte_d'Ivoire.html", []]);
    assert.deepEqual(paths.slice(1), ['/b?x=1', '/c']);
    assertWhole();
  });

  it('follows no redirect for ever, to another host, or off the web', async () => {
    answers = Array.from({ length: 20 }, () => to(url));
    const loop = await failing({});
    assert.deepEqual([loop.failure, loop.redirect, requests], ['redirect', url, 11]);
    assert.match(loop.message, /could not be fetched: redirect, which leads to http.*, and was led on 10 times before/);
    for (const elsewhere of [
      'http://other.invalid/',
      '//other.invalid/',
      url.replace(/:\d+/, ''),
      'file:///etc/passwd',
    ]) {
      answers = [to(elsewhere)];
      requests = 0;
      const error = await failing({});
      assert.deepEqual([error.failure, requests], ['redirect', 1], elsewhere);
      assert.match(error.message, /another host|not of the web/);
    }
    assert.deepEqual(readdirSync(folder), []);
  });

  it('waits as long as the server asks, and no longer than maxWait', async () => {
    answers = [status(503, { 'retry-after': '1' })];
    const { ms } = await fetchPage(url, folder, quick);
    assert.ok(ms >= 990, `${ms}`); // a bound that load can only raise
    answers = [status(429, { 'retry-after': '3600' })];
    assert.match(
      (await failing({})).message,
      /status 429; the server asks to wait 3600000 ms, longer than maxWait \(30000 ms\)/,
    );
  });

  it('refuses what is no address of the web', async () => {
    for (const wrong of ['file:///etc/passwd', 'Peru', 'http://'])
      await assert.rejects(fetchPage(wrong, folder), TypeError);
  });

  it('tries again where no way leads to the host at this moment', async () => {
    // The address of all hosts at once, to which nobody can connect.
    const error = (await fetchPage('http://255.255.255.255/', folder, { ...quick, retries: 1 }).catch(
      (failed) => failed,
    )) as PageError;
    assert.deepEqual(error.failures, ['unreachable', 'unreachable']);
  });

  it('stops at its signal, while it fetches and while it waits', async () => {
    const reason = new Error('enough');
    for (const answer of [faults['a stall']![1], status(503, { 'retry-after': '20' })]) {
      const controller = new AbortController();
      answers = [
        (...args) => {
          answer(...args);
          setTimeout(() => controller.abort(reason), 50);
        },
      ];
      await assert.rejects(fetchPage(url, folder, { signal: controller.signal }), (error) => error === reason);
      assert.deepEqual(readdirSync(folder), []);
    }
  });

  it('uses its connections again', async () => {
    let connections = 0;
    const count = () => {
      connections += 1;
    };
    await fetchPage(url, folder);
    server.on('connection', count);
    for (let n = 0; n < 5; n += 1) {
      answers = [status(500)];
      await fetchPage(url, folder, quick);
    }
    server.off('connection', count);
    assert.equal(connections, 0);
  });

  const engines = { SerialExecutor, AsyncExecutor, ThreadPoolExecutor, ProcessPoolExecutor };
  for (const [name, Engine] of Object.entries(engines)) {
    it(`is the same on ${name}`, async () => {
      const pool = new Engine(2);
      try {
        answers = [status(500)];
        const links = [url, `${url}2`, `${url}3`];
        const pages = await Promise.all(links.map((link) => pool.submit(fetchPage, link, folder, quick)));
        const files = pages.map(({ file }) => file);
        assert.deepEqual(files, ["Côte_d'Ivoire.html", "Côte_d'Ivoire2.html", "Côte_d'Ivoire3.html"]);
        for (const file of files) assert.ok(readFileSync(join(folder, file)).equals(body));
        answers = [status(404)];
        const error = (await pool.submit(fetchPage, url, folder).catch((failed) => failed)) as PageError;
        assert.deepEqual([error.name, error.failure, error.failures], ['PageError', 'status 404', ['status 404']]);
      } finally {
        await pool.shutdown();
      }
    });
  }
});
