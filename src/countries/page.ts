import { appendFile } from 'node:fs/promises';
import { currentSignal } from '../executors/local.ts';
import { now } from '../timing/clock.ts';
import { attempt, type Body, type PageTimeouts } from './attempt.ts';
import type { PageFailure } from './failure.ts';
import { fileName } from './file-name.ts';
import { following } from './follow.ts';
import { manifestLine } from './manifest.ts';
import { type RetryPolicy, retrying } from './retry.ts';
import { toFile, type Written } from './to-file.ts';

/** Redirects, one after another, after which a page is taken to have no end of them. */
export const mostRedirects = 10;

/** How a page is fetched. */
export interface PageOptions extends RetryPolicy {
  /** Ms that each phase of an attempt may take. */
  readonly timeouts?: PageTimeouts;
  /** The file's name; `fileName(url)` if absent. */
  readonly file?: string;
  /** A file that gets a line with the page's checksum, before the page gets its name: what `crawl` resumes by. */
  readonly manifest?: string;
  /** The most redirects that are followed, one after another and on the page's own host; 10 if absent. */
  readonly redirects?: number;
  /** The address that the page is listed by, where `url` is one that it redirected to; `url` if absent. */
  readonly listedBy?: string;
  /** Stops it when it aborts; it then throws the signal's reason. The task's own signal stops it in any case. */
  readonly signal?: AbortSignal;
}

/** A page that was fetched: plain data, which travels from any worker. */
export interface Page {
  readonly url: string;
  /** The name of its file in the folder. */
  readonly file: string;
  /** Bytes of the file, unpacked. */
  readonly bytes: number;
  /**
   * The file's CRC-32, as of `crc32` of `node:zlib`: it finds what was torn or changed by accident, and nothing that
   * was changed on purpose. (SHA-256 took 17 of the 120 ms for which 238 pages at once kept a thread busy.)
   */
  readonly crc32: number;
  /** Ms from the call to the file, with all attempts and waits. */
  readonly ms: number;
  /** Why earlier attempts failed, in order; empty when the first one brought it. */
  readonly failures: readonly PageFailure[];
}

/**
 * Fetches a page to `<folder>/<last path part>.html`; the same function on every executor.
 *
 * The file gets its name when it is whole: a file with that name is never half a page. At most a megabyte of a page is in
 * memory; what is larger, or does not tell its length, is streamed to disk. What may pass (a reset, a stall, a truncated
 * body, 408, 418, 425, 429, 5xx) is tried again after a growing, jittered wait that is never shorter than the server's
 * `Retry-After`. Redirects are followed, but not to another host, which may have other
 * wishes. Connections are kept and used again, for each thread its own.
 *
 * @param url the page's address
 * @param folder made if it is not there
 * @throws PageError when it did not come, with the failure of each attempt; the signal's reason
 * @example
 * const pages = await pool.map((link) => fetchPage(link, folder), links);
 */
export async function fetchPage(url: string, folder: string, options: PageOptions = {}): Promise<Page> {
  if (!/^https?:/i.test(url) || !URL.canParse(url)) {
    throw new TypeError(`fetchPage() needs an address with http:// or https://, not '${url}'.`);
  }
  const start = now();
  const { file = fileName(url), manifest, redirects = mostRedirects, listedBy = url, timeouts } = options;
  const signal = bothOf(options.signal, currentSignal());
  const note = (path: string) => (written: Written, part: string) =>
    appendFile(path, manifestLine({ url: listedBy, file, ...written, part }));
  const target = { folder, file, whenWhole: manifest === undefined ? undefined : note(manifest) };
  const save = (body: Body) => toFile(body, target);
  const once = () => following(url, (at) => attempt(at, save, timeouts, signal), { most: redirects });
  const [written, failures] = await retrying(url, once, { ...options, signal });
  return { url: listedBy, file, ...written, ms: now() - start, failures };
}

function bothOf(one: AbortSignal | undefined, other: AbortSignal | undefined): AbortSignal | undefined {
  return one !== undefined && other !== undefined ? AbortSignal.any([one, other]) : (one ?? other);
}
