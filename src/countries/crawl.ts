import { mkdir } from 'node:fs/promises';
import { CancelledError } from '../executors/errors.ts';
import type { Executor } from '../executors/executor.ts';
import { currentSignal } from '../executors/local.ts';
import { host } from '../show/host.ts';
import { progress } from '../show/progress.ts';
import { now } from '../timing/clock.ts';
import { Crawled } from './crawled.ts';
import { isPageError, type PageError, type PageFailure } from './failure.ts';
import { fileNames } from './file-name.ts';
import { following } from './follow.ts';
import { allEnded, HostQueue } from './host-queue.ts';
import { manifestOf, removeLeftovers, wholeFrom } from './manifest.ts';
import { fetchPage, mostRedirects, type Page, type PageOptions } from './page.ts';
import { retrying } from './retry.ts';
import { Robots } from './robots.ts';

/** How a crawl goes about its pages. */
export interface CrawlOptions extends Omit<PageOptions, 'file' | 'manifest' | 'listedBy'> {
  /** Where pages are fetched; on this thread if absent. */
  readonly executor?: Executor;
  /** The most requests to one host at the same time; 16 if absent. */
  readonly perHost?: number;
  /** Ms between the starts of two requests to one host; 0 if absent. */
  readonly interval?: number;
  /** False to ask for pages without regard to the host's robots.txt, as on a site of one's own. */
  readonly robots?: boolean;
  /** What stands before the progress bar, or false for no bar; 'crawl' if absent. */
  readonly label?: string | false;
}

/**
 * Fetches pages to a folder, politely, and goes on where an earlier crawl to that folder was stopped or killed: what is
 * whole, by its checksum, is not fetched again. Each page has a file of its own, also when two links end alike.
 *
 * A page that fails is tried again as by `fetchPage`; when a host asks for a pause (`Retry-After`), all of its pages
 * wait. A host's robots.txt is fetched first, and kept to: pages that it forbids fail with the cause `robots`, and the
 * pause that it asks for (`Crawl-delay`) is the `interval` if that is shorter. A page that does not come in the end does
 * not stop the others: see `failed` of the result.
 *
 * @param links addresses; one that comes twice is fetched once
 * @param folder made if it is not there
 * @throws RangeError for a limit that is none; CancelledError when the cell is interrupted; the signal's reason
 * @example
 * const crawled = await crawl(links, 'countries', { perHost: 16, executor: pool });
 */
export async function crawl(links: Iterable<string>, folder: string, options: CrawlOptions = {}): Promise<Crawled> {
  const { perHost = 16, interval = 0, label = 'crawl' } = options;
  if (!(perHost >= 1)) throw new RangeError(`perHost is a number of requests, 1 or more, not ${perHost}.`);
  if (!(interval >= 0)) throw new RangeError(`interval is ms, 0 or more, not ${interval}.`);
  const start = now();
  const names = fileNames(new Set(Array.from(links, withoutHash)));
  await mkdir(folder, { recursive: true });
  const kept = await wholeFrom(folder, names);
  for (const { url } of kept) names.delete(url);

  const controller = new AbortController();
  const offInterrupt = host()?.onInterrupt(() => controller.abort(new CancelledError('the crawl was interrupted')));
  const signals = [controller.signal, options.signal, currentSignal()].filter((each) => each !== undefined);
  const work = new Work(folder, names, options, AbortSignal.any(signals));
  const bar = label === false ? undefined : progress(names.size, label);
  try {
    const fetchOne = async (url: string, queue: HostQueue): Promise<void> => {
      try {
        await work.fetch(url, queue);
        bar?.tick();
      } catch (error) {
        controller.abort(error); // the others' pages are not wanted any more
        throw error;
      }
    };
    await allEnded([...work.hosts.values()].map((queue) => queue.drain(perHost, (url) => fetchOne(url, queue))));
    await removeLeftovers(folder);
  } finally {
    offInterrupt?.();
    bar?.close();
  }
  return new Crawled({ ...work, kept, ms: now() - start }, work.failures);
}

/** What a crawl has to do, and what came of it so far. */
class Work {
  readonly fetched: Page[] = [];
  readonly failed: PageError[] = [];
  /** Of all attempts. */
  readonly failures: PageFailure[] = [];
  readonly hosts = new Map<string, HostQueue>();
  readonly #folder: string;
  readonly #names: ReadonlyMap<string, string>;
  readonly #options: CrawlOptions;
  readonly #signal: AbortSignal;
  readonly #robots: Robots | undefined;

  constructor(folder: string, names: ReadonlyMap<string, string>, options: CrawlOptions, signal: AbortSignal) {
    this.#folder = folder;
    this.#names = names;
    this.#options = options;
    this.#signal = signal;
    this.#robots = options.robots === false ? undefined : new Robots({ ...options, signal });
    for (const url of names.keys()) {
      const { host: name } = new URL(url);
      const queue = this.hosts.get(name) ?? new HostQueue(options.interval ?? 0);
      this.hosts.set(name, queue.add(url));
    }
  }

  /** Fetches one page in its turn, or learns that it does not come. */
  async fetch(url: string, queue: HostQueue): Promise<void> {
    const signal = this.#signal;
    let begun = now();
    const whenFailed = (failure: PageFailure, asked = 0): void => {
      this.failures.push(failure);
      queue.hold(asked);
    };
    const beforeNext = (): Promise<void> => queue.turn(signal);
    try {
      await this.#turn(url, queue);
      begun = now();
      const how = { ...this.#options, signal, whenFailed, beforeNext };
      const [page, failures] = await retrying(url, () => this.#once(url, queue), how);
      this.fetched.push({ ...page, ms: now() - begun, failures });
    } catch (error) {
      if (!isPageError(error)) throw error;
      this.failures.push(error.failure);
      this.failed.push(error);
    }
  }

  /** Waits until a page may be asked for, as its host sees it. @throws PageError if it may not be */
  async #turn(url: string, queue: HostQueue): Promise<void> {
    const rules = await this.#robots?.check(url);
    if (rules !== undefined) queue.slow(rules.delay);
    await queue.turn(this.#signal);
  }

  /**
   * One attempt. Further ones and redirects are the crawl's affair: a pause that the host asks for concerns all of its
   * pages, and an address that a page redirects to has a turn of its own.
   */
  #once(url: string, queue: HostQueue): Promise<Page> {
    const { executor, timeouts, redirects = mostRedirects } = this.#options;
    const signal = this.#signal;
    const file = this.#names.get(url)!;
    const how = { timeouts, retries: 0, redirects: 0, file, manifest: manifestOf(this.#folder), listedBy: url };
    const here = (at: string) => fetchPage(at, this.#folder, { ...how, signal });
    const there = (at: string) => executor!.with({ signal }).submit(fetchPage, at, this.#folder, how);
    return following(url, executor === undefined ? here : there, {
      most: redirects,
      before: (to) => this.#turn(to, queue),
    });
  }
}

function withoutHash(link: string): string {
  const url = new URL(link);
  url.hash = '';
  return url.href;
}
