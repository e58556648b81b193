import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import type { Choice } from '../../src/executors/choice.ts';
import type { EngineName } from '../../src/executors/choose-decide.ts';
import { blur, minePairs, multiply } from '../timing/computing.ts';

/** A function of one item, some items, and which engines are right for it, on this machine and by what was measured. */
export interface KnownWork {
  readonly name: string;
  readonly fn: (item: never) => unknown;
  readonly items: readonly unknown[];
  readonly total: number;
  readonly right: (found: Choice) => readonly EngineName[];
}

const cores = availableParallelism();
const pools: readonly EngineName[] = ['threads', 'processes'];
/** The gain of an engine over a plain loop in its worst round, as it was measured. */
const gainOf = (found: Choice, engine: EngineName): number =>
  found.engines.find((one) => one.engine === engine)?.speedUp.least ?? 0;
const gains = (found: Choice, engines: readonly EngineName[]): boolean =>
  engines.some((engine) => gainOf(found, engine) > 1.25);

/** It computes: never async. A plain loop where there is one core, or cores that gave a pool nothing. */
const computing = (found: Choice): readonly EngineName[] =>
  cores > 1 && gains(found, pools) ? pools : ['serial', ...(cores > 1 ? pools : [])];
/** It waits: never a loop. Pools only if they have so many workers that they beat 16 tasks at once. */
const waiting = (found: Choice): readonly EngineName[] =>
  cores > 8 && gains(found, pools) ? ['async', ...pools] : ['async'];

function divisor(n: number): number {
  const [a, b] = [1963309 + n, 2265973];
  for (let d = Math.min(a, b); d > 0; d--) if (a % d === 0 && b % d === 0) return d;
  return 0;
}

function mine(block: number): number {
  const { createHash } = process.getBuiltinModule('node:crypto');
  let found = 0;
  for (let nonce = 0; nonce < 4000; nonce++) {
    if (createHash('sha256').update(`${block} ${nonce}`).digest('hex').startsWith('00')) found++;
  }
  return found;
}

async function call(address: string): Promise<string> {
  return (await fetch(address)).text();
}

async function callAndCompute(address: string): Promise<number> {
  const text = await (await fetch(address)).text();
  let x = text.length;
  for (let n = 0; n < 2e6; n++) x = (x * 31 + n) | 0;
  return x;
}

async function readWhole(file: string): Promise<number> {
  const { readFile } = process.getBuiltinModule('node:fs').promises;
  return (await readFile(file)).length;
}

const nap = (n: number): Promise<number> => new Promise((go) => setTimeout(go, 25, n));
const double = (n: number): number => n * 2;

function addUp(numbers: Float64Array): number {
  let sum = 0;
  for (const n of numbers) sum += n;
  return sum;
}

async function blocks(n: number): Promise<number> {
  await null;
  const [a, b] = [1963309 + n, 2265973];
  for (let d = Math.min(a, b); d > 0; d--) if (a % d === 0 && b % d === 0) return d;
  return 0;
}

function hashPassword(n: number): Promise<string> {
  const { pbkdf2 } = process.getBuiltinModule('node:crypto');
  return new Promise((done) => {
    pbkdf2(`secret ${n}`, 'salt', 20_000, 32, 'sha256', (_, key) => done(key.toString('hex')));
  });
}

/** Sets up what the works need. */
export async function knownWorks(): Promise<{ all: readonly KnownWork[]; close: () => void }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'interleaved-choose-'));
  const file = path.join(folder, 'large');
  writeFileSync(file, Buffer.alloc(4e6, 7));
  const server = createServer((_, response) => setTimeout(() => response.end('{"ok":true}'), 25));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const numbers = Array.from({ length: 16 }, (_, n) => n);
  const sixteen = <T>(item: T): T[] => numbers.map(() => item);
  const total = 10_000;
  const computes = { items: numbers, total, right: computing };
  const all: KnownWork[] = [
    { name: 'pure compute', fn: divisor, ...computes },
    { name: 'image filter', fn: blur, ...computes },
    { name: 'hash mining', fn: mine, ...computes },
    { name: 'data mining', fn: minePairs, ...computes },
    { name: 'matrix multiplication', fn: multiply, ...computes },
    { name: 'async with a blocking part', fn: blocks, ...computes },
    { name: 'API calls', fn: call, items: sixteen(address), total, right: waiting },
    { name: 'timers', fn: nap, items: numbers, total, right: waiting },
    {
      name: 'calls and computing in turns',
      fn: callAndCompute,
      items: sixteen(address),
      total,
      right: () => ['async', ...pools],
    },
    {
      name: 'file reading',
      fn: readWhole,
      items: sixteen(file),
      total,
      // From the system's memory it is copying, which more than one thread may or may not do faster.
      right: (found) => [...(gains(found, ['async', ...pools]) ? [] : (['serial'] as const)), 'async', ...pools],
    },
    {
      name: 'native code beside the loop',
      fn: hashPassword,
      items: numbers,
      total,
      // Four threads of libuv's do it for this process; more cores than that take processes.
      right: (found) => [
        ...(cores > 1 && gains(found, ['async']) ? [] : (['serial'] as const)),
        'async',
        ...(cores > 4 ? pools : []),
      ],
    },
    { name: 'tiny functions', fn: double, items: numbers, total: 1000, right: () => ['serial'] },
    {
      name: 'much data, little work',
      fn: addUp,
      items: numbers.map(() => new Float64Array(250_000)),
      total: 100,
      right: () => ['serial'],
    },
    { name: 'a few short items', fn: divisor, items: numbers.slice(0, 2), total: 2, right: () => ['serial'] },
  ];
  return {
    all,
    close() {
      server.closeAllConnections();
      server.close();
      rmSync(folder, { recursive: true });
    },
  };
}
