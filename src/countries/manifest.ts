import { createReadStream } from 'node:fs';
import { appendFile, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { partPrefix } from './to-file.ts';

/** What a manifest says of a page that is whole. */
interface ManifestEntry {
  readonly url: string;
  readonly file: string;
  readonly bytes: number;
  readonly crc32: number;
  /** The name of its file when the line was written, just before it got its own. */
  readonly part: string;
}

/** The manifest of a folder: a line for each page, written before the page gets its name. No page's name has a dot first. */
export function manifestOf(folder: string): string {
  return join(folder, '.crawl.jsonl');
}

/** One page's line: one write of little text, so that lines of several processes do not mix. */
export function manifestLine(entry: ManifestEntry): string {
  return `${JSON.stringify(entry)}\n`;
}

/**
 * The pages of an earlier crawl that are whole, by their checksum. One that was killed between a page's line and its
 * name left the page under the name `part`: it gets its own now. What else was left unfinished is removed, unless the
 * process that writes it still runs.
 *
 * @param names the file of each address; a page that has another one counts as not there
 */
export async function wholeFrom(folder: string, names: ReadonlyMap<string, string>): Promise<ManifestEntry[]> {
  const entries = (await readManifest(folder)).filter(({ url, file }) => names.get(url) === file);
  const whole: ManifestEntry[] = [];
  const rest = entries.values();
  const check = async (): Promise<void> => {
    for (const entry of rest) if (await isWhole(folder, entry)) whole.push(entry);
  };
  await Promise.all(Array.from({ length: 8 }, check));
  await removeLeftovers(folder);
  return whole;
}

async function readManifest(folder: string): Promise<ManifestEntry[]> {
  const path = manifestOf(folder);
  const text = await readFile(path, 'utf8').catch(ifAbsent(''));
  // A kill can leave half a line: the next one is not to be joined to it.
  if (text !== '' && !text.endsWith('\n')) await appendFile(path, '\n');
  const entries = new Map<string, ManifestEntry>();
  for (const line of text.split('\n')) {
    const entry = parse(line);
    if (entry !== undefined) entries.set(entry.url, entry);
  }
  return [...entries.values()];
}

function parse(line: string): ManifestEntry | undefined {
  try {
    const entry = JSON.parse(line) as Partial<ManifestEntry> | null;
    const { url, file, bytes, crc32, part } = entry ?? {};
    const texts = [url, file, part].every((text) => typeof text === 'string');
    const numbers = [bytes, crc32].every((number) => typeof number === 'number');
    // A part that is a path would not be one of ours.
    return texts && numbers && /^\.part-[\w-]+$/.test(part!) ? (entry as ManifestEntry) : undefined;
  } catch {
    return undefined;
  }
}

async function isWhole(folder: string, { file, part, bytes, crc32 }: ManifestEntry): Promise<boolean> {
  const isIt = async (name: string): Promise<boolean> => {
    const found = await measured(join(folder, name));
    return found?.bytes === bytes && found.crc32 === crc32;
  };
  if (await isIt(file)) return true;
  if (!(await isIt(part))) return false;
  await rename(join(folder, part), join(folder, file));
  return true;
}

async function measured(path: string): Promise<Pick<ManifestEntry, 'bytes' | 'crc32'> | undefined> {
  let bytes = 0;
  let sum = 0;
  try {
    for await (const data of createReadStream(path)) {
      bytes += data.length;
      sum = crc32(data, sum);
    }
  } catch (error) {
    return ifAbsent(undefined)(error);
  }
  return { bytes, crc32: sum };
}

/**
 * Removes the unfinished files of processes that are gone. A crawl does it last once more: the workers of one that was
 * killed may live a little longer than it.
 */
export async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(ifAbsent([]))) {
    if (!name.startsWith(partPrefix)) continue;
    const pid = Number.parseInt(name.slice(partPrefix.length), 10);
    if (!(await isRunning(pid))) await rm(join(folder, name), { force: true });
  }
}

async function isRunning(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
    // One that has ended and that nobody has asked about still has its number, on Linux with a Z for its state.
    return !/\) Z /.test(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function ifAbsent<T>(value: T): (error: unknown) => T {
  return (error) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return value;
    throw error;
  };
}
