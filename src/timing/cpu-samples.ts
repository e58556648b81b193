import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { now } from './clock.ts';

/** Who computes: the main thread, the other threads of this process, the processes that it started. */
export const groups = ['main', 'others', 'children'] as const;

/** What the threads of one group did since the sample before, in ms. */
export interface Done {
  /** CPU time of all of them. */
  readonly all: number;
  /** CPU time of the one that used or wanted a core most. */
  readonly cpu: number;
  /** How long that one was ready to run and had no core. */
  readonly delay: number;
}

/** What was done since the sample before. */
export interface CpuSample extends Readonly<Record<(typeof groups)[number], Done>> {
  /** When it was taken, on the clock of `now()`. */
  readonly time: number;
  /** Ms since the sample before. */
  readonly span: number;
}

/** What the main thread saw of itself in a moment when it was free. */
export interface Tick {
  readonly time: number;
  /** What kept the loop waiting, timers left out: `TCPSocketWrap`, `FSReqPromise`, … */
  readonly waits: readonly string[];
}

export interface Samples {
  readonly samples: readonly CpuSample[];
  readonly ticks: readonly Tick[];
  /** Whether waits for a core were told. */
  readonly delays: boolean;
}

const every = 10;
/** Timers wait for time alone; a worker's port says nothing of what the worker does. */
const noIo = new Set(['Timeout', 'Immediate', 'MessagePort', 'Worker', 'TickObject', 'Microtask']);

/** Whether this system tells what each thread does. */
export const tellsOfThreads = (): boolean => existsSync('/proc/thread-self/schedstat');

/**
 * Begins to sample.
 *
 * @param threads false to watch from the main thread alone, as on systems that do not tell what each thread does: then
 *   stretches in which it is blocked are one sample, and child processes are not seen
 * @returns `begin`, to be called right before the work, and `end` after it; `close` in every case: then `end` rejects
 */
export async function sampleCpu(threads = tellsOfThreads()) {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const worker = threads ? await startWorker(stop) : undefined;
  // After a long computation sockets whose time is over are still to be closed: they would hide as many new ones.
  if (!worker) await sleep(5);
  /** What was there already and still is: as Node gives only kinds, no more of each than there were at any time since. */
  const before = countsOf(process.getActiveResourcesInfo());
  const ticks: Tick[] = [];
  const own: CpuSample[] = [];
  let last = { time: 0, main: 0, all: 0 };
  const look = (): void => {
    const time = now();
    const kinds = process.getActiveResourcesInfo();
    const rest = new Map(before);
    const waits = kinds.filter((kind) => {
      const known = rest.get(kind) ?? 0;
      rest.set(kind, known - 1);
      return known <= 0 && !noIo.has(kind);
    });
    ticks.push({ time, waits });
    const counts = countsOf(kinds);
    for (const [kind, count] of before) before.set(kind, Math.min(count, counts.get(kind) ?? 0));
    if (!threads) {
      const [main, all] = [sum(process.threadCpuUsage()), sum(process.cpuUsage())];
      const done = (ms: number): Done => ({ all: ms, cpu: ms, delay: 0 });
      const others = Math.max(0, all - last.all - (main - last.main));
      const threads = { main: done(main - last.main), others: done(others), children: done(0) };
      own.push({ time, span: time - last.time, ...threads });
      last = { time, main, all };
    }
  };
  let timer: NodeJS.Timeout | undefined;
  const closed = new AbortController();
  const close = async (): Promise<void> => {
    closed.abort();
    clearInterval(timer);
    await worker?.terminate();
  };
  return {
    close,
    begin(): void {
      Atomics.store(stop, 0, 1);
      Atomics.notify(stop, 0);
      if (worker) Atomics.wait(stop, 0, 1, 1000); // until it has taken its first sample: some 0.1 ms
      look();
      own.length = 0;
      timer = setInterval(look, every).unref();
    },
    async end(): Promise<Samples> {
      look();
      clearInterval(timer);
      if (!worker) return { samples: own, ticks, delays: false };
      const given = once(worker, 'message', { signal: closed.signal });
      Atomics.store(stop, 0, 3);
      Atomics.notify(stop, 0);
      const [samples] = (await given) as [CpuSample[]];
      return { samples, ticks, delays: true };
    },
  };
}

async function startWorker(stop: Int32Array): Promise<Worker> {
  const file = new URL(`./cpu-sampler${extname(import.meta.filename)}`, import.meta.url);
  const worker = new Worker(file, { workerData: { stop, every }, execArgv: [], stdout: true, stderr: true });
  await once(worker, 'message');
  return worker;
}

const sum = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1000;

function countsOf(kinds: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

/** Bytes that this process has read and written so far, files and sockets together; NaN where the system does not tell. */
export function bytesMoved(): number {
  try {
    const text = readFileSync('/proc/self/io', 'utf8');
    return Number(/rchar: (\d+)/.exec(text)?.[1]) + Number(/wchar: (\d+)/.exec(text)?.[1]);
  } catch {
    return Number.NaN;
  }
}
