import { type Executor, withExecutor } from '../src/executors/executor.ts';
import { ProcessPoolExecutor, ThreadPoolExecutor } from '../src/executors/executors.ts';
import type { Bench } from './harness.ts';
import { RawChannel } from './raw/channel.ts';

const calls = 10_000;
const items = Array.from({ length: calls }, (_, index) => index);
/** Row 15 of the course, repeated to about a second on one core. */
const pairs = [
  [1963309, 2265973],
  [2030677, 3814172],
  [1551645, 2229620],
  [2039045, 2020802],
] as const;
const repeat = 80;

const nothing = (_: number): undefined => undefined;

const gcdMany = (a: number, b: number, times: number): number => {
  const gcd = (): number => {
    for (let d = Math.min(a, b); d > 0; d -= 1) if (a % d === 0 && b % d === 0) return d;
    return 1;
  };
  let result = 0;
  for (let n = 0; n < times; n += 1) result = gcd();
  return result;
};

/** Ms from the death of a worker to the error of its task. */
async function death(pool: Executor): Promise<number> {
  const dies = (): void => process.exit(1);
  const future = pool.submit(dies);
  await future.exception();
  return future.received! - future.started!;
}

/** Ms that `work` takes. */
async function ms(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** The executors' own figures, against the bare channel measured in the same rounds. */
export default async function executors(bench: Bench): Promise<void> {
  bench.version('piscina');
  bench.version('tinypool');
  for (const kind of ['thread', 'process'] as const) {
    const pool = kind === 'thread' ? new ThreadPoolExecutor(2) : new ProcessPoolExecutor(2);
    const raw = new RawChannel(kind);
    try {
      await withExecutor(pool, () => ofOneKind(bench, kind, pool, raw));
    } finally {
      await raw.close();
    }
  }
}

async function ofOneKind(bench: Bench, kind: 'thread' | 'process', pool: Executor, raw: RawChannel): Promise<void> {
  const plural = kind === 'thread' ? 'threads' : 'processes';
  const alone = 500;
  await pool.warmUp();
  const t = await bench.interleave({
    raw: () => ms(() => Promise.all(items.map((item) => raw.run('nothing', item)))),
    map: () => ms(async () => await pool.map(nothing, items)),
    submit: () => ms(() => Promise.all(items.map((item) => pool.submit(nothing, item)))),
    rawAlone: () =>
      ms(async () => {
        for (let n = 0; n < alone; n += 1) await raw.run('nothing', n);
      }),
    submitAlone: () =>
      ms(async () => {
        for (let n = 0; n < alone; n += 1) await pool.submit(nothing, n);
      }),
  });
  bench.ratio(`${plural}: map of 10,000 no-ops ÷ raw channel`, t.map, t.raw, { atMost: 0.15 });
  bench.ratio(`${plural}: 10,000 submits in one turn ÷ raw channel`, t.submit, t.raw, { atMost: 0.8 });
  const most = kind === 'thread' ? 1.8 : 2;
  bench.ratio(`${plural}: one submit at a time ÷ raw channel`, t.submitAlone, t.rawAlone, { atMost: most });
  const { settle } = await bench.interleave({ settle: () => death(pool) });
  bench.figure(`${plural}: ms from a worker's death to its task's error`, settle, { atMost: 100 });
  await pool.warmUp();
  const c = await bench.interleave({
    raw: () => ms(() => Promise.all(pairs.map(([a, b]) => raw.run('gcd', [a, b, repeat])))),
    pool: () => ms(() => Promise.all(pairs.map(([a, b]) => pool.submit(gcdMany, a, b, repeat)))),
    serial: () => ms(async () => pairs.map(([a, b]) => gcdMany(a, b, repeat))),
  });
  bench.ratio(`${plural}: gcd, speed-up ÷ that of two bare ones`, c.raw, c.pool, { atLeast: 0.95 });
  bench.ratio(`${plural}: gcd, speed-up over one after another`, c.serial, c.pool);
}
