import type { ServerResponse } from 'node:http';
import { type Fault, faultNames, type SiteOptions } from './options.ts';
import { seeded } from './seeded.ts';

type Told = (bytes: number, isWhole: boolean) => void;

/** What goes wrong with one answer. */
export type Spoilt =
  | { readonly fault: Fault; readonly kind: 'status'; readonly status: number; readonly retryAfter: number | undefined }
  | {
      readonly fault: Fault;
      readonly kind: 'body';
      /** Sends the body in the wrong way, and tells how many of its bytes went out. */
      send(response: ServerResponse, body: Buffer, told: Told): void;
    };

/** How many pieces a dripping page comes in. */
const pieces = 20;

/** The fault of the `attempt`-th request for a page, the first being 1; undefined if it is answered well. */
export function spoil(
  { faults, seed }: SiteOptions,
  page: number,
  attempt: number,
  isZipped: boolean,
): Spoilt | undefined {
  const { until = 3, retryAfter = 1, dripFor = 2000 } = faults;
  if (attempt > until) return undefined;
  let draw = seeded(seed, page, attempt, 5);
  const name = faultNames.find((each) => {
    draw -= faults[each] ?? 0;
    return draw < 0;
  });
  switch (name) {
    case undefined:
      return undefined;
    case 'reset':
      return { fault: name, kind: 'body', send: reset };
    case 'stall':
      return { fault: name, kind: 'body', send: stall };
    case 'truncated':
      return { fault: name, kind: 'body', send: truncate };
    case 'wrongLength': {
      const isShort = isZipped && seeded(seed, page, attempt, 6) < 0.5;
      return { fault: name, kind: 'body', send: (...to) => sendWrongLength(isShort, ...to) };
    }
    case 'drip':
      return { fault: name, kind: 'body', send: (...to) => drip(dripFor, ...to) };
    default: {
      const status = Number(name) as 418 | 429 | 500 | 503;
      const asks = status === 429 || status === 503;
      return { fault: status, kind: 'status', status, retryAfter: asks ? retryAfter : undefined };
    }
  }
}

/** Half a page; resolves into `then` when it has left this process. */
function sendHalf(response: ServerResponse, body: Buffer, headers: Record<string, number | string>, then: () => void) {
  response.writeHead(200, headers);
  response.write(body.subarray(0, body.length >> 1), () => then());
}

function reset(response: ServerResponse, body: Buffer, told: Told): void {
  sendHalf(response, body, { 'content-length': body.length }, () => {
    told(body.length >> 1, false);
    response.socket?.resetAndDestroy();
  });
}

function stall(response: ServerResponse, body: Buffer, told: Told): void {
  sendHalf(response, body, { 'content-length': body.length }, () => told(body.length >> 1, false));
}

function truncate(response: ServerResponse, body: Buffer, told: Told): void {
  sendHalf(response, body, { connection: 'close' }, () => {
    told(body.length >> 1, false);
    response.socket?.end();
  });
}

function sendWrongLength(isShort: boolean, response: ServerResponse, body: Buffer, told: Told): void {
  const length = isShort ? body.length - 100 : body.length + 100;
  response.writeHead(200, { 'content-length': length, connection: 'close' });
  response.end(body, () => told(body.length, false));
}

function drip(dripFor: number, response: ServerResponse, body: Buffer, told: Told): void {
  response.writeHead(200, { 'content-length': body.length });
  const size = Math.ceil(body.length / pieces);
  let at = 0;
  const timer = setInterval(() => {
    if (response.destroyed) return clearInterval(timer);
    const piece = body.subarray(at, at + size);
    at += size;
    if (at < body.length) return void response.write(piece);
    clearInterval(timer);
    response.end(piece, () => told(body.length, true));
  }, dripFor / pieces);
}
