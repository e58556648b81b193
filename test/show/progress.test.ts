import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { setHost } from '../../src/show/host.ts';
import { progress } from '../../src/show/progress.ts';
import { now } from '../../src/timing/clock.ts';

describe('progress', () => {
  const shown: { text: string; html: string; id: string | undefined; update: boolean | undefined }[] = [];
  beforeEach(() => {
    shown.length = 0;
    setHost({
      display: (bundle, { id, update } = {}) =>
        shown.push({ text: bundle['text/plain']!, html: bundle['text/html']!, id, update }),
      onInterrupt: () => () => {},
    });
  });
  after(() => setHost(undefined));

  it('updates one display in place and ends on its last state', () => {
    const bar = progress(4, 'crawl');
    bar.tick();
    bar.tick(3);
    bar.close();
    bar.close();
    const [first, ...more] = shown.map(({ update }) => update);
    assert.ok(first === false && more.length > 0 && more.every((update) => update === true), String([first, more]));
    assert.equal(new Set(shown.map(({ id }) => id)).size, 1);
    assert.match(shown[0]!.text, /^crawl {2}█{6}░{18} 25 % {2}1 of 4 {2}[\d,.]+\/s {2}[\d.]+ \S+ left$/);
    assert.match(shown.at(-1)!.text, /100 % {2}4 of 4 .* in /);
    assert.match(shown.at(-1)!.html, /<progress max="4" value="4" aria-label="crawl">/);
  });

  it('does not flood a notebook: ten thousand steps in a moment are a few messages', () => {
    const start = now();
    const bar = progress(10_000);
    for (let step = 0; step < 10_000; step++) bar.tick();
    bar.close();
    // The first, the last, and ten a second between them.
    assert.ok(shown.length <= 2 + (now() - start) / 100, `${shown.length} messages`);
    assert.match(shown.at(-1)!.text, /10,000 of 10,000/);
  });

  it('gives two bars displays of their own', () => {
    progress(1).close();
    progress(1).close();
    assert.equal(new Set(shown.map(({ id }) => id)).size, 2);
  });

  it('walks items, and closes when the loop is left early or fails', async () => {
    const seen: number[] = [];
    for (const item of progress([1, 2, 3], 'sync')) seen.push(item);
    for await (const item of progress(new Set([4, 5]), 'set')) seen.push(item);
    assert.deepEqual(seen, [1, 2, 3, 4, 5]);
    assert.match(shown.at(-1)!.text, /set .*2 of 2/);
    for await (const _ of progress([1, 2, 3], 'left')) break;
    assert.match(shown.at(-1)!.text, /left .*0 of 3 .*in/);
    const failing = async () => {
      for await (const _ of progress([1], 'fails')) throw new Error('mine');
    };
    await assert.rejects(failing(), /mine/);
    assert.match(shown.at(-1)!.text, /fails/);
  });

  it('counts items whose number nobody knows, one by one as they come', async () => {
    async function* slow() {
      yield 1;
      await sleep(1);
      yield 2;
    }
    for await (const _ of progress(slow(), 'stream'));
    assert.match(shown.at(-1)!.text, /^stream {2}2 done/);
    for await (const _ of progress(slow(), 'told', 4));
    assert.match(shown.at(-1)!.text, /^told .* 50 % {2}2 of 4/);
    assert.throws(() => [...progress(slow())], /for await/);
  });

  it('refuses a total that is none', () => {
    for (const total of [Number.NaN, -1, 2.5]) assert.throws(() => progress(total), RangeError);
  });

  it('writes a single line where a line cannot be overwritten', () => {
    const module = JSON.stringify(join(import.meta.dirname, '../../src/show/progress.ts'));
    const script = `import { progress } from ${module}; for (const item of progress([1, 2, 3], 'pipe')) item;`;
    const out = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    assert.match(out, /^pipe {2}█{24} 100 % {2}3 of 3 .*\n$/);
  });
});
