import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deserialize, serialize } from 'node:v8';
import { receiveValue, shipFunction, shipValue } from '../shipping/index.ts';
import { drawBars } from '../show/bars.ts';
import { bytes, duration } from '../show/format.ts';
import { escapeHtml, type Part, partsOf, Shown } from '../show/parts.ts';
import { showsPictures } from '../show/show.ts';
import { table } from '../show/table.ts';
import { now } from '../timing/clock.ts';
import { type Spread, spreadOf } from '../timing/stats.ts';
import { type Executor, withExecutor } from './executor.ts';
import { ProcessPoolExecutor } from './executors.ts';
import type { Reply, Request } from './steps-worker.ts';

const workerFile = fileURLToPath(new URL(`./steps-worker${extname(import.meta.filename)}`, import.meta.url));

/** The steps in order, and where each takes place. */
const plan = [
  ['take the item', 'here'],
  ['serialise', 'here'],
  ['copy over', 'pipe'],
  ['deserialise', 'child'],
  ['define function', 'child'],
  ['run', 'child'],
  ['serialise result', 'child'],
  ['copy back', 'pipe'],
  ['deserialise result', 'here'],
  ['merge', 'here'],
] as const;

/** One step of a call; times in ms. */
export interface Step {
  readonly name: string;
  /** `here` is the caller's process, `pipe` the way between the two. */
  readonly where: 'here' | 'pipe' | 'child';
  /** In the first call, which brings the function along. */
  readonly first: number;
  /** In the later calls, which only name it. */
  readonly later: Spread;
}

/** What `tenSteps` measured; it shows itself. */
export class CallSteps<T = unknown> extends Shown {
  readonly steps: readonly Step[];
  /** What the function gave. */
  readonly value: T;
  /** Bytes sent over by the first call, by a later one, and sent back. */
  readonly bytes: { readonly first: number; readonly later: number; readonly back: number };
  #picture: Part | undefined;

  constructor(calls: readonly TracedCall[]) {
    super();
    const [first, ...later] = calls as [TracedCall, ...TracedCall[]];
    this.value = first.value as T;
    this.bytes = { first: first.out, later: later[0]!.out, back: first.back };
    this.steps = plan.map(([name, where], index) => ({
      name,
      where,
      first: first.ms[index]!,
      later: spreadOf(later.map((call) => call.ms[index]!)),
    }));
  }

  /** Ms of a later call, all its steps together. */
  get total(): number {
    return this.steps.reduce((sum, { later }) => sum + later.median, 0);
  }

  /** Ms of a later call that are not the function's own run. */
  get overhead(): number {
    return this.total - this.steps.find(({ name }) => name === 'run')!.later.median;
  }

  /** Prepares the picture, which a cell then shows. */
  async draw(): Promise<this> {
    const bars = this.steps.map(({ name, later }, index) => ({ name: `${index + 1} ${name}`, value: later.median }));
    this.#picture ??= await drawBars(bars, {
      title: 'The ten steps of a call to a process, medians of later calls',
      caption: 'Later calls, median',
      format: duration,
    });
    return this;
  }

  protected override parts(): readonly Part[] {
    const rows = this.steps.map(({ name, where, first, later }, index) => ({
      step: `${index + 1} ${name}`,
      where,
      'first call': duration(first),
      'later calls': duration(later.median),
    }));
    const caption = `One call: ${duration(this.total)}, ${duration(this.overhead)} of it not its run`;
    const { first, later, back } = this.bytes;
    const sent = `Sent over: ${bytes(first)} in the first call, ${bytes(later)} in a later one; sent back: ${bytes(back)}.`;
    const right = (key: string) => ({ key, align: 'right' }) as const;
    const columns = ['step', 'where', right('first call'), right('later calls')];
    return [
      ...partsOf(table(rows, { caption, columns })),
      { html: `<p>${escapeHtml(sent)}</p>`, text: sent },
      ...(this.#picture ? [this.#picture] : []),
    ];
  }
}

/**
 * Calls `fn(item)` in a process of a `ProcessPoolExecutor`, several times, and times the ten steps that such a call is
 * made of. Python's `ProcessPoolExecutor` takes the same ten.
 *
 * The executor's own message carries bytes which are made and read here, so that each step has a beginning and an
 * end; the two copies include handing these bytes to the pool and waking up on the other side.
 *
 * @param options `calls`: how many later calls the medians are of (20 if absent)
 * @throws ShippingError when the function or the item cannot travel; what `fn` throws
 * @example
 * await tenSteps(gcd, [1963309, 2265973])
 */
export async function tenSteps<I, T>(
  fn: (item: I) => T,
  item: I,
  options: { calls?: number } = {},
): Promise<CallSteps<Awaited<T>>> {
  const { calls = 20 } = options;
  if (!(Number.isInteger(calls) && calls >= 1))
    throw new RangeError(`calls is a whole number from 1 on, not ${calls}.`);
  return withExecutor(new ProcessPoolExecutor(1), async (pool) => {
    await pool.submit(inChild, workerFile, serialize({ fn: shipFunction(nothing, 'process'), item: 0 })); // loads the module
    const traced = [await trace(pool, fn, item, true)];
    for (let call = 0; call < calls; call++) traced.push(await trace(pool, fn, item, false));
    const steps = new CallSteps<Awaited<T>>(traced);
    return showsPictures() ? steps.draw() : steps;
  });
}

interface TracedCall {
  /** One length per step, in ms. */
  readonly ms: readonly number[];
  readonly out: number;
  readonly back: number;
  readonly value: unknown;
}

async function trace(pool: Executor, fn: (item: never) => unknown, item: unknown, first: boolean): Promise<TracedCall> {
  const items = [item];
  const results: unknown[] = [];
  const moments = [now()];
  const next = items[0];
  moments.push(now());
  const shipment = shipFunction(fn, 'process');
  const request: Request = { fn: first ? shipment : shipment.id, item: shipValue(next, 'process') };
  const out = serialize(request);
  moments.push(now());
  const reply = (await pool.submit(inChild, workerFile, out)) as Reply;
  const back = now();
  moments.push(...reply.moments, back);
  const value = receiveValue(deserialize(reply.bytes));
  moments.push(now());
  results.push(value);
  moments.push(now());
  const ms = plan.map((_, step) => moments[step + 1]! - moments[step]!);
  return { ms, out: out.byteLength, back: reply.bytes.byteLength, value };
}

/** Runs in the child. It names nothing of this module, so its source can travel anywhere. */
function inChild(file: string, request: Uint8Array): unknown {
  return process.getBuiltinModule('node:module').createRequire(file)(file).answer(request);
}

function nothing(): void {}
