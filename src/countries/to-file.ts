import { randomUUID } from 'node:crypto';
import { createWriteStream, open as openCallback } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { crc32, createGunzip } from 'node:zlib';

/** A bare descriptor: a `FileHandle` costs more. */
const open = promisify(openCallback);

/** What was written: its size and its checksum. */
export interface Written {
  readonly bytes: number;
  readonly crc32: number;
}

/** Where a page is to go. */
interface Target {
  readonly folder: string;
  readonly file: string;
  /** Called when the page lies whole in the folder under the name `part`, before it gets its own. */
  readonly whenWhole?: (written: Written, part: string) => Promise<void>;
}

/** Unfinished files are called `.part-<process id>-<random>`. */
export const partPrefix = '.part-';

/** Bytes unpacked at once: few trips to the thread pool for a page, and little memory for many pages. */
const piece = 65_536;

/**
 * Streams a body to a file: under a name of its own first, which becomes `file` when all of it is there. A file of that
 * name is therefore always whole, and of a body that fails nothing is left. (A process that is killed leaves its
 * unfinished file; a machine that loses power may lose more, as nothing is forced to the disk.)
 */
export async function toFile(body: Readable, encoding: string, target: Target): Promise<Written> {
  const { folder, file, whenWhole } = target;
  const part = `${partPrefix}${process.pid}-${randomUUID()}`;
  const path = join(folder, part);
  let bytes = 0;
  let sum = 0;
  try {
    const sink = createWriteStream(path, { fd: await openNew(path, folder) });
    const gunzip = encoding === 'gzip' ? createGunzip({ chunkSize: piece }) : undefined;
    const done = gunzip === undefined ? pipeline(body, sink) : pipeline(body, gunzip, sink);
    // Beside the pipeline, which holds the flow for both: twice as quick as a step of it.
    (gunzip ?? body).on('data', (data: Buffer) => {
      sum = crc32(data, sum);
      bytes += data.length;
    });
    await done;
    const written = { bytes, crc32: sum };
    await whenWhole?.(written, part);
    await rename(path, join(folder, file));
    return written;
  } catch (error) {
    body.once('error', () => {}).destroy(); // it may not even have begun to flow
    await rm(path, { force: true });
    throw error;
  }
}

async function openNew(path: string, folder: string): Promise<number> {
  try {
    return await open(path, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await mkdir(folder, { recursive: true });
    return open(path, 'wx');
  }
}
