import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { Pipe, type PipeEnd } from '../src/channels/pipe.ts';
import { Queue } from '../src/channels/queue.ts';
import { Process } from '../src/workers/process.ts';
import { Thread } from '../src/workers/thread.ts';
import type { Bench } from './harness.ts';

type Kind = 'thread' | 'process';

const items = 20_000;
const file = (name: string): string => fileURLToPath(new URL(`./channels/${name}`, import.meta.url));
const run = promisify(execFile);

const put = async (to: Queue<number>, count: number) => {
  for (let n = 0; n <= count; n += 1) await to.put(n);
};
const putSync = (to: Queue<number>, count: number) => {
  for (let n = 0; n <= count; n += 1) to.putSync(n);
};
const get = async (from: Queue<number>, answer: Queue<number>, count: number) => {
  await from.get();
  const start = performance.now();
  for (let n = 0; n < count; n += 1) await from.get();
  await answer.put(performance.now() - start);
};
const getSync = (from: Queue<number>, answer: Queue<number>, count: number) => {
  from.getSync();
  const start = performance.now();
  for (let n = 0; n < count; n += 1) from.getSync();
  answer.putSync(performance.now() - start);
};
const echo = async (end: PipeEnd<number>) => {
  for await (const item of end) await end.send(item);
};

/** Queues and pipes beside bare messages and beside Python's, one item after the other. */
export default async function channels(bench: Bench): Promise<void> {
  for (const kind of ['thread', 'process'] as const) {
    const bare =
      kind === 'thread' ? new Worker(file('bare.mjs')) : fork(file('bare.mjs'), { serialization: 'advanced' });
    const python = new Map<string, number[]>();
    const t = await bench.interleave({
      flood: () => flood(bare),
      answers: () => answers(bare),
      put: () => timePut(kind, put),
      putBounded: () => timePut(kind, put, 100),
      get: () => timeGet(kind, get),
      roundTrip: () => timeRoundTrip(kind),
      python: () => timePython(kind, python),
    });
    const sync =
      kind === 'thread'
        ? await bench.interleave({ put: () => timePut(kind, putSync), get: () => timeGet(kind, getSync) })
        : undefined;
    if (bare instanceof Worker) await bare.terminate();
    else bare.kill('SIGKILL');
    const row = (name: string, own: number[] | undefined, floor: number[], figure?: string): void => {
      const theirs = figure === undefined ? undefined : python.get(figure)?.slice(1);
      if (own) bench.ratio(`${kind}: ${name}`, own, floor, undefined, theirs && { python: theirs });
    };
    bench.figure(
      `${kind}: bare messages a ms`,
      t.flood.map((ms) => items / ms),
    );
    bench.figure(
      `${kind}: bare questions and answers a ms`,
      t.answers.map((ms) => items / ms),
    );
    row('put there, one by one ÷ bare messages', t.put, t.flood, 'put');
    row('putSync there ÷ bare messages', sync?.put, t.flood);
    row('put there, at most 100 inside ÷ bare answers', t.putBounded, t.answers, 'putBounded');
    row('get there, one by one ÷ bare answers', t.get, t.answers, 'get');
    row('getSync there ÷ bare answers', sync?.get, t.answers);
    row('there and back by a pipe ÷ bare answers', t.roundTrip, t.answers, 'roundTrip');
  }
}

const post = (bare: Worker | ChildProcess, message: object): void => {
  if (bare instanceof Worker) bare.postMessage(message);
  else bare.send(message);
};

async function flood(bare: Worker | ChildProcess): Promise<number> {
  post(bare, { flood: items + 1 });
  await once(bare, 'message');
  const start = performance.now();
  await new Promise<void>((resolve) => {
    let count = 0;
    bare.on('message', function take() {
      count += 1;
      if (count < items) return;
      bare.off('message', take);
      resolve();
    });
  });
  return performance.now() - start;
}

async function answers(bare: Worker | ChildProcess): Promise<number> {
  const start = performance.now();
  for (let n = 0; n < items; n += 1) {
    post(bare, { n });
    await once(bare, 'message');
  }
  return performance.now() - start;
}

const worker = <A extends unknown[]>(kind: Kind, fn: (...args: A) => unknown, ...args: A): Thread<A> | Process<A> => {
  const made = kind === 'thread' ? new Thread(fn, ...args) : new Process(fn, ...args);
  made.start();
  return made;
};

async function timePut(kind: Kind, fn: (to: Queue<number>, count: number) => unknown, maxsize = 0): Promise<number> {
  const queue = new Queue<number>(maxsize);
  const there = worker(kind, fn, queue, items);
  await queue.get();
  const start = performance.now();
  for (let n = 0; n < items; n += 1) await queue.get();
  const ms = performance.now() - start;
  await there.join();
  queue.close();
  return ms;
}

async function timeGet(
  kind: Kind,
  fn: (from: Queue<number>, answer: Queue<number>, count: number) => unknown,
): Promise<number> {
  const [queue, answer] = [new Queue<number>(), new Queue<number>()];
  for (let n = 0; n <= items; n += 1) await queue.put(n);
  const there = worker(kind, fn, queue, answer, items);
  const ms = await answer.get();
  await there.join();
  for (const each of [queue, answer]) each.close();
  return ms;
}

async function timeRoundTrip(kind: Kind): Promise<number> {
  const [left, right] = Pipe<number>();
  const there = worker(kind, echo, right);
  await left.send(0);
  await left.recv();
  const start = performance.now();
  for (let n = 0; n < items; n += 1) {
    await left.send(n);
    await left.recv();
  }
  const ms = performance.now() - start;
  left.close();
  await there.join();
  return ms;
}

async function timePython(kind: Kind, figures: Map<string, number[]>): Promise<number> {
  const { stdout } = await run('python3', [file('python.py'), kind, String(items)]);
  for (const [name, ms] of Object.entries(JSON.parse(stdout) as Record<string, number>)) {
    figures.set(name, [...(figures.get(name) ?? []), ms]);
  }
  return 0;
}
