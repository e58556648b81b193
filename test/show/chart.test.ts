import assert from 'node:assert/strict';
import { type Chart, chart } from '../../src/show/chart.ts';
import { displaySymbol } from '../../src/show/display.ts';
import { setHost } from '../../src/show/host.ts';

const curves = {
  title: 'Speed-up by task length',
  x: { title: 'task', unit: 'ms', log: true },
  y: { title: 'speed-up' },
  curves: {
    threads: [
      [0.1, 0.4],
      [1, 1.5],
      [10, 1.9],
    ],
    processes: [
      [0.1, 0.2],
      [10, 1.8],
    ],
  },
  rule: { y: 1, label: 'break-even' },
} as const;
const bars = {
  title: 'Memory of one',
  unit: 'kB',
  bars: [
    { name: 'generator', value: 0.12 },
    { name: 'thread <b>', value: 10_600, least: 8_900, most: 12_000 },
  ],
} as const;

function html(shown: Chart): string {
  return shown[displaySymbol]()['text/html']!;
}

describe('a chart', () => {
  before(() => setHost({ display: () => {}, onInterrupt: () => () => {} }));
  after(() => setHost(undefined));

  it('names and describes its picture for somebody who cannot see it', async () => {
    const page = html(await chart(curves));
    for (const svg of page.match(/<svg[\s\S]*?<\/svg>/g)!) {
      const [, title, description] = /^<svg [^>]*role="img" aria-labelledby="(\S+) (\S+)"/.exec(svg)!;
      assert.ok(svg.includes(`<title id="${title}">Speed-up by task length</title>`));
      assert.ok(
        svg.includes(`<desc id="${description}">speed-up by task (ms). threads: 0.100 gives 0.400, 1 gives 1.50,`),
      );
      assert.match(svg, /The line at 1\.00 is break-even\.<\/desc>/);
    }
  });

  it('is drawn for wide and for narrow, hidden where the style is not trusted, with the twin in its place', async () => {
    const page = html(await chart(bars));
    assert.match(page, /<div class="il-picture il-wide" hidden>/);
    assert.match(page, /<div class="il-picture il-narrow" hidden>/);
    assert.match(page, /<pre class="il-twin">generator/);
  });

  it('has ids that no other figure has, also when drawn twice', async () => {
    const page = html(await chart(curves)) + html(await chart(curves));
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!);
    assert.equal(ids.length, 8);
    assert.equal(new Set(ids).size, 8);
    for (const [, used] of page.matchAll(/url\(#([^)]+)\)/g)) assert.ok(ids.includes(used!), `no ${used}`);
  });

  it('needs nothing from elsewhere: no script, no address, no font', async () => {
    const page = (html(await chart(curves)) + html(await chart(bars))).replaceAll('http://www.w3.org/2000/svg', '');
    assert.doesNotMatch(page, /https?:|<script|<image|@import|@font-face|url\((?!#)/);
  });

  it('tells curves apart by dash and shape, not by colour alone', async () => {
    const page = html(await chart(curves));
    assert.match(page, /stroke-dasharray="6,3"/);
    assert.match(page, /break-even/);
  });

  it('writes its own text safely', async () => {
    const page = html(await chart(bars));
    assert.doesNotMatch(page, /<b>/);
    assert.match(page, /10,600 kB/);
  });

  it('has a text twin with the same numbers', async () => {
    const text = String(await chart(curves));
    assert.match(text, /task \(ms\) +threads +processes/);
    assert.match(text, /0\.100 +0\.400 +0\.200\n/);
    assert.match(text, /\n +1 +1\.50\n/);
    assert.match(text, /break-even: 1\.00/);
    assert.match(String(await chart(bars)), /thread <b> █+─+ 10,600 kB/);
  });

  it('refuses what cannot be drawn, and names it', async () => {
    await assert.rejects(chart({ title: 'x', bars: [] }), /The chart "x" has no bars/);
    await assert.rejects(chart({ title: 'x', bars: [{ name: 'a', value: Number.NaN }] }), /cannot draw NaN of a/);
    await assert.rejects(chart({ ...curves, curves: {} }), /has no points/);
    await assert.rejects(chart({ ...curves, curves: { a: [[0, 1]] } }), /no place for 0, 1 of a/);
  });
});

describe('a chart outside a notebook', () => {
  it('is text only', async () => {
    assert.doesNotMatch(html(await chart(bars)), /<svg/);
  });
});
