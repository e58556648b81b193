import { fileURLToPath } from 'node:url';
import { type Bench, mapValues, quotients, type Reach } from './harness.ts';
import { type Entry, Field, type Measured } from './tools/field.ts';
import { fetchPeers } from './tools/peers.ts';

type Kind = 'thread' | 'process';

const ours = 'interleaved';
const recorder = 'recorder';
const floor = 'bare workers';
/** Those that are no peers. */
const own = [ours, recorder, floor, 'bare threads'];

const peers: Readonly<Record<Kind, readonly string[]>> = {
  thread: ['piscina', 'tinypool', 'workerpool', 'poolifier', 'multithreading', 'jest-worker'],
  process: ['tinypool', 'workerpool', 'poolifier', 'jest-worker'],
};

/** Rounds that take some two minutes. */
export const rounds = 5;

/** The pools beside bare workers and beside their peers: the figures of `executors/figures.mjs`. */
export default async function executors(bench: Bench): Promise<void> {
  const why = fetchPeers();
  if (why !== undefined) bench.note(`Some peers could not be fetched (${why}).`);
  for (const name of peers.thread) bench.version(name);
  for (const kind of ['thread', 'process'] as const) {
    const field = await Field.start(bench, entries(kind));
    try {
      await ofOneKind(bench, kind, field);
    } finally {
      field.close();
    }
  }
}

function entries(kind: Kind): Entry[] {
  const file = (name: string): string => fileURLToPath(new URL(`./executors/${name}`, import.meta.url));
  const node = (adapter: string, of: Kind = kind): Entry['command'] => [
    process.execPath,
    file('contender.mjs'),
    adapter,
    of,
  ];
  return [
    { name: floor, command: node('bare'), needed: true },
    { name: ours, command: node(ours), needed: true },
    { name: recorder, command: node(recorder), needed: true },
    ...(kind === 'process'
      ? [{ name: 'bare threads', command: node('bare', 'thread'), needed: true, only: ['copied'] }]
      : []),
    ...peers[kind].map((name) => ({ name, command: node(name) })),
    { name: 'python', command: ['python3', file('python.py'), kind] },
  ];
}

async function ofOneKind(bench: Bench, kind: Kind, field: Field): Promise<void> {
  const plural = kind === 'thread' ? 'threads' : 'processes';
  /** Adds a row: the ms of ours and of the peers, by those of bare workers. */
  const compare = (
    name: string,
    measured: Measured,
    figure: string,
    reach?: Reach,
    base = measured.of(floor, figure),
    others = measured.others(figure, own),
  ) => bench.ratio(`${plural}: ${name}`, measured.of(ours, figure), base, reach, others);

  const calls = await field.measure('queued', 'map');
  const queued = calls.of(floor, 'queued');
  const mapped = { ...calls.others('queued', own), ...calls.others('map', own) };
  compare('map of 10,000 no-ops', calls, 'map', { atMost: 0.15 }, queued, mapped);
  compare('10,000 submits in one turn', calls, 'queued', { atMost: 0.8 });
  compare('one submit at a time', await field.measure('alone'), 'alone', { atMost: kind === 'thread' ? 1.8 : 2 });

  const load = await field.measure('parallel', 'speedUp');
  const best = load.of(floor, 'speedUp');
  bench.figure(`${plural}: speed-up of two bare spinning workers`, best);
  const gained = (ms: readonly number[]): number[] => quotients(load.of(floor, 'parallel'), ms);
  bench.figure(
    `${plural}: speed-up of 2 warm workers, by that`,
    gained(load.of(ours, 'parallel')),
    { atLeast: 0.95 },
    {
      ...mapValues(load.others('parallel', own), gained),
      ...mapValues(load.others('speedUp', own), (values) => quotients(values, best)),
    },
  );

  const numbers = await field.measure('copied', 'moved', 'shared');
  if (kind === 'thread') {
    const copied = numbers.of(floor, 'copied');
    compare('64 MB copied there and back', numbers, 'copied');
    compare('64 MB moved there and back', numbers, 'moved', { atMost: 0.05 }, copied);
    compare('64 MB shared', numbers, 'shared', { atMost: 0.05 }, copied);
  } else {
    const cloned = numbers.of('bare threads', 'copied');
    compare('64 MB there and back, by a copy between threads', numbers, 'copied', { atMost: 0.9 }, cloned);
  }
  compare('first task of a new pool', await field.measure('first'), 'first', { atMost: 1.2 });

  const costs = { 'map of no-ops': 2, 'map of tasks of 0.1 ms': 1.15 };
  for (const [name, most] of Object.entries(costs)) {
    const [off, on] = [`${name}, recorder off`, `${name}, recorder on`] as const;
    const measured = await field.measure(off, on);
    bench.figure(`${plural}: ${off}`, measured.of(recorder, off), { atMost: 1.03 });
    bench.figure(`${plural}: ${on}`, measured.of(recorder, on), { atMost: most });
  }
}
