import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { appendFile, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { partPrefix } from './to-file.ts';

/** What a manifest says of a page that is whole. */
interface ManifestEntry {
  readonly url: string;
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
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
    const { url, file, bytes, sha256, part } = entry ?? {};
    const texts = [url, file, sha256, part].every((text) => typeof text === 'string');
    // A part that is a path would not be one of ours.
    return texts && typeof bytes === 'number' && /^\.part-[\w-]+$/.test(part!) ? (entry as ManifestEntry) : undefined;
  } catch {
    return undefined;
  }
}

async function isWhole(folder: string, { file, part, sha256 }: ManifestEntry): Promise<boolean> {
  if ((await checksum(join(folder, file))) === sha256) return true;
  if ((await checksum(join(folder, part))) !== sha256) return false;
  await rename(join(folder, part), join(folder, file));
  return true;
}

async function checksum(path: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
  } catch (error) {
    return ifAbsent(undefined)(error);
  }
  return hash.digest('hex');
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
