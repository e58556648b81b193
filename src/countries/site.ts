import { type ChildProcess, fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { childOptions, endWithParent } from '../workers/children.ts';
import { type CountriesOptions, siteOptions } from './options.ts';
import type { Answer, Question } from './site-process.ts';

/** What the site has seen since its start, or since `reset()`. */
export interface SiteCounters {
  /** Requests of any kind. */
  readonly requests: number;
  /** Pages and the index, sent whole. */
  readonly whole: number;
  /** Answers by status, those that a fault then spoilt among them. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Faults by name. */
  readonly faults: Readonly<Record<string, number>>;
  /** Refused because a client was faster than its rate. */
  readonly limited: number;
  /** Requests for what robots.txt forbids. */
  readonly forbidden: number;
  /** Requests that are being answered now. */
  readonly inFlight: number;
  /** The most of them at one time. */
  readonly peak: number;
  /** Connections that were opened. */
  readonly connections: number;
  /** Bytes of the bodies as they were sent, compressed or not. */
  readonly bytes: number;
}

/** The site of `startCountries()`, which runs until `stop()` or the end of this process. */
export interface CountriesSite {
  /** The address of the index page, whose links to the countries answer to the selector `td .flagicon+ a`. */
  readonly url: string;
  /** @throws Error when the site has ended */
  counters(): Promise<SiteCounters>;
  /**
   * CRC-32 of each page by its address, as of `crc32` of `node:zlib`; costs the site a tenth of a second at the first
   * time.
   *
   * @throws Error when the site has ended
   */
  checksums(): Promise<Map<string, number>>;
  /**
   * Sets the counters to zero, and forgets how often each page and client has asked: delays and faults begin anew.
   *
   * @throws Error when the site has ended
   */
  reset(): Promise<void>;
  /** Ends the site and its connections; resolves when its process is gone. To stop it twice does nothing. */
  stop(): Promise<void>;
  /** Ends the site where an `await using` leaves its block. */
  [Symbol.asyncDispose](): Promise<void>;
}

const entry = fileURLToPath(new URL(`./site-process${extname(import.meta.filename)}`, import.meta.url));

/**
 * Serves an index page and 238 pages of countries, of 30 to 300 kB, on a free port of this machine's loopback address,
 * from a process of its own. It keeps connections alive, compresses with gzip, knows ETags and has a robots.txt.
 * Delays and faults are drawn from the seed, the page and how often that was asked for.
 *
 * The site does not keep this process from ending, and ends with it, however it ends. In a notebook it outlives an
 * interrupt, unless the cell that was interrupted is the one that started it.
 *
 * @throws RangeError for an option that means nothing
 * @throws Error when the site cannot start
 * @example
 * const site = await startCountries({ delay: { mean: 100, jitter: 50 }, faults: { 503: 0.1, reset: 0.05 } });
 * try {
 *   console.log(await (await fetch(site.url)).text(), await site.counters());
 * } finally {
 *   await site.stop();
 * }
 */
export async function startCountries(options: CountriesOptions = {}): Promise<CountriesSite> {
  const wanted = siteOptions(options);
  const child = fork(entry, [], {
    execArgv: childOptions(),
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  endWithParent(child);
  const ask = questionsTo(child);
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await ask({ what: 'start', options: wanted });
  return {
    url,
    counters: () => ask({ what: 'counters' }),
    checksums: () => ask({ what: 'checksums' }),
    reset: () => ask({ what: 'reset' }),
    stop,
    [Symbol.asyncDispose]: stop,
  };

  async function stop(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.ref();
    child.kill('SIGKILL');
    await gone;
  }
}

type Ask = <Q extends Question>(question: Q) => Promise<Answer[Q['what']]>;

/** Asks the site's process; only while an answer is awaited does it keep this one from ending. */
function questionsTo(child: ChildProcess): Ask {
  // The site answers in the order of the questions.
  const asked: { resolve(value: never): void; reject(error: Error): void }[] = [];
  let failure: Error | undefined;
  const settle = () => {
    if (asked.length > 0) return;
    child.unref();
    child.channel?.unref();
  };
  const fail = (error: Error) => {
    failure ??= error;
    for (const { reject } of asked.splice(0)) reject(failure);
  };
  child.on('message', (answer: { value: never } | { error: string }) => {
    if ('error' in answer) asked.shift()?.reject(new Error(answer.error));
    else asked.shift()?.resolve(answer.value);
    settle();
  });
  child.once('error', fail);
  child.once('exit', () => fail(new Error('The site of countries has ended; startCountries() starts another.')));
  return (question) =>
    new Promise((resolve, reject) => {
      if (failure) return reject(failure);
      child.ref();
      child.channel?.ref();
      asked.push({ resolve, reject });
      child.send(question, (error) => error && fail(error));
    });
}
