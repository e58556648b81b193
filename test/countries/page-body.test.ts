import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { crc32, gzipSync } from 'node:zlib';
import { attempt } from '../../src/countries/attempt.ts';
import { fetchPage } from '../../src/countries/page.ts';
import { toFile } from '../../src/countries/to-file.ts';

type Headers = Record<string, string | number>;

describe('the body of a page', () => {
  let server: Server;
  let url: string;
  let folder: string;
  /** What the requests are answered, in turn; the last again and again. */
  let answers: { headers: Headers; sent: Buffer }[];
  let requests: number;

  before(async () => {
    server = createServer((_, response) => {
      const { headers, sent } = answers[Math.min(requests, answers.length - 1)]!;
      requests += 1;
      response.writeHead(200, headers).end(sent);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/page`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'body-'));
    requests = 0;
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** The page is there, byte by byte, and nothing else. */
  const assertWhole = (content: Buffer): void => {
    assert.deepEqual(readdirSync(folder), ['page.html']);
    assert.ok(readFileSync(join(folder, 'page.html')).equals(content));
  };

  const small = Buffer.from(`<html>${'données '.repeat(30_000)}</html>`);
  const chunked = { 'transfer-encoding': 'chunked' };
  const bodies: Record<string, [Buffer, Headers?]> = {
    'nothing at all': [Buffer.alloc(0)],
    'a small page': [small],
    'one whose length is not told': [small, chunked],
    'one that is large as it is sent': [randomBytes(200_000)],
    'one that is small as it is sent and large unpacked': [Buffer.alloc(3_000_000, 'a')],
  };
  for (const [name, [content, way]] of Object.entries(bodies)) {
    for (const [how, sent] of [['packed', gzipSync(content)] as const, ['not packed', content] as const]) {
      it(`is written, ${name}, ${how}`, async () => {
        const packed = how === 'packed' ? { 'content-encoding': 'gzip' } : undefined;
        answers = [{ headers: { ...packed, ...(way ?? { 'content-length': sent.length }) }, sent }];
        const page = await fetchPage(url, folder);
        assert.deepEqual([page.bytes, page.crc32, requests], [content.length, crc32(content), 1]);
        assertWhole(content);
      });
    }
  }

  it('leads nobody astray that lies about its length when unpacked', async () => {
    const good = gzipSync(small);
    const headers = { 'content-encoding': 'gzip', 'content-length': good.length };
    for (const told of [0, 100, 2 ** 32 - 1]) {
      const lying = Buffer.from(good);
      lying.writeUInt32LE(told, lying.length - 4);
      requests = 0;
      answers = [lying, good].map((sent) => ({ headers, sent }));
      const { failures } = await fetchPage(url, folder, { backoff: 1 });
      assert.deepEqual(failures, ['broken body'], `${told}`);
      assertWhole(small);
    }
  });

  it('does not begin to be written while too many others are, so that the first are done first', async () => {
    const sent = gzipSync(small);
    answers = [{ headers: { 'content-encoding': 'gzip', 'content-length': sent.length }, sent }];
    let isOpen = false;
    let held = 0;
    let most = 0;
    const whenWhole = async (): Promise<void> => {
      held += 1;
      most = Math.max(most, held);
      while (!isOpen) await sleep(5);
      held -= 1;
    };
    const pages = Array.from({ length: 16 }, (_, index) =>
      attempt(url, (body) => toFile(body, { folder, file: `${index}.html`, whenWhole })),
    );
    // Time for all to come here, if they could.
    await sleep(200);
    isOpen = true;
    await Promise.all(pages);
    assert.ok(most >= 2 && most <= 6, `${most} were being written together`);
    assert.equal(readdirSync(folder).length, 16);
  });
});
