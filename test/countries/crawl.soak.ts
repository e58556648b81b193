import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CountriesSite, startCountries } from '../../src/countries/site.ts';
import { allFaults, assertAll, filesIn, finish, killed } from './kills.ts';

describe('soak: a crawl that is killed at ten random moments', () => {
  let site: CountriesSite;
  let folder: string;
  before(async () => {
    site = await startCountries({ delay: { mean: 150, jitter: 100 }, faults: allFaults });
    await site.checksums();
  });
  after(() => site.stop());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'crawl-soak-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  for (const kind of ['here', 'pool']) {
    it(kind === 'here' ? 'on one thread' : 'with its pages on processes', async () => {
      const moments: number[] = [];
      for (let n = 0; n < 10; n += 1) {
        const ms = Math.random() * 900;
        const from = filesIn(folder).length;
        // The first page that comes is when it is under way; a start-up is of no interest.
        await killed(site, folder, kind, async () => {
          while (filesIn(folder).length === from) await sleep(2);
          await sleep(ms);
        });
        moments.push(Math.round(ms));
      }
      const there = filesIn(folder).length;
      const { fetched, kept, failed } = await finish(site, folder, kind);
      const told = `killed ${moments.join(', ')} ms after the first page`;
      assert.deepEqual([fetched + kept, failed], [238, 0], told);
      assert.ok(kept >= there, `${kept} of ${there} kept; ${told}`);
      await assertAll(site, folder);
    });
  }
});
