import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type CountriesSite, startCountries } from '../src/countries/site.ts';
import { type Bench, mapValues, quotients } from './harness.ts';
import { type Entry, Field } from './tools/field.ts';
import { fetchPeers } from './tools/peers.ts';

/** Rounds that take some two minutes. */
export const rounds = 5;

const ours = 'interleaved';
const floor = 'bare undici';
const delay = 100;
/** Pages of the site; the processes of the posts. */
const [pages, processes] = [238, 11];

const file = (name: string): string => fileURLToPath(new URL(`./crawl/${name}`, import.meta.url));

/**
 * The crawl of 238 pages that take 100 ms each: speed-ups over one page after another, the library's beside those of
 * bare undici that does the same work, of Node's fetch with p-limit, and of Python's requests; and its memory.
 */
export default async function crawl(bench: Bench): Promise<void> {
  const why = fetchPeers();
  if (why !== undefined) bench.note(`Some peers could not be fetched (${why}).`);
  for (const name of ['undici', 'p-limit']) bench.version(name);
  const site = await startCountries({ delay });
  try {
    await site.checksums(); // all pages are made
    await speed(bench, site);
  } finally {
    await site.stop();
  }
  await memory(bench);
}

function entries({ url }: CountriesSite): Entry[] {
  const node = (adapter: string): Entry['command'] => [process.execPath, file('contender.mjs'), adapter, url];
  return [
    { name: floor, command: node('undici'), needed: true },
    { name: ours, command: node('interleaved'), needed: true },
    { name: 'fetch with p-limit', command: node('fetch') },
    { name: 'Python', command: ['python3', file('python.py'), url] },
  ];
}

async function speed(bench: Bench, site: CountriesSite): Promise<void> {
  const field = await Field.start(bench, entries(site));
  try {
    const ways = ['sequential', 'sixteen', 'unbounded', 'threads', 'processes', 'combined', 'resumable'];
    const measured = await field.measure(...ways);
    const serial: Record<string, readonly number[]> = measured.others('sequential', []);
    /** Speed-ups of one way, each over the contender's own sequential run. */
    const gains = (way: string): Record<string, number[]> =>
      Object.fromEntries(
        Object.entries(measured.others(way, [])).flatMap(([name, ms]) =>
          serial[name] === undefined ? [] : [[name, quotients(serial[name], ms)]],
        ),
      );
    const peersOf = (all: Record<string, number[]>): Record<string, number[]> => {
      const { [ours]: _, ...others } = all;
      return others;
    };
    bench.figure(
      'one page after another, s',
      serial[ours]!.map((ms) => ms / 1000),
      undefined,
      mapValues(peersOf(serial as Record<string, number[]>), (each) => each.map((ms) => ms / 1000)),
    );
    const sixteen = gains('sixteen');
    bench.figure('16 async tasks: speed-up', sixteen[ours]!, { atLeast: 15 }, peersOf(sixteen));
    bench.ratio('the same ÷ bare undici', sixteen[ours]!, sixteen[floor]!, { atLeast: 0.98 });
    const unbounded = gains('unbounded');
    bench.figure('unbounded async: speed-up', unbounded[ours]!, undefined, peersOf(unbounded));
    bench.ratio('the same ÷ bare undici', unbounded[ours]!, unbounded[floor]!, { atLeast: 0.9 });
    bench.figure('16 threads: speed-up', gains('threads')[ours]!);
    const inProcesses = gains('processes');
    const limit = pages / Math.ceil(pages / processes);
    const ofLimit = (each: readonly number[]): number[] => each.map((gain) => gain / limit);
    bench.figure(
      `${processes} processes: speed-up by its limit of ${limit.toFixed(1)}`,
      ofLimit(inProcesses[ours]!),
      { atLeast: 0.95 },
      mapValues(peersOf(inProcesses), ofLimit),
    );
    bench.figure('2 processes of 8 async tasks: speed-up', gains('combined')[ours]!);
    bench.figure('crawl(), which can be resumed: speed-up', gains('resumable')[ours]!);
  } finally {
    field.close();
  }
}

/**
 * Left to itself, V8 lets its heap grow with time, as long as there is room, whatever is alive in it (15 MB here after
 * both crawls): that tells nothing of the pages. With little room it has to collect what is dead, and the peak shows
 * what is alive.
 */
const littleRoom = ['--max-semi-space-size=2', '--max-old-space-size=40'];

/** The peak memory of a crawl of 10,000 pages by that of 238, three times each, every time in a process of its own. */
async function memory(bench: Bench): Promise<void> {
  const [few, many] = [await peaks(pages, littleRoom), await peaks(10_000, littleRoom)];
  const [fewFree, manyFree] = [await peaks(pages, []), await peaks(10_000, [])];
  const peersOf = (all: Record<string, number[]>): Record<string, number[]> => ({ [floor]: all[floor]! });
  const growth = (most: Record<string, number[]>, least: Record<string, number[]>): Record<string, number[]> =>
    Object.fromEntries(Object.entries(most).map(([name, each]) => [name, quotients(each, least[name]!)]));
  const bound = growth(many, few);
  const free = growth(manyFree, fewFree);
  bench.figure('peak memory of a crawl of 238 pages, MB', fewFree[ours]!, undefined, peersOf(fewFree));
  bench.figure('that of 10,000 pages, by that', free[ours]!, undefined, peersOf(free));
  bench.figure('the same, both in a heap of 40 MB', bound[ours]!, { atMost: 1.2 }, peersOf(bound));
}

async function peaks(count: number, flags: readonly string[]): Promise<Record<string, number[]>> {
  const found: Record<string, number[]> = { [ours]: [], [floor]: [] };
  const site = await startCountries({ delay: 0, pages: count });
  try {
    await site.checksums();
    for (let time = 0; time < 3; time += 1) {
      found[ours]!.push(await peakOf('interleaved', site, flags));
      found[floor]!.push(await peakOf('undici', site, flags));
    }
  } finally {
    await site.stop();
  }
  return found;
}

async function peakOf(adapter: string, { url }: CountriesSite, flags: readonly string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-crawl-'));
  try {
    const program = [...flags, file('memory.mjs'), adapter, url, folder];
    const { stdout } = await promisify(execFile)(process.execPath, program);
    return Number(stdout) / 1024;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
