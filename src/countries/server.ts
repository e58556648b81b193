import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { delayOf } from './delays.ts';
import { type Spoilt, spoil } from './faults.ts';
import type { SiteOptions } from './options.ts';
import { Pages, pathOf } from './pages.ts';
import { Rate } from './rate.ts';
import type { SiteCounters } from './site.ts';

/** Ms that an idle connection stays open: longer than any lesson pauses. */
const keepAlive = 60_000;

/** The site itself: which request gets what, when. */
export class Site {
  readonly pages: Pages;
  readonly server: Server;
  readonly #options: SiteOptions;
  readonly #rate: Rate | undefined;
  /** How often each page was asked for; the index page is -1. */
  readonly #attempts = new Map<number, number>();
  #counted = nothing();
  #inFlight = 0;

  constructor(options: SiteOptions) {
    this.#options = options;
    this.pages = new Pages(options.seed, options.pages);
    this.#rate = options.rate && new Rate(options.rate.perSecond, options.rate.burst);
    this.server = createServer({ keepAliveTimeout: keepAlive }, (request, response) => this.#take(request, response));
    this.server.on('connection', () => {
      this.#counted.connections += 1;
    });
  }

  counters(): SiteCounters {
    return { ...this.#counted, inFlight: this.#inFlight };
  }

  checksums(url: string): Map<string, number> {
    const { names } = this.pages;
    return new Map(names.map((name, number) => [new URL(pathOf(name), url).href, this.pages.page(number).checksum]));
  }

  reset(): void {
    this.#counted = { ...nothing(), peak: this.#inFlight };
    this.#attempts.clear();
    this.#rate?.reset();
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const counted = this.#counted;
    counted.requests += 1;
    this.#inFlight += 1;
    counted.peak = Math.max(counted.peak, this.#inFlight);
    response.once('close', () => {
      this.#inFlight -= 1;
      const { statusCode } = response;
      if (response.headersSent) counted.statuses[statusCode] = (counted.statuses[statusCode] ?? 0) + 1;
    });
    const path = request.url ?? '/';
    if (path.startsWith('/talk/')) counted.forbidden += 1;
    const wait = this.#rate?.take(`${request.socket.remoteAddress} ${request.headers['user-agent']}`) ?? 0;
    if (wait > 0) counted.limited += 1;
    const number = path === '/' ? -1 : this.#numberOf(path);
    if (wait > 0) refuse(response, 429, wait);
    else if (request.method !== 'GET' && request.method !== 'HEAD') refuse(response, 405);
    else if (path === '/robots.txt') this.#robots(response);
    else if (number === undefined) refuse(response, 404);
    else this.#answerLater(request, response, number);
  }

  #answerLater(request: IncomingMessage, response: ServerResponse, number: number): void {
    const attempt = (this.#attempts.get(number) ?? 0) + 1;
    this.#attempts.set(number, attempt);
    setTimeout(
      () => {
        // The client may have given up.
        if (!response.destroyed) this.#answer(request, response, number, attempt);
      },
      delayOf(this.#options, number, attempt),
    );
  }

  #numberOf(path: string): number | undefined {
    if (!path.startsWith('/wiki/')) return undefined;
    try {
      return this.pages.numberOf(decodeURIComponent(path.slice('/wiki/'.length)));
    } catch {
      return undefined; // no encoding of any name
    }
  }

  #robots(response: ServerResponse): void {
    const { rate } = this.#options;
    const pause = rate ? `Crawl-delay: ${Math.ceil(1000 / rate.perSecond) / 1000}\n` : '';
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
    response.end(`User-agent: *\nDisallow: /talk/\n${pause}`);
  }

  #answer(request: IncomingMessage, response: ServerResponse, number: number, attempt: number): void {
    const page = number === -1 ? this.pages.index : this.pages.page(number);
    const zips = /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(String(request.headers['accept-encoding'] ?? ''));
    const spoilt = number === -1 ? undefined : spoil(this.#options, number, attempt, zips);
    const counted = this.#counted;
    if (spoilt) counted.faults[spoilt.fault] = (counted.faults[spoilt.fault] ?? 0) + 1;
    if (spoilt?.kind === 'status') {
      refuse(response, spoilt.status, spoilt.retryAfter);
      return;
    }
    const body = zips ? page.zipped : page.body;
    const tag = `"${page.body.length}-${page.checksum.toString(16)}${zips ? '-gzip' : ''}"`;
    response.setHeader('etag', tag);
    response.setHeader('vary', 'Accept-Encoding');
    if (matches(request.headers['if-none-match'], tag)) {
      response.writeHead(304).end();
      return;
    }
    response.setHeader('content-type', 'text/html; charset=utf-8');
    if (zips) response.setHeader('content-encoding', 'gzip');
    this.#send(request.method === 'HEAD', response, body, spoilt);
  }

  #send(isHead: boolean, response: ServerResponse, body: Buffer, spoilt: Spoilt | undefined): void {
    const counted = this.#counted;
    if (isHead) {
      response.writeHead(200, { 'content-length': body.length }).end();
      return;
    }
    if (spoilt?.kind === 'body') {
      spoilt.send(response, body, (bytes, isWhole) => {
        counted.bytes += bytes;
        if (isWhole) counted.whole += 1;
      });
      return;
    }
    response.writeHead(200, { 'content-length': body.length });
    response.end(body, () => {
      counted.bytes += body.length;
      counted.whole += 1;
    });
  }
}

function matches(wanted: string | undefined, tag: string): boolean {
  if (wanted === undefined) return false;
  return wanted.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === tag);
}

/** An answer without a page. */
function refuse(response: ServerResponse, status: number, retryAfter?: number): void {
  if (retryAfter !== undefined) response.setHeader('retry-after', String(retryAfter));
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${status}\n`);
}

type Counted = { -readonly [counter in keyof Omit<SiteCounters, 'inFlight'>]: SiteCounters[counter] };

function nothing(): Counted & { statuses: Record<string, number>; faults: Record<string, number> } {
  const counts = { requests: 0, whole: 0, limited: 0, forbidden: 0, peak: 0, connections: 0, bytes: 0 };
  return { ...counts, statuses: {}, faults: {} };
}
