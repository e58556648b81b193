import { spawn } from 'node:child_process';
import { createHash, pbkdf2 } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ThreadPoolExecutor } from '../../src/executors/executors.ts';
import type { BoundBy } from '../../src/timing/diagnose.ts';
import { blur, minePairs, multiply } from './computing.ts';

/** A function whose kind is known. */
export interface Workload {
  readonly name: string;
  readonly verdict: BoundBy;
  readonly run: () => unknown;
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

function mine(zeros: string): number {
  for (let nonce = 0; ; nonce++) if (hash(`block ${nonce}`).startsWith(zeros)) return nonce;
}

/** Computes until it has had a core for that long, however busy the machine is. */
export function compute(ms: number): void {
  const before = process.threadCpuUsage();
  for (let round = 0; ; round++) {
    hash(`round ${round}`);
    const { user, system } = process.threadCpuUsage(before);
    if (user + system >= ms * 1000) return;
  }
}

/** Sets up what the workloads need. */
export async function workloads(): Promise<{ all: readonly Workload[]; close: () => Promise<void> }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'interleaved-workloads-'));
  const file = path.join(folder, 'large');
  writeFileSync(file, Buffer.alloc(32e6, 7));
  const server = createServer((_, response) => setTimeout(() => response.end('{"ok":true}'), 40));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const call = async () => (await fetch(address)).json();
  await call(); // fetch is loaded when first used
  const pool = new ThreadPoolExecutor(2);
  await pool.map((n) => n, [1, 2]);

  const child = async (code: string) => {
    const started = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
    started.stdout.resume();
    await once(started, 'close');
  };
  const all: Workload[] = [
    { name: 'image filter', verdict: 'CPU-bound', run: () => blur(0, 512, 60) },
    { name: 'hash mining', verdict: 'CPU-bound', run: () => mine('00000') },
    { name: 'data mining', verdict: 'CPU-bound', run: () => minePairs(0, 40_000) },
    { name: 'matrix multiplication', verdict: 'CPU-bound', run: () => multiply(0, 500) },
    {
      name: 'API calls, one by one',
      verdict: 'I/O-bound',
      run: async () => {
        for (let n = 0; n < 15; n++) await call();
      },
    },
    {
      name: 'file reading',
      verdict: 'I/O-bound',
      run: async () => {
        // Into one buffer: `readFile` makes a new one each time, and to collect those is computing (garbage of other
        // tests in this process makes it more than a third of the time).
        const part = Buffer.alloc(8e6);
        for (let n = 0; n < 60; n++) {
          const handle = await open(file);
          while ((await handle.read(part, 0, part.length, null)).bytesRead > 0);
          await handle.close();
        }
      },
    },
    {
      name: 'a child process computes',
      verdict: 'CPU-bound',
      run: () => child('let x = 1; for (let n = 0; n < 1.5e8; n++) x = (x * 31 + n) | 0; console.log(x);'),
    },
    {
      name: 'a pool computes',
      verdict: 'CPU-bound',
      run: () =>
        pool.map(
          (zeros) => {
            const { createHash } = process.getBuiltinModule('node:crypto');
            let found = 0;
            for (let n = 0; n < 150_000; n++)
              if (createHash('sha256').update(`${n}`).digest('hex').startsWith(zeros)) found++;
            return found;
          },
          ['00', '11', '22', '33'],
        ),
    },
    { name: 'sleeping', verdict: 'idle', run: () => sleep(600) },
    {
      name: 'calls and computing in turns',
      verdict: 'mixed',
      run: async () => {
        for (let n = 0; n < 10; n++) {
          await call();
          compute(42);
        }
      },
    },
    {
      name: "libuv's pool computes",
      verdict: 'CPU-bound',
      run: () => promisify(pbkdf2)('secret', 'salt', 3_000_000, 32, 'sha256'),
    },
    {
      name: 'a thread that sleeps blocked',
      verdict: 'idle',
      run: () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500),
    },
    {
      name: 'a slow pipe is read',
      verdict: 'I/O-bound',
      run: () =>
        child('let n = 0; const t = setInterval(() => { console.log(n); if (++n > 20) clearInterval(t); }, 50);'),
    },
  ];
  return {
    all,
    async close() {
      await pool.shutdown();
      server.closeAllConnections();
      server.close();
      rmSync(folder, { recursive: true });
    },
  };
}
