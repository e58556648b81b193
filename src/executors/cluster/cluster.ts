import { availableParallelism } from 'node:os';
import { BrokenExecutor } from '../errors.ts';
import { BaseExecutor } from '../executor.ts';
import { checkWorkers } from '../executors.ts';
import { Pool } from '../pool.ts';
import type { Client } from './client.ts';
import { ClusterEngine } from './engine.ts';
import type { LocalCluster } from './local-cluster.ts';
import { readStatus } from './read-status.ts';
import { type ClusterSettings, settingsOf } from './settings.ts';
import type { ClusterStatus } from './status.ts';

/** Messages under way per worker: one that runs and one that waits for its end. */
const messages = 2;

/** Options of `ClusterExecutor`. */
export interface ClusterOptions {
  /**
   * The server: `redis://user:password@host:port`, or `rediss:` for TLS. Without it, a server and the workers are
   * started on this machine and end with the executor. A user of the server needs no more than
   * `~interleaved:* &interleaved:* +@all -@dangerous -@admin +info`.
   */
  readonly url?: string;
  /** What callers and workers must both have, 32 signs or more; by default what `INTERLEAVED_SECRET` holds. */
  readonly secret?: string;
  /** Callers and workers of the same queue find each other; by default `interleaved`. */
  readonly queue?: string;
  /** What every key in the server begins with; by default `interleaved`. */
  readonly prefix?: string;
  /** For `rediss:`: the certificates (PEM) that are trusted instead of the system's. */
  readonly tls?: { readonly ca?: string };
  /** Ms after which a worker that was not heard of has lost its tasks to others; by default 5,000. */
  readonly lockMs?: number;
  /** Ms between two looks for such tasks; by default 1,000. */
  readonly stalledMs?: number;
  /** How often a task is begun that takes its worker with it; by default 3. */
  readonly attempts?: number;
  /** Ms for which a task may wait in the queue, and a result of a `key` is kept; by default an hour. */
  readonly expiresMs?: number;
  /** The most bytes that one task, or its result, may have; by default 64 MiB. */
  readonly maxBytes?: number;
}

/** What others need to join a cluster, as callers or as workers. Holds the password and the secret: not to be shown. */
export interface ClusterAddress {
  readonly url: string;
  readonly secret: string;
  readonly queue: string;
}

/**
 * Runs tasks on processes that may be on other machines, by BullMQ on a Valkey or Redis server. Workers join by
 * `npx interleaved worker --url …`; without a `url`, server and workers are started here.
 *
 * The promise is at least once: a task whose worker vanishes runs again elsewhere, so that it may run twice, and each
 * result arrives once. Tasks that are the same however often they run need nothing more; `with({ key })` lets a program
 * that died come back to its results.
 *
 * Functions and arguments travel as code and data sealed with the secret: whoever has it can run anything on the
 * workers.
 *
 * @example
 * const results = await withExecutor(new ClusterExecutor(2), (pool) => pool.map(gcd, pairs));
 */
export class ClusterExecutor extends BaseExecutor {
  readonly #cluster: ClusterPool;

  /** @param workers how many workers are started, or with a `url` are expected; by default one per core */
  constructor(workers: number = availableParallelism(), options: ClusterOptions = {}) {
    checkWorkers('workers', workers);
    const cluster = new ClusterPool(workers, options);
    super(cluster);
    this.#cluster = cluster;
  }

  /** The workers, the lengths of the queue and the rate at this moment; shows itself as a table. */
  status(): Promise<ClusterStatus> {
    return this.#cluster.status();
  }

  /**
   * Where this cluster is, also one that was started here, whose address and secret are random.
   *
   * @example
   * const other = new ClusterExecutor(2, await pool.address());
   */
  address(): Promise<ClusterAddress> {
    return this.#cluster.address();
  }

  /** The process ids of the workers that were started here; none before the first task or `warmUp`. */
  get localWorkers(): number[] {
    return this.#cluster.local?.pids ?? [];
  }
}

/** A pool whose slots are messages under way, and which owns what carries them. */
class ClusterPool extends Pool {
  readonly #workers: number;
  readonly #given: Partial<ClusterSettings>;
  #client: Promise<Client> | undefined;
  #isClosed = false;
  local: LocalCluster | undefined;

  constructor(workers: number, options: ClusterOptions) {
    // What is wrong is told before anything starts.
    if (options.url === undefined) settingsOf({ secret: '-'.repeat(32), ...options, url: 'redis://127.0.0.1' });
    else settingsOf(options);
    super(workers, () => new ClusterEngine(() => this.client()), { messages });
    this.#workers = workers;
    this.#given = options;
  }

  /** The connection, opened when first asked for. Nobody would close one that is opened after the end. */
  async client(): Promise<Client> {
    if (this.#isClosed) throw new BrokenExecutor('this executor was shut down: its cluster is not known any more');
    this.#client ??= awake(this.#open());
    return this.#client;
  }

  status(): Promise<ClusterStatus> {
    return awake(this.client().then(({ redis, settings, queue }) => readStatus(redis, settings, queue)));
  }

  async address(): Promise<ClusterAddress> {
    const { url, secret, queue } = (await awake(this.client())).settings;
    return { url, secret, queue };
  }

  override async close(): Promise<void> {
    await super.close();
    await awake(this.#release());
  }

  async #release(): Promise<void> {
    this.#isClosed = true;
    const client = await this.#client?.catch(() => undefined);
    await client?.close();
    await this.local?.close();
  }

  async #open(): Promise<Client> {
    // What few programs need is loaded by those.
    const { Client } = await import('./client.ts');
    if (this.#given.url !== undefined) return Client.open(settingsOf(this.#given));
    const { LocalCluster } = await import('./local-cluster.ts');
    this.local = await LocalCluster.start(this.#workers, this.#given);
    return Client.open(this.local.settings);
  }
}

/** Keeps the program alive until then: the connections and children that it waits for do not. */
async function awake<T>(promise: Promise<T>): Promise<T> {
  const timer = setInterval(() => {}, 2 ** 30);
  try {
    return await promise;
  } finally {
    clearInterval(timer);
  }
}
