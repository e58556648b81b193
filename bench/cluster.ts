import { fileURLToPath } from 'node:url';
import { type Bench, quotients } from './harness.ts';
import { type Entry, Field } from './tools/field.ts';

/** Rounds that take some three minutes. */
export const rounds = 5;

const ours = 'interleaved';
const floor = 'bare BullMQ';
/** As ours: a task that computes, or ends its process, does not take the worker with it. */
const boxed = 'bare BullMQ, tasks in processes of their own';
const bulk = 'bare BullMQ, addBulk and 50 at a time';
const own = [ours, floor];

/**
 * A cluster of this machine beside bare BullMQ with one job per task, each with a Valkey server of its own: many small
 * tasks, one at a time, and throughput by the number of workers with who is busy then.
 */
export default async function cluster(bench: Bench): Promise<void> {
  for (const name of ['bullmq', 'ioredis']) bench.version(name);
  const field = await Field.start(bench, entries());
  try {
    await compared(bench, field);
    for (const workers of [1, 2, 4, 8]) await throughput(bench, field, workers);
  } finally {
    field.close();
  }
}

function entries(): Entry[] {
  const contender = fileURLToPath(new URL('./cluster/contender.mjs', import.meta.url));
  const command = (...how: string[]): Entry['command'] => [process.execPath, contender, ...how];
  return [
    { name: floor, command: command('bullmq', 'add'), needed: true },
    { name: ours, command: command('interleaved'), needed: true },
    { name: boxed, command: command('bullmq', 'boxed'), only: ['alone'] },
    { name: bulk, command: command('bullmq', 'bulk'), only: ['map', 'alone'] },
  ];
}

async function compared(bench: Bench, field: Field): Promise<void> {
  const measured = await field.measure('map', 'submits', 'alone');
  const [map, alone] = [measured.of(floor, 'map'), measured.of(floor, 'alone')];
  const others = measured.others('map', own);
  bench.figure(
    'map of 10,000 small tasks: times as fast as one job per task',
    quotients(map, measured.of(ours, 'map')),
    { atLeast: 10 },
    Object.fromEntries(Object.entries(others).map(([name, ms]) => [name, quotients(map, ms)])),
  );
  bench.figure(
    '10,000 submits under way together: times as fast as one job per task',
    quotients(measured.of(floor, 'submits'), measured.of(ours, 'submits')),
  );
  bench.ratio('one task at a time', measured.of(ours, 'alone'), alone, { atMost: 1.2 }, measured.others('alone', own));
}

/** Tasks of 0.1 ms per second, and how many cores each part keeps busy. */
async function throughput(bench: Bench, field: Field, workers: number): Promise<void> {
  const roles = ['caller', 'server', 'workers'] as const;
  const measured = await field.measure(`rate ${workers}`, ...roles.map((role) => `${role} ${workers}`));
  const title = `${workers} worker${workers === 1 ? '' : 's'}: `;
  const rates = { [floor]: measured.of(floor, `rate ${workers}`) };
  bench.figure(`${title}tasks of 0.1 ms per second`, measured.of(ours, `rate ${workers}`), undefined, rates);
  for (const role of roles) {
    // Not every system tells it.
    const busy = measured.others(`${role} ${workers}`, []);
    if (!(ours in busy)) continue;
    const name = `${title}cores that the ${role === 'workers' ? 'workers keep' : `${role} keeps`} busy`;
    bench.figure(name, busy[ours]!, undefined, { [floor]: busy[floor]! });
  }
}
