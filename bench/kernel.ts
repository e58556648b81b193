import { KernelClient } from '../test/kernel/client.ts';
import type { Bench } from './harness.ts';

/** Few enough that plain tslab does not lose the end of one (it loses one in some 200). */
const cells = 60;

type Kind = 'built' | 'tslab';

/** What one life of a kernel shows. */
interface Life {
  /** Ms from the start of the process to the reply to a first cell. */
  readonly start: number;
  /** Median ms from sending a trivial cell to its end. */
  readonly cell: number;
  /** The same for a cell with a type, a function and a line of output. */
  readonly typed: number;
  /** The share of 20,000 printed lines that arrive. */
  readonly lines: number;
}

/** The kernel against plain tslab: both are started, used and ended anew in every round. */
export default async function kernel(bench: Bench): Promise<void> {
  bench.version('tslab');
  bench.version('zeromq');
  const lives: Record<Kind, Life[]> = { built: [], tslab: [] };
  const live = (kind: Kind) => async (): Promise<number> => {
    const life = await oneLife(kind);
    lives[kind].push(life);
    return life.start;
  };
  await bench.interleave({ ours: live('built'), plain: live('tslab') });
  // The first life of each was the unmeasured one.
  const [ours, plain] = [lives.built.slice(1), lives.tslab.slice(1)];
  const compare = (name: string, figure: keyof Life): void => {
    const values = (all: Life[]): number[] => all.map((life) => life[figure]);
    bench.ratio(`${name} ÷ plain tslab`, values(ours), values(plain), { atMost: 1.2 });
  };
  compare('start to the first reply', 'start');
  compare('a trivial cell', 'cell');
  compare('a cell with types and output', 'typed');
  bench.figure(
    'share of 20,000 lines that arrive',
    ours.map(({ lines }) => lines),
    { atLeast: 1 },
  );
  bench.figure(
    'the same, plain tslab',
    plain.map(({ lines }) => lines),
  );
}

async function oneLife(kind: Kind): Promise<Life> {
  const began = performance.now();
  const client = await KernelClient.start({ kernel: kind });
  try {
    await client.execute('1');
    const start = performance.now() - began;
    const cell = await median(client, (index) => `void ${index}`);
    const typed = await median(
      client,
      (index) => `interface Shape { side: number }
const area = (shape: Shape): number => shape.side ** 2;
console.log(area({ side: ${index} }));`,
    );
    return { start, cell, typed, lines: await share(client) };
  } finally {
    await client.close();
  }
}

async function median(client: KernelClient, code: (index: number) => string): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < cells; index += 1) {
    const start = performance.now();
    await client.execute(code(index));
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[cells / 2]!;
}

/** Plain tslab loses lines and the end of the cell, so a reply counts as the end and a pause as the end of the output. */
async function share(client: KernelClient): Promise<number> {
  const code = `for (let i = 0; i < 20_000; i++) console.log('line ' + i)`;
  const request = client.request('execute_request', { code, silent: false }, { waitForIdle: false });
  await request;
  let seen = -1;
  while (seen < request.messages.length) {
    seen = request.messages.length;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const text = request.messages.map(({ content }) => content.text ?? '').join('');
  return text.trimEnd().split('\n').length / 20_000;
}
