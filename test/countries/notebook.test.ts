import assert from 'node:assert/strict';
import { join } from 'node:path';
import { request } from 'undici';
import { KernelClient, root } from '../kernel/client.ts';

const module = JSON.stringify(join(root, 'src', 'countries', 'site.ts'));

describe('the site of countries in a notebook', function () {
  this.timeout(120_000);

  it('outlives the interrupt of a later cell, and ends with the kernel', async () => {
    const kernel = await KernelClient.start();
    let url: string;
    try {
      const started = await kernel.execute(`
        const module: string = ${module};
        const site = await (await import(module)).startCountries({ delay: 0 });
        console.log(site.url)`);
      assert.equal(started.reply.status, 'ok', JSON.stringify(started.reply));
      url = started.stream('stdout').trim();
      // Told after the first page: an interrupt before it would find a site that nobody has asked.
      const cell = kernel.execute(`
        for (let pages = 0; ; pages += 1) {
          await (await fetch(site.url)).text();
          if (pages === 0) console.log('crawling');
        }`);
      while (!cell.messages.some(({ header }) => header.msg_type === 'stream')) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      await kernel.interrupt();
      assert.equal((await cell).reply.ename, 'Interrupted');
      const { stream } = await kernel.execute('console.log((await site.counters()).requests > 0)');
      assert.equal(stream('stdout').trim(), 'true');
    } finally {
      await kernel.close();
    }
    await assert.rejects(request(url, { reset: true }));
  });
});
