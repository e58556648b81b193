import { type ChildProcess, fork } from 'node:child_process';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type AnyFunction, receiveError, receiveValue, shipFunction, shipValue } from '../../src/shipping/index.ts';
import type { Answer, Call } from './far.ts';

const file = new URL(`./far${extname(import.meta.filename)}`, import.meta.url);

export type Engine = 'thread' | 'process';
export const engines: readonly Engine[] = ['thread', 'process'];

/** One real thread or child process that runs one call at a time. */
export class Far {
  readonly engine: Engine;
  /** How many functions were sent, not counting those sent again by their id. */
  sources = 0;
  readonly #known = new Set<string>();
  readonly #far: Worker | ChildProcess;
  #last: Promise<unknown> = Promise.resolve();

  constructor(engine: Engine) {
    this.engine = engine;
    this.#far = engine === 'thread' ? new Worker(file) : fork(file, { serialization: 'advanced' });
    this.#far.unref();
  }

  /** Runs the function there. */
  run<T>(fn: (...args: never[]) => T, ...args: unknown[]): Promise<Awaited<T>> {
    const shipment = shipFunction(fn as AnyFunction, this.engine);
    const transfer: unknown[] = [];
    const shipped = shipValue(args, this.engine, this.engine === 'thread' ? transfer : undefined, 'args');
    const isKnown = this.#known.has(shipment.id);
    if (!isKnown) this.sources += 1;
    this.#known.add(shipment.id);
    const call: Call = { fn: isKnown ? shipment.id : shipment, args: shipped };
    const result = this.#last.then(() => this.#ask(call, transfer));
    this.#last = result.catch(() => undefined);
    return result as Promise<Awaited<T>>;
  }

  async close(): Promise<void> {
    if (this.#far instanceof Worker) await this.#far.terminate();
    else this.#far.kill();
  }

  #ask(call: Call, transfer: unknown[]): Promise<unknown> {
    const far = this.#far;
    return new Promise((resolve, reject) => {
      far.ref();
      far.once('message', ({ ok, value }: Answer) => {
        far.unref();
        far.off('error', reject);
        if (ok) resolve(receiveValue(value));
        else reject(receiveError(value));
      });
      far.once('error', reject);
      if (far instanceof Worker) far.postMessage(call, transfer as []);
      else far.send(call);
    });
  }
}
