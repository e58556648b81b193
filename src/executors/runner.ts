import {
  type AnyFunction,
  receiveFunction,
  receiveValue,
  type Shipment,
  shipError,
  shipValue,
  type Target,
} from '../shipping/index.ts';
import { now } from '../timing/clock.ts';
import type { Batch, Report, Withdrawal } from './protocol.ts';

/** Ms between two reports of a batch under way. */
const reportEvery = 2;
/** Ms after which the worker's own event loop gets a turn between two tasks. */
const turnEvery = 5;

/** What the two kinds of workers do each in their own way. */
export interface Home {
  readonly kind: Target;
  post(report: Report, transfer: unknown[]): void;
  /** Undefined when all that was printed has arrived, else a promise of it. */
  printed(): Promise<void> | undefined;
  /** What goes into each report besides outcomes. */
  extras(): Pick<Report, 'cpu' | 'written'>;
}

/** Runs batches in a worker: the far end of a pool. */
export class Runner {
  readonly #home: Home;
  readonly #unread = new Map<string, Shipment>();
  #batch = -1;
  #withdrawn: Set<number> | undefined;
  // The outcomes that were not reported yet: of the tasks #from, #from + 1, …
  #from = 0;
  #times: number[] = [];
  #values: unknown[] = [];
  #failed: number[] | undefined;
  #shipped = false;
  #transfer: unknown[] = [];

  constructor(home: Home) {
    this.#home = home;
  }

  /** Takes a message from the pool. */
  message(message: Batch | Withdrawal): void {
    if ('withdraw' in message) {
      if (message.withdraw !== this.#batch) return;
      this.#withdrawn ??= new Set();
      for (const index of message.indices) this.#withdrawn.add(index);
    } else {
      this.#run(message);
    }
  }

  /** Reports what is finished but not told; for a worker that is about to exit. */
  lastWords(): void {
    if (this.#values.length > 0) this.#report(false);
  }

  async #run(batch: Batch): Promise<void> {
    const { functions, args } = batch;
    this.#batch = batch.batch;
    this.#from = 0;
    this.#withdrawn = undefined;
    let time = now();
    let lastTurn = time;
    let lastReport = time;
    let fn: AnyFunction = () => {};
    let lastId = '';
    for (const shipment of batch.definitions ?? []) this.#unread.set(shipment.id, shipment);
    const last = args.length - 1;
    for (let index = 0; index <= last; index += 1) {
      if (this.#withdrawn !== undefined && (this.#withdrawn as Set<number>).has(index)) {
        this.#add(Number.NaN, time, undefined, true);
        continue;
      }
      const start = time;
      let value: unknown;
      let ok = true;
      try {
        const id = typeof functions === 'string' ? functions : functions[index]!;
        if (id !== lastId) {
          fn = this.#functionOf(id);
          lastId = id;
        }
        let arg = args[index];
        if (batch.shipped) arg = receiveValue(arg);
        value = batch.single ? fn(arg) : fn(...(arg as unknown[]));
        if (isThenable(value)) value = await value;
      } catch (error) {
        ok = false;
        value = error;
      }
      time = now();
      this.#add(start, time, value, ok);
      if (index === last) break;
      if (time - lastReport > reportEvery) {
        const printed = this.#home.printed();
        if (printed !== undefined) await printed;
        this.#report(false);
        lastReport = time = now();
      }
      if (time - lastTurn > turnEvery) {
        await new Promise(setImmediate);
        lastTurn = time = now();
      }
    }
    const printed = this.#home.printed();
    if (printed !== undefined) await printed;
    this.#report(true);
  }

  // A definition is read when first needed, so that one that fails fails the tasks of its own function.
  #functionOf(id: string): AnyFunction {
    const shipment = this.#unread.get(id);
    if (shipment === undefined) return receiveFunction(id);
    const fn = receiveFunction(shipment);
    this.#unread.delete(id);
    return fn;
  }

  #add(start: number, end: number, value: unknown, ok: boolean): void {
    this.#times.push(start, end);
    if (!ok) {
      this.#failed ??= [];
      this.#failed.push(this.#values.length);
      this.#values.push(shipError(value, this.#home.kind));
      return;
    }
    if ((typeof value !== 'object' || value === null) && typeof value !== 'function' && typeof value !== 'symbol') {
      this.#values.push(value);
      return;
    }
    try {
      const shipped = shipValue(value, this.#home.kind, this.#transfer, 'result');
      if (shipped !== value) this.#shipped = true;
      this.#values.push(shipped);
    } catch (error) {
      this.#failed ??= [];
      this.#failed.push(this.#values.length);
      this.#values.push(shipError(error, this.#home.kind));
    }
  }

  #report(end: boolean): void {
    const times = this.#times;
    const report: Report = {
      batch: this.#batch,
      from: this.#from,
      times: times.length > 8 ? Float64Array.from(times) : times,
      values: this.#values,
      failed: this.#failed,
      shipped: this.#shipped,
      end,
      ...this.#home.extras(),
    };
    const transfer = this.#transfer;
    this.#from += this.#values.length;
    this.#times = [];
    this.#values = [];
    this.#failed = undefined;
    this.#shipped = false;
    this.#transfer = [];
    try {
      this.#home.post(report, transfer);
    } catch {
      this.#home.post({ ...report, ...this.#carriable(report) }, []);
    }
  }

  // Some result cannot be copied though shipping let it pass: it becomes an error, and the others go as they are.
  #carriable(report: Report): Pick<Report, 'values' | 'failed'> {
    const failed = [...(report.failed ?? [])];
    const values = report.values.map((value, index) => {
      try {
        structuredClone(value);
        return value;
      } catch (error) {
        if (!failed.includes(index)) failed.push(index);
        return shipError(error, this.#home.kind);
      }
    });
    return { values, failed };
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
