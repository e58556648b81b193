import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { crawl } from '../../src/countries/crawl.ts';
import { fileName } from '../../src/countries/file-name.ts';
import { HostQueue } from '../../src/countries/host-queue.ts';
import { countryLinks } from '../../src/countries/links.ts';
import { manifestOf } from '../../src/countries/manifest.ts';
import { type CountriesSite, startCountries } from '../../src/countries/site.ts';
import { ProcessPoolExecutor, ThreadPoolExecutor } from '../../src/executors/executors.ts';
import { now } from '../../src/timing/clock.ts';
import { inCell } from '../show/cell.ts';
import { allFaults, assertAll, filesIn, finish, killed } from './kills.ts';

const silent = { label: false, backoff: 5, timeouts: { stall: 300 } } as const;

describe('crawl', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'crawl-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const linksOf = async ({ url }: CountriesSite) => countryLinks(await (await fetch(url)).text(), url);

  describe('of a site that works', () => {
    let site: CountriesSite;
    let links: string[];
    before(async () => {
      site = await startCountries({ delay: 5 });
      links = await linksOf(site);
    });
    after(() => site.stop());
    beforeEach(() => site.reset());

    it('brings each page once, at most 16 at the same time, and tells of it', async () => {
      const crawled = await crawl([...links, ...links, `${links[0]}#History`], folder, silent);
      await assertAll(site, folder);
      const { requests, peak } = await site.counters();
      assert.deepEqual([requests, crawled.fetched.length, crawled.failed, crawled.failures], [239, 238, [], {}]);
      assert.ok(peak <= 16 && peak > 1, `${peak}`);
      assert.ok(crawled.percentile(50) <= crawled.percentile(99));
      assert.match(String(crawled), /fetched +238 \(.*B\)[\s\S]*slowest page/);
    });

    it('keeps to other limits per host', async () => {
      await crawl(links.slice(0, 20), folder, { ...silent, perHost: 3 });
      assert.equal((await site.counters()).peak, 3);
      await crawl(links, join(folder, 'all'), { ...silent, perHost: Number.POSITIVE_INFINITY });
      for (const wrong of [0, Number.NaN]) await assert.rejects(crawl([], folder, { perHost: wrong }), RangeError);
    });

    it('fetches only what is not whole: changed, cut and lost pages come again', async () => {
      const some = links.slice(0, 12);
      await crawl(some, folder, silent);
      const [changed, cut, lost, part] = some.map((link) => join(folder, fileName(link))) as [
        string,
        string,
        string,
        string,
      ];
      const bytes = readFileSync(changed);
      bytes[1000]! ^= 1;
      writeFileSync(changed, bytes);
      writeFileSync(cut, readFileSync(cut).subarray(0, 500));
      rmSync(lost);
      // As if it had been killed between the page's line and its name.
      const line = readFileSync(manifestOf(folder), 'utf8')
        .split('\n')
        .find((each) => each.includes(some[3]!))!;
      renameSync(part, join(folder, JSON.parse(line).part));
      appendFileSync(manifestOf(folder), '{"url":"torn'); // and in the middle of the next line
      writeFileSync(join(folder, '.part-999999999-x'), 'left over');
      await site.reset();
      const { fetched, kept } = await crawl(some, folder, silent);
      assert.deepEqual(fetched.map(({ url }) => url).sort(), some.slice(0, 3).sort());
      assert.deepEqual([kept.length, (await site.counters()).requests], [9, 4]);
      assert.ok(!existsSync(join(folder, '.part-999999999-x')));
      const sums = await site.checksums();
      for (const { url, crc32 } of [...fetched, ...kept]) assert.equal(crc32, sums.get(url));
      assert.equal((await crawl(some, folder, silent)).kept.length, 12);
    });

    it('goes on when pages do not come, and says which', async () => {
      const gone = [`${site.url}wiki/Atlantis`, 'http://127.0.0.1:1/wiki/Peru'];
      const { fetched, failed, failures } = await crawl([...gone, ...links.slice(0, 3)], folder, {
        ...silent,
        retries: 1,
      });
      assert.equal(fetched.length, 3);
      assert.deepEqual(failed.map(({ url }) => url).sort(), gone.toSorted());
      assert.deepEqual(failures, { 'status 404': 1, refused: 1 });
    });

    it('stops when the cell is interrupted, and is resumed', async () => {
      await inCell(async ({ ends, interrupt }) => {
        const crawling = crawl(links, folder, { ...silent, perHost: 4 });
        const stopped = assert.rejects(crawling, { name: 'CancelledError' });
        while (filesIn(folder).length < 20) await sleep(1);
        interrupt();
        await stopped;
        assert.equal(ends.size, 0);
      });
      const there = filesIn(folder).length;
      assert.ok(there < 238);
      const { kept } = await crawl(links, folder, silent);
      assert.ok(kept.length >= there);
      await assertAll(site, folder);
    });
  });

  describe('of a site with faults of every kind', () => {
    let site: CountriesSite;
    let links: string[];
    before(async () => {
      site = await startCountries({ delay: 5, faults: allFaults });
      links = await linksOf(site);
    });
    after(() => site.stop());
    beforeEach(() => site.reset());

    for (const Pool of [undefined, ThreadPoolExecutor, ProcessPoolExecutor]) {
      it(`loses and doubles nothing on ${Pool?.name ?? 'this thread'}`, async () => {
        const executor = Pool && new Pool(4);
        try {
          const { failed, failures } = await crawl(links, folder, { ...silent, executor });
          await assertAll(site, folder);
          assert.equal(failed.length, 0);
          const { faults } = await site.counters();
          const { drip, ...failing } = faults;
          assert.equal(sum(failures), sum(failing), `${JSON.stringify(failures)} of ${JSON.stringify(failing)}`);
          for (const code of [418, 429, 500, 503] as const) assert.equal(failures[`status ${code}`], faults[code]);
        } finally {
          await executor?.shutdown();
        }
      });
    }

    for (const kind of ['here', 'pool']) {
      it(`killed twice with SIGKILL and resumed, the same (${kind})`, async () => {
        for (const many of [50, 140]) {
          const until = async () => {
            while (filesIn(folder).length < many) await sleep(2);
          };
          assert.ok(await killed(site, folder, kind, until));
        }
        const there = filesIn(folder).length;
        assert.ok(there < 238, 'it was killed too late to tell anything');
        const { fetched, kept, failed } = await finish(site, folder, kind);
        assert.deepEqual([fetched + kept, failed], [238, 0]);
        assert.ok(kept >= there);
        await assertAll(site, folder);
      });
    }
  });

  it('comes through a rate limit: all pages of the host wait as it asks', async () => {
    const site = await startCountries({ delay: 0, rate: { perSecond: 40, burst: 20 } });
    try {
      const { failed, fetched } = await crawl((await linksOf(site)).slice(0, 50), folder, { ...silent, retries: 10 });
      assert.deepEqual([failed.length, fetched.length], [0, 50]);
    } finally {
      await site.stop();
    }
  });
});

describe('the queue of a host', () => {
  it('starts requests an interval apart, and none in a pause', async () => {
    const queue = new HostQueue(20);
    const starts: number[] = [];
    for (let n = 0; n < 6; n += 1) queue.add(`${n}`);
    const { signal } = new AbortController();
    const begin = now();
    let free = 0;
    await queue.drain(3, async () => {
      await queue.turn(signal);
      starts.push(now());
      if (starts.length !== 3) return;
      free = now() + 100;
      queue.hold(100);
    });
    assert.equal(starts.length, 6);
    // A start may be noted late, but none may be early.
    const earliest = [0, 20, 40].map((ms) => begin + ms).concat([0, 20, 40].map((ms) => free + ms));
    for (const [n, time] of earliest.entries()) assert.ok(starts[n]! >= time, `start ${n}: ${starts[n]! - time} ms`);
  });
});

function sum(counts: Readonly<Record<string, number | undefined>>): number {
  return Object.values(counts).reduce<number>((total, count = 0) => total + count, 0);
}
