import { MessageChannel, type ResourceLimits } from 'node:worker_threads';
import type { Piscina } from 'piscina';
import { openEventWay } from '../timing/event-ways.ts';
import { compiledEnv, workerFile } from '../workers/files.ts';
import { threadEnded } from '../workers/lives.ts';
import type { Engine, Link, LinkEvents } from './engine.ts';
import { WorkerDied } from './errors.ts';
import { ThreadLink } from './thread-link.ts';
import type { Opening } from './thread-worker.ts';

const entry = workerFile(import.meta.filename, 'thread-worker', '../workers/start-thread');

let library: typeof Piscina | undefined;

/**
 * One thread of a pool, owned by a piscina of its own: piscina starts it, replaces it when it dies, and ends it.
 *
 * Batches do not go through piscina's queue but through a port of ours: our pool must know which worker has which
 * tasks, and a message of our own costs what a bare one does. Piscina's waiting by Atomics is off, as it stops what a
 * task left running.
 */
export class ThreadEngine implements Engine {
  readonly kind = 'thread';
  readonly #limits: ResourceLimits | undefined;
  #piscina: Piscina | undefined;

  constructor(limits?: ResourceLimits) {
    this.#limits = limits;
  }

  async connect(events: LinkEvents, who: string): Promise<Link> {
    library ??= (await import('piscina')).Piscina;
    this.#piscina ??= newPiscina(library, this.#limits);
    const worker = this.#piscina.threads[0];
    if (worker === undefined) throw new WorkerDied(who, 1);
    let cause: unknown;
    worker.once('error', (error) => {
      cause = error;
    });
    const { threadId } = worker;
    const exit = new Promise<WorkerDied>((resolve) => {
      worker.once('exit', (code) => {
        threadEnded(threadId);
        resolve(new WorkerDied(who, code, null, cause));
      });
    });
    const { port1: port, port2 } = new MessageChannel();
    const link = new ThreadLink(worker, port, events);
    const { way, close } = openEventWay();
    exit.then(close);
    const order: Opening = { port: port2, buffer: link.buffer, lane: who, events: way };
    const served: Promise<void> = this.#piscina.run(order, { transferList: [port2] as never });
    exit.then((death) => link.close(death));
    const failed = exit.then((death) => {
      // One that ended with its first task had been ready, though its answer may not have come.
      if (link.ready === 0) throw death;
    });
    link.opened = Promise.race([served.catch(() => failed), failed]);
    return link;
  }

  async destroy(): Promise<void> {
    const piscina = this.#piscina;
    this.#piscina = undefined;
    await piscina?.destroy();
  }
}

function newPiscina(Pool: typeof Piscina, resourceLimits: ResourceLimits | undefined): Piscina {
  const pool = new Pool({
    filename: entry,
    name: 'serve',
    minThreads: 1,
    maxThreads: 1,
    atomics: 'disabled',
    recordTiming: false,
    env: compiledEnv() as Record<string, string>,
    ...(resourceLimits && { resourceLimits }),
  });
  // A worker that dies outside a task of piscina's is told to `events.died`; without a listener this would throw.
  pool.on('error', () => {});
  return pool;
}
