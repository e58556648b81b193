import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { startCountries } from '../../src/countries/site.ts';

describe('the site of countries', () => {
  it('serves every page that its index links to, byte for byte', async () => {
    const site = await startCountries({ delay: 0 });
    try {
      const index = await (await fetch(site.url)).text();
      const links = [...index.matchAll(/<td><span class="flagicon">\S+<\/span> <a href="([^"]+)">/gu)];
      const found = links.map(([, link]) => new URL(link!.replaceAll('&#39;', "'"), site.url).href);
      const checksums = await site.checksums();
      assert.equal(checksums.size, 238);
      assert.deepEqual(found, [...checksums.keys()]);
      for (const [url, checksum] of checksums) {
        const body = Buffer.from(await (await fetch(url)).arrayBuffer());
        assert.ok(body.length >= 30_000 && body.length <= 300_000, `${url} has ${body.length} bytes`);
        assert.equal(createHash('sha256').update(body).digest('hex'), checksum, url);
      }
    } finally {
      await site.stop();
    }
  });
});
