import { fileURLToPath } from 'node:url';
import type { Bench, Reach } from './harness.ts';
import { type Entry, Field, type Measured } from './tools/field.ts';
import { fetchPeers } from './tools/peers.ts';

const floor = 'Atomics.add';
const asyncFloor = 'bare promise queue';
/** What the library has for threads, and what each is to reach beside the floor. */
const library: Readonly<Record<string, { readonly contended?: Reach; readonly alone?: Reach }>> = {
  Lock: { contended: { atMost: 1.6 }, alone: { atMost: 2.5 } },
  'Lock.withSync': { alone: { atMost: 2.5 } },
  RLock: { contended: { atMost: 3 }, alone: { atMost: 3 } },
  'RLock.withSync': { alone: { atMost: 3 } },
  'SharedCounter.add': {},
  'ReadWriteLock.read': {},
};
/** Those that are no peers. */
const own = [...Object.keys(library), 'AsyncLock', floor, asyncFloor, 'no lock'];

const file = (name: string): string => fileURLToPath(new URL(`./locks/${name}`, import.meta.url));

/** `needed`: without it there is nothing to compare. */
function entry(adapter: string, name: string, what = name, needed = false): Entry {
  return { name, command: [process.execPath, file('contender.mjs'), adapter, what], needed };
}

const threads: readonly Entry[] = [
  entry('bare', floor, floor, true),
  entry('bare', 'no lock', 'no lock', true),
  ...Object.keys(library).map((name) => entry('interleaved', name, name, name === 'Lock')),
  entry('bare', 'bare futex'),
  entry('multithreading', 'multithreading', 'Mutex'),
  entry('multithreading', 'multithreading RwLock', 'RwLock'),
  entry('bare', 'Web Locks'),
  { name: 'python', command: ['python3', file('python.py')] },
];

const tasks: readonly Entry[] = [
  entry('async', asyncFloor, asyncFloor, true),
  entry('async', 'AsyncLock', 'AsyncLock', true),
  ...['async-mutex', 'semaphore-async-await', 'Web Locks'].map((name) => entry('async', name)),
];

/** Locks beside `Atomics.add`, or for tasks of one thread beside a bare queue, and beside those of others. */
export default async function locks(bench: Bench): Promise<void> {
  const why = fetchPeers();
  if (why !== undefined) bench.note(`Some peers could not be fetched (${why}).`);
  for (const name of ['multithreading', 'async-mutex', 'semaphore-async-await']) bench.version(name);
  await inField(bench, threads, (field) => betweenThreads(bench, field));
  await inField(bench, tasks, (field) => betweenTasks(bench, field));
}

async function inField(bench: Bench, entries: readonly Entry[], measure: (field: Field) => Promise<void>) {
  const field = await Field.start(bench, entries);
  try {
    await measure(field);
  } finally {
    field.close();
  }
}

async function betweenThreads(bench: Bench, field: Field): Promise<void> {
  const measured = await field.measure('contended', 'alone');
  for (const [figure, words] of [['contended', '2 threads'] as const, ['alone', 'alone'] as const]) {
    const base = measured.of(floor, figure);
    bench.figure(`${floor}, ${words}: ns`, base);
    for (const [name, reaches] of Object.entries(library)) {
      const peers = name === 'Lock' ? others(measured, figure) : undefined;
      const its = measured.others(figure, [])[name];
      if (its) bench.ratio(`${name} ÷ ${floor}, ${words}`, its, base, reaches[figure], peers);
    }
  }
  const reads = await field.measure('speedUp');
  const free = reads.of('no lock', 'speedUp');
  bench.figure('no lock: speed-up of two that read for 10 µs', free);
  const { 'ReadWriteLock.read': its, Lock } = reads.others('speedUp', []);
  const peers = { Lock: Lock!, ...others(reads, 'speedUp') };
  if (its) bench.ratio('ReadWriteLock.read: the same, by that', its, free, { atLeast: 0.9 }, peers);
}

async function betweenTasks(bench: Bench, field: Field): Promise<void> {
  const measured = await field.measure('tasks', 'alone');
  for (const [figure, words] of [['tasks', '2 tasks'] as const, ['alone', 'alone'] as const]) {
    const base = measured.of(asyncFloor, figure);
    bench.figure(`${asyncFloor}, ${words}: ns`, base);
    const name = `AsyncLock ÷ ${asyncFloor}, ${words}`;
    bench.ratio(name, measured.of('AsyncLock', figure), base, { atMost: 1.3 }, others(measured, figure));
  }
}

const others = (measured: Measured, figure: string) => measured.others(figure, own);
