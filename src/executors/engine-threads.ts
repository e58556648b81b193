import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MessageChannel, type ResourceLimits, receiveMessageOnPort, type Transferable } from 'node:worker_threads';
import type { Piscina } from 'piscina';
import type { Engine, Link, LinkEvents } from './engine.ts';
import { WorkerDied } from './errors.ts';
import type { Hello } from './protocol.ts';

const workerFile = fileURLToPath(new URL(`./thread-worker${extname(import.meta.filename)}`, import.meta.url));

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
    const { Piscina } = await import('piscina');
    if (this.#piscina === undefined) {
      this.#piscina = new Piscina({
        filename: workerFile,
        name: 'serve',
        minThreads: 1,
        maxThreads: 1,
        atomics: 'disabled',
        recordTiming: false,
        ...(this.#limits && { resourceLimits: this.#limits }),
      });
      // A worker that dies outside a task is told to `events.died`; without a listener the error would be thrown.
      this.#piscina.on('error', () => {});
    }
    const worker = this.#piscina.threads[0];
    if (worker === undefined) throw new WorkerDied(who, 1);
    const { port1: port, port2 } = new MessageChannel();
    let cause: unknown;
    worker.once('error', (error) => {
      cause = error;
    });
    const exit = new Promise<WorkerDied>((resolve) => {
      worker.once('exit', (code) => resolve(new WorkerDied(who, code, null, cause)));
    });
    const hello: Promise<Hello> = this.#piscina.run({ port: port2 }, { transferList: [port2] as never });
    const first = await Promise.race([hello.catch(() => exit), exit]);
    if (first instanceof WorkerDied) {
      port.close();
      throw first;
    }
    port.on('message', (report) => events.report(report));
    port.unref();
    exit.then((death) => {
      for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
        events.report(next.message);
      }
      port.close();
      events.died(death);
    });
    return {
      ready: first.ready,
      post: (message, transfer) => port.postMessage(message, transfer as Transferable[]),
      kill: () => void worker.terminate(),
      hold: (busy) => void (busy ? port.ref() : port.unref()),
    };
  }

  async destroy(): Promise<void> {
    const piscina = this.#piscina;
    this.#piscina = undefined;
    await piscina?.destroy();
  }
}
