import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { root } from '../../src/course/environment.ts';
import { makeSite, replaceFolder } from '../../src/course/html.ts';
import { launch, needsChromium } from '../browser/chromium.ts';
import { folder, notebook } from './fixtures.ts';

const first = notebook(
  '# Start <here>\n\n**Goal.** See `a < b` and *more*.\n\n**Time.** 5 minutes.',
  'const x = 1;',
  '## Words\n\n[next](02-next.ipynb#Words) [out](https://example.org/)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n![a dot](dot.svg)',
  '# Answer\n\n<details><summary>One answer</summary>\n\n```ts\nlet y = 2;\n```\n\n</details>',
);
first.metadata = { language_info: { name: 'typescript' } };
first.cells[1]!.outputs = [
  { output_type: 'stream', name: 'stdout', text: '\u001b[31mred\u001b[39m <b>' },
  { output_type: 'stream', name: 'stderr', text: 'to stderr' },
  { output_type: 'error', ename: 'E', evalue: 'bad', traceback: ['E: bad', '  at cell 1'] },
  {
    output_type: 'display_data',
    metadata: {},
    data: { 'text/html': '<figure>drawn</figure>', 'text/plain': 'its twin' },
  },
  { output_type: 'execute_result', metadata: {}, execution_count: 1, data: { 'text/plain': "'plain'" } },
];
const dot = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle r="4"/></svg>';

