import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import { fileName } from '../../src/countries/file-name.ts';
import { manifestOf } from '../../src/countries/manifest.ts';
import type { CountriesSite } from '../../src/countries/site.ts';

const crawler = fileURLToPath(new URL('./crawler.ts', import.meta.url));

/** Faults of every kind, of which a crawl with three retries never loses a page. */
export const allFaults = {
  418: 0.05,
  429: 0.03,
  500: 0.05,
  503: 0.03,
  reset: 0.05,
  stall: 0.03,
  truncated: 0.05,
  wrongLength: 0.05,
  drip: 0.02,
  retryAfter: 0,
  dripFor: 100,
} as const;

/** Names of pages in a folder. */
export function filesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).filter((name) => !name.startsWith('.')) : [];
}

/** Every page is there once, whole by its checksum, with one line in the manifest, and there is nothing else. */
export async function assertAll(site: CountriesSite, folder: string): Promise<void> {
  const sums = await site.checksums();
  assert.equal(sums.size, 238);
  for (const [url, sum] of sums) {
    const bytes = readFileSync(join(folder, fileName(url)));
    assert.equal(crc32(bytes), sum, url);
  }
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith('.')),
    ['.crawl.jsonl'],
  );
  assert.equal(filesIn(folder).length, sums.size);
  assert.equal(new Set(linesOf(folder)).size, sums.size);
  assert.equal(linesOf(folder).length, sums.size, 'a page was brought twice');
}

/** The addresses of the manifest's lines; a kill may have torn one. */
function linesOf(folder: string): string[] {
  const lines = readFileSync(manifestOf(folder), 'utf8').split('\n');
  return lines.flatMap((line) => /^\{"url":"([^"]+)".*\}$/.exec(line)?.[1] ?? []);
}

/** Starts the crawler, and kills it with SIGKILL when `when` resolves, unless it has ended. True if it was killed. */
export async function killed(
  site: CountriesSite,
  folder: string,
  kind: string,
  when: () => Promise<void>,
): Promise<boolean> {
  const child = start(site, folder, kind, 'ignore');
  const gone = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  await Promise.race([when(), gone]);
  child.kill('SIGKILL');
  return (await gone) === 'SIGKILL';
}

/** Runs the crawler to its end, and gives what it tells. */
export async function finish(site: CountriesSite, folder: string, kind: string) {
  const child = start(site, folder, kind, 'pipe');
  let text = '';
  child.stdout!.on('data', (piece) => {
    text += piece;
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  assert.equal(code, 0);
  return JSON.parse(text) as { fetched: number; kept: number; failed: number };
}

function start({ url }: CountriesSite, folder: string, kind: string, stdout: 'ignore' | 'pipe'): ChildProcess {
  return spawn(process.execPath, [crawler, url, folder, kind], { stdio: ['ignore', stdout, 'inherit'] });
}
