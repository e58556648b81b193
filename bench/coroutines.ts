import { fileURLToPath } from 'node:url';
import type { Bench } from './harness.ts';
import { type Entry, Field } from './tools/field.ts';
import { fetchPeers } from './tools/peers.ts';

const floor = 'bare loop';
const own = ['roundRobin', 'EventLoop', 'fromGenerator'];
const file = (name: string): string => fileURLToPath(new URL(`./coroutines/${name}`, import.meta.url));

const entries: readonly Entry[] = [
  ...[floor, ...own, 'async functions', 'effection', 'co'].map((name) => ({
    name,
    command: [process.execPath, file('contender.mjs'), name] as const,
    needed: name === floor || own.includes(name),
  })),
  ...['generators', 'asyncio'].map((kind) => ({
    name: kind === 'asyncio' ? kind : `Python ${kind}`,
    command: ['python3', file('python.py'), kind] as const,
  })),
];

/** Switches per second and bytes of a coroutine: the library's beside a bare loop over `next()`, and beside others. */
export default async function coroutines(bench: Bench): Promise<void> {
  const why = fetchPeers();
  if (why !== undefined) bench.note(`Some peers could not be fetched (${why}).`);
  for (const name of ['effection', 'co']) bench.version(name);
  const field = await Field.start(bench, entries);
  try {
    await measure(bench, field);
  } finally {
    field.close();
  }
}

async function measure(bench: Bench, field: Field): Promise<void> {
  const rates = await field.measure('rate');
  const bare = rates.of(floor, 'rate');
  const peers = rates.others('rate', [floor, ...own]);
  const [inTurn, inLoop, rebuilt] = own.map((name) => rates.of(name, 'rate')) as [number[], number[], number[]];
  bench.figure(`${floor}: million switches a second`, bare);
  bench.figure('roundRobin: the same', inTurn, undefined, peers);
  bench.ratio(`roundRobin ÷ ${floor}`, inTurn, bare, { atLeast: 0.6 }, peers);
  for (const name of ['effection', 'asyncio']) {
    if (peers[name]) bench.ratio(`roundRobin ÷ ${name}`, inTurn, peers[name], { atLeast: 5 });
  }
  bench.figure('EventLoop: million switches a second', inLoop, undefined, peers);
  if (peers.asyncio) bench.ratio('EventLoop ÷ asyncio', inLoop, peers.asyncio);
  const engine = peers['async functions'];
  if (engine) bench.ratio('fromGenerator ÷ async functions', rebuilt, engine, undefined, pick(peers, 'co'));

  const bytes = await field.measure('bytes');
  const others = bytes.others('bytes', own);
  bench.figure('roundRobin: bytes a coroutine', bytes.of('roundRobin', 'bytes'), { atMost: 300 }, others);
  bench.figure('EventLoop: bytes a task', bytes.of('EventLoop', 'bytes'), undefined, others);
  bench.figure('fromGenerator: bytes a call', bytes.of('fromGenerator', 'bytes'), undefined, others);
}

function pick<T>(all: Readonly<Record<string, T>>, name: string): Record<string, T> {
  return all[name] === undefined ? {} : { [name]: all[name] };
}
