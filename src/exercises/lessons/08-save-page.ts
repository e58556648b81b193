import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Definition } from '../definition.ts';
import { type Disk, Switch } from '../disk.ts';
import { observe } from '../observe.ts';

type SavePage = (disk: Disk, path: string, body: AsyncIterable<string>) => unknown;

const chunks = ['<html>', '<h1>Côte d’Ivoire</h1>', '<p>Yamoussoukro</p>', '</html>'];
const [page, old] = [chunks.join(''), '<html>as it was yesterday</html>'];

/** A page on disk is whole or not there, whenever the program is killed. */
export const savePage: Definition<SavePage> = {
  id: '08.2',
  title: 'whole or not at all',
  task: 'Save the page so that under its name there is, at every moment, the old page or the new one, and never a part.',
  stub: async function savePage(disk: Disk, path: string, body: AsyncIterable<string>) {
    await disk.writeFile(path, body);
  },
  hints: [
    'writeFile empties the file first and then writes piece by piece. What is there if the program dies in between?',
    'Write where nobody looks: under another name in the same folder. Which operation then gives the page its name at one blow?',
    'rename replaces what stood there in one step: disk.writeFile to path + ".part", then disk.rename to path.',
  ],
  solution: `async function savePage(disk, path, body) {
  await disk.writeFile(path + '.part', body);
  await disk.rename(path + '.part', path);
}`,
  async judge(answer, that) {
    const folder = await mkdtemp(join(tmpdir(), 'interleaved-page-'));
    try {
      const path = () => join(folder, `${randomUUID()}.html`);
      const plain = path();
      let saved: string | undefined;
      const { trouble } = await observe(async () => {
        await answer(new Switch().disk, plain, body());
        saved = content(plain); // looked up at once: what comes later is too late
      }, 5_000);
      if (trouble !== undefined) return void that('it finishes', false, trouble);
      that('the page is on disk, byte for byte', saved === page, told(saved));

      // Killed at each step in turn, until there is a run that gets by without: then no step is left to die at.
      const bad: string[] = [];
      let [moments, again] = [0, 0];
      for (; moments < 100; moments++) {
        const at = path();
        await writeFile(at, old);
        const power = new Switch(moments);
        const { trouble } = await observe(() => answer(power.disk, at, power.pieces(body())), 5_000);
        if (!power.off) break;
        const left = content(at);
        if (left !== old && left !== page) bad.push(told(left));
        await observe(() => answer(new Switch().disk, at, body()), 5_000);
        if (content(at) === page) again += 1;
        if (trouble === undefined) bad.push('nobody heard of it');
      }
      const seen = `killed at ${moments} moments${bad.length === 0 ? '' : `, ${bad.length} times wrong: ${bad[0]}`}`;
      that('killed at any moment, it leaves the old page or the new one', moments > 0 && bad.length === 0, seen);
      that('the next try saves it whole', again === moments, `${again} of ${moments} times`);

      const kept = path();
      await writeFile(kept, old);
      const broken = await observe(() => answer(new Switch().disk, kept, body(2)), 5_000);
      const after = content(kept);
      const well = broken.trouble?.includes('reset') === true && after === old;
      const said = broken.trouble ?? 'it came back without an error';
      that('a body that breaks off is an error, and the old page stays', well, `${said}; ${told(after)}`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** The page as it comes from the network. */
async function* body(breaksAt = chunks.length): AsyncGenerator<string> {
  for (const [index, chunk] of chunks.entries()) {
    if (index === breaksAt) throw new Error('connection reset');
    yield chunk;
  }
}

function content(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function told(text: string | undefined): string {
  if (text === undefined) return 'no page was there';
  if (text === page) return 'the new page was there';
  if (text === old) return 'the old page was there';
  return `${text.length} of ${page.length} characters were there`;
}
