import { type AnyFunction, forgetFunction, receiveFunction, receiveValue, type Shipment } from '../shipping/index.ts';
import { now } from '../timing/clock.ts';
import { runWorkerTask } from '../workers/scopes.ts';
import { isThenable } from './outcome.ts';
import type { Batch } from './protocol.ts';

/** Ms between two reports of a batch under way, so that results arrive while it runs. */
const reportEvery = 2;
/** Ms after which the worker's own event loop gets a turn between two tasks. */
const turnEvery = 5;

/** How the outcomes of a batch get home: in its own way from a thread and from a process. */
export interface Reporter {
  /** A batch begins. */
  open(batch: Batch): void;
  /** A task is about to begin. False when it must not, as the pool took it back. */
  begin(index: number, time: number): boolean;
  /** A task is over. */
  left(index: number, started: number, finished: number, ok: boolean, value: unknown): void;
  /** Makes the pool look at what is over by now; with `end`, at the end of the batch. */
  report(end: boolean): void;
  /** Undefined when all that was printed so far has been shown, else a promise of it. */
  printed(): Promise<void> | undefined;
}

/** Runs batches in a worker: the far end of a pool. */
export class Runner {
  readonly #reporter: Reporter;
  /** Functions that came and were not needed yet. */
  readonly #unread = new Map<string, Shipment>();

  constructor(reporter: Reporter) {
    this.#reporter = reporter;
  }

  /** Runs the tasks of a batch in order. The pool sends the next one when this one is over. */
  async run(batch: Batch): Promise<void> {
    const { definitions, forget, functions, args, single, shipped } = batch;
    const reporter = this.#reporter;
    for (const id of forget ?? []) {
      this.#unread.delete(id);
      forgetFunction(id);
    }
    for (const shipment of definitions ?? []) this.#unread.set(shipment.id, shipment);
    reporter.open(batch);
    let fn: AnyFunction = () => {};
    let lastId = '';
    let time = now();
    let lastReport = time;
    let lastTurn = time;
    for (let index = 0; index < args.length; index += 1) {
      if (!reporter.begin(index, time)) continue;
      const started = time;
      let ok = true;
      let value: unknown;
      try {
        const id = typeof functions === 'string' ? functions : functions[index]!;
        if (id !== lastId) fn = this.#functionOf(id);
        lastId = id;
        const given = args[index];
        if (single) {
          const item = shipped ? receiveValue(given) : given;
          value = runWorkerTask(() => fn(item));
        } else {
          const items = shipped ? (given as unknown[]).map((each) => receiveValue(each)) : (given as unknown[]);
          value = runWorkerTask(() => fn(...items));
        }
        if (isThenable(value)) value = await value;
      } catch (error) {
        ok = false;
        value = error;
      }
      time = now();
      const printed = reporter.printed();
      if (printed !== undefined) await printed;
      reporter.left(index, started, time, ok, value);
      if (time - lastReport < reportEvery || index === args.length - 1) continue;
      reporter.report(false);
      lastReport = time;
      if (time - lastTurn > turnEvery) {
        await new Promise(setImmediate);
        lastTurn = now();
      }
      time = now();
    }
    reporter.report(true);
  }

  // A definition is read when first needed, so that one that fails fails the tasks of its own function.
  #functionOf(id: string): AnyFunction {
    const shipment = this.#unread.get(id);
    if (shipment === undefined) return receiveFunction(id);
    const fn = receiveFunction(shipment);
    this.#unread.delete(id);
    return fn;
  }
}
