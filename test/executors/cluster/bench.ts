import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Queue, QueueEvents } from 'bullmq';
import type { Redis } from 'ioredis';
import { type Host, type HostOptions, startHost } from '../../../src/executors/cluster/host.ts';
import { type Parcel, pack, unpack } from '../../../src/executors/cluster/parcel.ts';
import { newSecret } from '../../../src/executors/cluster/seal.ts';
import { type ClusterSettings, connect, settingsOf } from '../../../src/executors/cluster/settings.ts';
import { startValkey, type Valkey } from '../../../src/executors/cluster/valkey.ts';
import { type ClusterBatch, jobName, type Outcome, outcomeFrom, toBytes } from '../../../src/executors/cluster/wire.ts';
import { type AnyFunction, receiveError, receiveValue, shipFunction } from '../../../src/shipping/index.ts';

/** A server, a queue and a caller that speaks with workers as an executor does, one job at a time. */
export class Bench {
  readonly server: Valkey;
  readonly settings: ClusterSettings;
  readonly redis: Redis;
  readonly queue: Queue;
  readonly events: QueueEvents;
  /** For what tasks note. */
  readonly folder = mkdtempSync(join(tmpdir(), 'interleaved-test-'));
  readonly #hosts: Host[] = [];
  #jobs = 0;

  private constructor(server: Valkey, settings: ClusterSettings, redis: Redis, ear: Redis) {
    this.server = server;
    this.settings = settings;
    this.redis = redis;
    const { prefix, queue } = settings;
    this.queue = new Queue(queue, { connection: redis, prefix });
    this.events = new QueueEvents(queue, { connection: ear, prefix });
    this.events.setMaxListeners(0);
    this.queue.on('error', () => {});
    this.events.on('error', () => {});
    this.#ear = ear;
  }

  readonly #ear: Redis;

  static async open(options: Partial<ClusterSettings> = {}): Promise<Bench> {
    const server = await startValkey();
    const settings = settingsOf({ url: server.url, secret: newSecret(), lockMs: 1000, stalledMs: 300, ...options });
    const bench = new Bench(server, settings, await connect(settings), await connect(settings));
    await bench.events.waitUntilReady();
    return bench;
  }

  async host(options: Partial<HostOptions> = {}): Promise<Host> {
    const host = await startHost({ ...this.settings, concurrency: 1, name: 'w', ...options });
    this.#hosts.push(host);
    return host;
  }

  async close(): Promise<void> {
    for (const host of this.#hosts) await host.close();
    if (this.redis.status === 'ready') {
      await this.events.close();
      await this.queue.close();
    }
    for (const each of [this.redis, this.#ear]) each.disconnect();
    await this.server.stop();
    rmSync(this.folder, { recursive: true });
  }

  nextId(): string {
    this.#jobs += 1;
    return `job-${this.#jobs}`;
  }

  parcel(id: string, batch: ClusterBatch, settings = this.settings): Promise<Parcel> {
    return pack(this.redis, settings, { kind: 'task', id }, toBytes(batch));
  }

  /** Sends a job with this data. @returns what waits for its return value; rejects with the reason when it failed */
  async add(id: string, data: unknown): Promise<{ result(): Promise<Parcel> }> {
    const job = await this.queue.add(jobName, data, { jobId: id, attempts: 1 });
    return { result: () => job.waitUntilFinished(this.events) as Promise<Parcel> };
  }

  async send(batch: ClusterBatch, id = this.nextId()): Promise<{ id: string; outcome: Promise<Outcome> }> {
    const job = await this.add(id, await this.parcel(id, batch));
    const read = async (): Promise<Outcome> => {
      const parcel = await job.result();
      return outcomeFrom(await unpack(this.redis, this.settings, { kind: 'result', id }, parcel));
    };
    const outcome = read();
    outcome.catch(() => {});
    return { id, outcome };
  }

  async run(batch: ClusterBatch): Promise<Outcome> {
    return await (await this.send(batch)).outcome;
  }

  /**
   * Tasks that note in `log` that they begin, and that their process is asked to leave others out. They go on when there
   * is a file `gate`.
   */
  gated(...words: string[]): ClusterBatch {
    const fn = async ([log, gate, word]: [string, string, string]) => {
      appendFileSync(log, `${word} `);
      process.once('message', () => appendFileSync(log, 'told '));
      while (!existsSync(gate)) await new Promise((resolve) => setTimeout(resolve, 5));
      return word;
    };
    const [log, gate] = [this.path('log'), this.path('gate')];
    return batchOf(
      fn,
      words.map((word): [string, string, string] => [log, gate, word]),
    );
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** What tasks wrote to a file of the folder. */
  text(name: string): string {
    try {
      return readFileSync(this.path(name), 'utf8');
    } catch {
      return '';
    }
  }
}

export function batchOf<A>(
  fn: (arg: A) => unknown,
  args: readonly A[],
  more: Partial<ClusterBatch> = {},
): ClusterBatch {
  const shipment = shipFunction(fn as AnyFunction, 'remote');
  return {
    batch: 1,
    definitions: [shipment],
    functions: shipment.id,
    args,
    single: true,
    shipped: false,
    transferResult: false,
    announce: false,
    names: shipment.name,
    runTimeout: undefined,
    ...more,
  };
}

/** Per task its value, its error, or 'withdrawn'. */
export function settled({ times, values, failed, shipped }: Outcome): unknown[] {
  return values.map((value, index) => {
    if (Number.isNaN(times[2 * index])) return 'withdrawn';
    if (failed?.includes(index)) return receiveError(value);
    return shipped ? receiveValue(value) : value;
  });
}

/** Waits until a condition holds; a test's own time limit ends it. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}
