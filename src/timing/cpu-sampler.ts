import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { now } from './clock.ts';
import type { CpuSample } from './cpu-samples.ts';

/**
 * A thread of its own that looks every few ms at what all threads of this process and of its children have done, so
 * that it sees them also while the main thread is blocked. Linux only.
 *
 * Source: `/proc/<pid>/task/<tid>/schedstat` gives ns on a core and ns ready to run without one (the kernel's
 * "Scheduler Statistics"); `children` beside it the processes that the thread started.
 */
const { stop, every } = workerData as { stop: Int32Array; every: number };
const self = readlinkSync('/proc/thread-self').split('/').at(-1);
const main = String(process.pid);
const before = new Map<string, readonly [cpu: number, delay: number]>();
const samples: CpuSample[] = [];
let last = now();
/** When the watched work began, in 1/100 s since the machine did, as `stat` gives the start of a thread. */
let begun = 0;
let interval = every;

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // it ended meanwhile
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** What one thread has done since the last look, in ms. */
function change(path: string): readonly [cpu: number, delay: number] {
  const [cpu = 0, delay = 0] = read(`${path}/schedstat`).split(' ').map(Number);
  if (cpu === 0) return [0, 0];
  const known = before.get(path);
  before.set(path, [cpu, delay]);
  // Less than before: another thread has the number now.
  if (known && known[0] <= cpu) return [(cpu - known[0]) / 1e6, (delay - known[1]) / 1e6];
  return startOf(path) < begun ? [0, 0] : [cpu / 1e6, delay / 1e6];
}

/**
 * When a thread began. While threads and processes come and go, a list of them may leave out one that is there, so one
 * that is seen for the first time may be older than the work: what it did before does not count.
 */
function startOf(path: string): number {
  const stat = read(`${path}/stat`);
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]); // field 22; the name in brackets is field 2
}

function look(): CpuSample {
  const time = now();
  const none = { cpu: 0, delay: 0, all: 0 };
  const sample = { time, span: time - last, main: { ...none }, others: { ...none }, children: { ...none } };
  const visit = (pid: string): void => {
    for (const tid of list(`/proc/${pid}/task`)) {
      if (tid === self) continue;
      const path = `/proc/${pid}/task/${tid}`;
      const [cpu, delay] = change(path);
      const most = sample[tid === main ? 'main' : pid === main ? 'others' : 'children'];
      most.all += cpu;
      if (cpu + delay > most.cpu + most.delay) Object.assign(most, { cpu, delay });
      for (const child of read(`${path}/children`).split(' ')) if (child) visit(child);
    }
  };
  visit(main);
  last = time;
  return sample;
}

look();
parentPort!.postMessage('ready');
// What was done before the start does not count.
Atomics.wait(stop, 0, 0);
look();
begun = Math.floor(Number(read('/proc/uptime').split(' ')[0]) * 100);
Atomics.compareExchange(stop, 0, 1, 2); // on a crowded machine the work may be over by now
Atomics.notify(stop, 0);
while (Atomics.load(stop, 0) === 2) {
  Atomics.wait(stop, 0, 2, interval);
  samples.push(look());
  if (samples.length % 1000 === 0) interval *= 2; // a long run must not fill the memory
}
parentPort!.postMessage(samples);
