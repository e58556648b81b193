import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type CrawlOptions, crawl } from '../../src/countries/crawl.ts';
import { startCountries } from '../../src/countries/site.ts';
import { ProcessPoolExecutor } from '../../src/executors/executors.ts';
import { now } from '../../src/timing/clock.ts';
import { filesIn } from './kills.ts';

const silent: CrawlOptions = { label: false, backoff: 1, retries: 2 };

type Route = string | ((response: ServerResponse) => void);

describe('the manners of a crawl', () => {
  let folder: string;
  let server: Server;
  let url: string;
  /** What each path is answered; any other is a page. */
  let routes: Record<string, Route>;
  /** The paths that were asked for, and when. */
  let asked: { path: string; at: number }[];

  before(async () => {
    server = createServer(({ url: path = '' }, response) => {
      asked.push({ path, at: now() });
      const route = routes[path] ?? (path === '/robots.txt' ? status(404) : 'a page');
      if (typeof route === 'string') response.end(route);
      else route(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'manners-'));
    routes = {};
    asked = [];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const status =
    (code: number, headers = {}): Route =>
    (response) =>
      response.writeHead(code, headers).end('no');
  const to = (location: string): Route => status(302, { location });
  const pages = (...paths: string[]): string[] => paths.map((path) => `${url}${path}`);
  const paths = (): string[] => asked.map(({ path }) => path);

  describe('by robots.txt', () => {
    it('leaves out what it forbids, says so, and asks for it once', async () => {
      routes['/robots.txt'] = 'User-agent: *\nDisallow: /talk/\nAllow: /talk/open\nDisallow: /*.pdf$\n';
      const all = pages('/a', '/talk/a', '/talk/open', '/b.pdf', '/b.pdf.html');
      const { fetched, failed, failures } = await crawl(all, folder, silent);
      assert.deepEqual(fetched.map((page) => page.url).sort(), pages('/a', '/b.pdf.html', '/talk/open'));
      assert.deepEqual(failed.map((error) => [error.url, error.failure]).sort(), [
        [`${url}/b.pdf`, 'robots'],
        [`${url}/talk/a`, 'robots'],
      ]);
      assert.deepEqual(failures, { robots: 2 });
      assert.deepEqual(paths().sort(), ['/a', '/b.pdf.html', '/robots.txt', '/talk/open']);
    });

    it('takes the part that is for it, packed or behind a redirect', async () => {
      const text = 'User-agent: *\nDisallow: /\n\nUser-agent: Interleaved\nDisallow: /b\n';
      routes['/robots.txt'] = to('/other.txt');
      routes['/other.txt'] = (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(text));
      const { fetched, failures } = await crawl(pages('/a', '/b'), folder, silent);
      assert.deepEqual([fetched.length, failures], [1, { robots: 1 }]);
    });

    it('allows all where there is none', async () => {
      for (const none of [status(404), status(403), to('/robots.txt'), '']) {
        routes['/robots.txt'] = none;
        assert.equal((await crawl(pages('/a'), mkdtempSync(join(folder, 'n')), silent)).fetched.length, 1);
      }
    });

    it('allows nothing where it does not come, for the same cause', async () => {
      routes['/robots.txt'] = status(503);
      const { fetched, failed, failures } = await crawl(pages('/a', '/b'), folder, silent);
      assert.deepEqual([fetched, failures], [[], { 'status 503': 2 }]);
      assert.match(failed[0]!.message, /could not be fetched: status 503 \(of robots\.txt\)/);
      assert.deepEqual(paths(), ['/robots.txt', '/robots.txt', '/robots.txt']);
    });

    it('starts requests no sooner one after another than it asks', async () => {
      routes['/robots.txt'] = 'User-agent: *\nCrawl-delay: 0.03\n';
      await crawl(pages('/a', '/b', '/c', '/d'), folder, { ...silent, interval: 1 });
      // Each was noted when it came, some time after it was sent: only the first, which was answered before, and the last tell.
      assert.ok(asked.at(-1)!.at - asked[0]!.at >= 89, JSON.stringify(asked));
    });

    it('gives up a host that wants a longer pause than maxWait', async () => {
      routes['/robots.txt'] = 'User-agent: *\nCrawl-delay: 3600\n';
      const { failed } = await crawl(pages('/a'), folder, silent);
      assert.match(failed[0]!.message, /asks for 3600000 ms between two requests, longer than maxWait \(30000 ms\)/);
    });

    it('is not asked for when it is not to be heeded', async () => {
      routes['/robots.txt'] = 'User-agent: *\nDisallow: /\n';
      assert.equal((await crawl(pages('/a'), folder, { ...silent, robots: false })).fetched.length, 1);
      assert.deepEqual(paths(), ['/a']);
    });

    it('is heeded on the site of countries, which counts who does not', async () => {
      const site = await startCountries({ delay: 0 });
      try {
        const links = [`${site.url}talk/France`, `${site.url}wiki/France`];
        assert.equal((await crawl(links, folder, silent)).fetched.length, 1);
        assert.equal((await site.counters()).forbidden, 0);
        await crawl(links, folder, { ...silent, robots: false });
        assert.equal((await site.counters()).forbidden, 1);
      } finally {
        await site.stop();
      }
    });
  });

  describe('where pages redirect', () => {
    for (const where of ['here', 'in a process']) {
      it(`follows on the host, and resumes by the first address (${where})`, async () => {
        routes['/old'] = to('/older');
        routes['/older'] = to('/new');
        const executor = where === 'here' ? undefined : new ProcessPoolExecutor(1);
        try {
          const { fetched } = await crawl(pages('/old'), folder, { ...silent, executor });
          assert.deepEqual([fetched[0]!.url, fetched[0]!.file], [`${url}/old`, 'old.html']);
          assert.deepEqual(filesIn(folder), ['old.html']);
          asked = [];
          assert.equal((await crawl(pages('/old'), folder, { ...silent, executor })).kept.length, 1);
          assert.deepEqual(paths(), []);
        } finally {
          await executor?.shutdown();
        }
      });
    }

    it('gives up a loop and what leads to another host', async () => {
      routes['/loop'] = to('/loop');
      routes['/away'] = to(url.replace('127.0.0.1', 'localhost'));
      const { failed, failures } = await crawl(pages('/loop', '/away'), folder, silent);
      assert.deepEqual([failed.length, failures], [2, { redirect: 2 }]);
      assert.equal(paths().filter((path) => path === '/loop').length, 11);
      assert.equal(paths().filter((path) => path === '/').length, 0);
    });

    it('asks robots.txt and keeps to the interval at each address', async () => {
      routes['/robots.txt'] = 'User-agent: *\nDisallow: /secret\n';
      routes['/a'] = to('/b');
      routes['/b'] = to('/secret');
      const { failures } = await crawl(pages('/a'), folder, { ...silent, interval: 30 });
      assert.deepEqual([failures, paths()], [{ robots: 1 }, ['/robots.txt', '/a', '/b']]);
      assert.ok(asked[2]!.at - asked[0]!.at >= 29, `${asked[2]!.at - asked[0]!.at}`);
    });
  });
});