describe('npm run html', function () {
  this.timeout(60_000);
  const { dir, remove } = folder({ '01-start.ipynb': first, '02-next.ipynb': notebook('# Next', '1'), 'dot.svg': dot });
  const out = join(dir, 'site');
  const page = (name: string) => readFileSync(join(out, `${name}.html`), 'utf8');

  before(async () => makeSite(dir, out));
  after(remove);

  it('makes a page of each lesson and an index, and nothing else', () => {
    assert.deepEqual(readdirSync(out), ['01-start.html', '02-next.html', 'index.html']);
    assert.deepEqual(
      readdirSync(dir).filter((name) => name.startsWith('site')),
      ['site'],
    );
  });

  it('needs nothing from anywhere: no address but in links', () => {
    for (const name of ['01-start', '02-next', 'index']) {
      const text = page(name)
        .replace(/<a [^>]*>/g, '')
        .replaceAll('http://www.w3.org/2000/svg', '');
      assert.doesNotMatch(text, /https?:|\/\/cdn|<script|@import|url\((?!#|data:)/);
      assert.deepEqual([...text.matchAll(/ (?:src|href)="(?!data:|#)[^"]*"/g)].map(String), []);
    }
  });

  it('has a title, a language and a width for phones on every page', () => {
    assert.match(
      page('01-start'),
      /<html lang="en">[\s\S]*<meta name="viewport"[\s\S]*<title>01 Start &lt;here&gt; · Interleaved<\/title>/,
    );
    assert.match(page('index'), /<html lang="en">[\s\S]*<meta name="viewport"[\s\S]*<title>Interleaved/);
  });

  it('lists the lessons with goal and time', () => {
    assert.match(
      page('index'),
      /href="01-start\.html"[\s\S]*See <code>a &lt; b<\/code> and <em>more<\/em>\.[\s\S]*5 minutes\./,
    );
  });

  it('leads from lesson to lesson by links that all exist', () => {
    assert.match(page('01-start'), /rel="next" href="02-next\.html"/);
    assert.match(page('02-next'), /rel="prev" href="01-start\.html"/);
    assert.match(page('01-start'), /href="02-next\.html#Words"/);
    for (const name of ['01-start', '02-next', 'index']) {
      for (const [, target = ''] of page(name).matchAll(/href="([^":#]+)(?:#[^"]*)?"/g)) {
        assert.ok(existsSync(join(out, target)), `${name} links to ${target}`);
      }
      const ids = [...page(name).matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
      assert.equal(new Set(ids).size, ids.length, `ids of ${name}`);
    }
  });

  it('shows every output once, the picture rather than its twin', () => {
    const text = page('01-start');
    assert.match(text, /<span class="ansi-red-fg">red<\/span> &lt;b&gt;/);
    assert.match(text, /class="stream stderr">to stderr/);
    assert.match(text, /E: bad\n\s*at cell 1/);
    assert.match(text, /<figure>drawn<\/figure>/);
    assert.doesNotMatch(text, /its twin/);
    assert.match(text, /&#39;plain&#39;|'plain'/);
    assert.match(
      text,
      /alt="a dot"[^>]*src="data:image\/svg\+xml;base64|src="data:image\/svg\+xml;base64[^>]*alt="a dot"/,
    );
  });

  it('folds solutions, with what is in them', () => {
    assert.match(
      page('01-start'),
      /<details><summary>One answer<\/summary>\s*<div class="highlight">[\s\S]*?<\/div>\s*<\/details>/,
    );
  });

  it('keeps the old pages when a lesson cannot be read', async () => {
    writeFileSync(join(dir, '03-broken.ipynb'), '{');
    await assert.rejects(makeSite(dir, out), /03-broken\.ipynb is not JSON/);
    assert.deepEqual(readdirSync(out), ['01-start.html', '02-next.html', 'index.html']);
  });

  it('keeps the old pages when the new ones cannot take their place', () => {
    assert.throws(() => replaceFolder(out, join(dir, 'gone')), { code: 'ENOENT' });
    assert.deepEqual(readdirSync(out), ['01-start.html', '02-next.html', 'index.html']);
    assert.deepEqual(
      readdirSync(dir).filter((name) => name.startsWith('site')),
      ['site'],
    );
  });
});

describe('the pages of the lessons in a browser', function () {
  this.timeout(120_000);
  const { dir: out, remove } = folder({});
  let browser: Browser;
  let pages: string[];

  before(async function () {
    needsChromium(this);
    await makeSite(join(root, 'notebooks'), join(out, 'site'));
    pages = readdirSync(join(out, 'site')).map((name) => pathToFileURL(join(out, 'site', name)).href);
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    remove();
  });

  for (const [colorScheme, width] of [
    ['light', 1280],
    ['dark', 390],
  ] as const) {
    it(`fit ${width} px, fetch nothing and say nothing on the console (${colorScheme})`, async () => {
      const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
      const noise: string[] = [];
      page.on('request', (request) => /^(?:file|data):/.test(request.url()) || noise.push(request.url()));
      page.on('console', (message) => noise.push(message.text()));
      page.on('pageerror', (error) => noise.push(error.message));
      for (const address of pages) {
        await page.goto(address);
        const over = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
        assert.equal(over, 0, `${address} runs ${over} px out of the window`);
      }
      assert.deepEqual(noise, []);
      const paper = await page.evaluate('getComputedStyle(document.body).backgroundColor');
      assert.equal(paper, colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(21, 24, 29)');
      await page.close();
    });
  }

  it('show code whole beside the contents, without a scroll', async () => {
    const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    for (const address of pages) {
      await page.goto(address);
      // Fonts differ from machine to machine by a little.
      const cut = await page
        .locator('.input pre')
        .evaluateAll((all) =>
          all.filter((code) => code.scrollWidth - code.clientWidth > 30).map((code) => code.textContent),
        );
      assert.deepEqual(cut, [], address);
    }
    await page.close();
  });

  it('show every figure of a lesson, with a name for those who do not see it', async () => {
    const page = await browser.newPage();
    await page.goto(pages.find((address) => address.includes('/06-'))!);
    const figures = page.locator('figure svg[role="img"]:visible');
    assert.ok((await figures.count()) > 5);
    for (const figure of await figures.all()) {
      const box = await figure.boundingBox();
      assert.ok(box && box.width > 200 && box.height > 20, JSON.stringify(box));
      assert.ok((await figure.locator('title').textContent())?.trim());
    }
    assert.equal(await page.locator('details .highlight:visible').count(), 0, 'solutions are folded');
    await page.locator('.text summary').first().click();
    assert.ok((await page.locator('.text details .highlight:visible').count()) > 0, 'and unfold');
    await page.close();
  });

  it("show Python's figure beside ours on a phone, without a scroll, in the style of today", async () => {
    const page = await browser.newPage({ viewport: { width: 390, height: 900 } });
    let seen = 0;
    for (const address of pages) {
      await page.goto(address);
      assert.equal(await page.locator('.il style').count(), 0, `${address} keeps a stored style`);
      for (const scroll of await page.locator('.il-scroll', { has: page.getByText(/^(in )?Python$/) }).all()) {
        const hidden = await scroll.evaluate((box) => box.scrollWidth - box.clientWidth);
        assert.equal(hidden, 0, `${address}: ${hidden} px of ${await scroll.textContent()}`);
        seen += 1;
      }
    }
    assert.ok(seen > 10, `${seen} tables`);
    await page.close();
  });
});
