import { shipError } from '../../shipping/index.ts';
import { now } from '../../timing/clock.ts';
import type { Link, LinkEvents } from '../engine.ts';
import { WorkerDied } from '../errors.ts';
import type { PoolJob } from '../hand.ts';
import type { Batch, Report } from '../protocol.ts';
import type { Client } from './client.ts';
import { keyedId, printOf } from './keys.ts';
import type { Receiver } from './message.ts';
import { checkSize } from './parcel.ts';
import { type ClusterBatch, type Outcome, toBytes, wallOffset } from './wire.ts';

/** The tasks `from` to `to` of the batch, which travel in one message. */
interface Part {
  readonly from: number;
  readonly to: number;
  /** The message's id, once it has one. */
  id: string;
  receiver: Receiver | undefined;
  /** What became of it, until that can be reported in order. */
  report: Omit<Report, 'end' | 'batch'> | undefined;
}

const noPart = { id: '', receiver: undefined, report: undefined };

/** One batch at a time on its way through the cluster, in one message unless it must be divided. */
export class ClusterLink implements Link {
  readonly ready: number = now();
  readonly #client: Client;
  readonly #events: LinkEvents;
  #batch: Batch | undefined;
  #jobs: readonly PoolJob[] = [];
  #sent = 0;
  /** The parts of the batch that were not reported, in order. */
  #parts: Part[] = [];
  #alive: NodeJS.Timeout | undefined;

  constructor(client: Client, events: LinkEvents) {
    this.#client = client;
    this.#events = events;
  }

  send(batch: Batch, _transfer: unknown[], jobs: readonly PoolJob[]): void {
    this.#batch = batch;
    this.#jobs = jobs;
    this.#sent = now();
    this.#parts = [{ ...noPart, from: 0, to: jobs.length }];
    this.#sendPart(this.#parts[0]!);
  }

  takeBack(indices: readonly number[]): undefined {
    for (const part of this.#parts) {
      const within = indices.filter((index) => index >= part.from && index < part.to).map((index) => index - part.from);
      if (within.length > 0 && part.receiver !== undefined) this.#client.withdraw(part.id, part.receiver, within);
    }
  }

  look(): void {}

  // How long a task may run is its worker's business.
  began(): undefined {}

  at(): undefined {}

  end(index: number): void {
    this.takeBack([index]);
  }

  // A connection must not keep a program alive, its tasks must.
  hold(busy: boolean): void {
    clearInterval(this.#alive);
    this.#alive = busy ? setInterval(() => {}, 2 ** 30) : undefined;
  }

  #sendPart(part: Part): void {
    const { from, to } = part;
    let bytes: Buffer;
    try {
      bytes = toBytes(this.#within(from, to));
      checkSize(this.#client.settings, bytes);
    } catch (error) {
      // Too much for one message, or a value that cannot be copied: whose it is shows when each travels alone.
      if (to - from > 1) this.#divide(part, Math.ceil((to - from) / 2));
      else this.#failed(part, error);
      return;
    }
    const { key, call, args, shipped } = this.#jobs[from]!;
    part.id = key === undefined ? this.#client.nextId() : keyedId(key);
    const receiver = {
      begun: () => this.#begun(part),
      settled: (outcome: Outcome) => this.#settled(part, outcome),
      withdrawn: () => this.#withdrawn(part),
      vanished: (reason: string) => this.#vanished(part, reason),
      failed: (error: Error) => this.#failed(part, error),
    };
    part.receiver = receiver;
    const print = key === undefined ? undefined : printOf(call.shipment, shipped ? undefined : args);
    this.#client.send(part.id, bytes, receiver, print);
  }

  /** Some tasks of the batch as a message that stands alone. */
  #within(from: number, to: number): ClusterBatch {
    const { batch, functions, args, single, shipped } = this.#batch!;
    const jobs = this.#jobs.slice(from, to);
    const definitions = [...new Set(jobs.map(({ call }) => call.shipment))];
    const names = jobs.map(({ call }) => call.name);
    return {
      batch,
      definitions,
      functions: typeof functions === 'string' ? functions : functions.slice(from, to),
      args: args.slice(from, to),
      single,
      shipped,
      transferResult: false,
      announce: false,
      names: names.every((name) => name === names[0]) ? names[0]! : names,
      runTimeout: jobs[0]!.call.runTimeout,
    };
  }

  #divide(part: Part, size: number): void {
    const parts: Part[] = [];
    for (let from = part.from; from < part.to; from += size) {
      parts.push({ ...noPart, from, to: Math.min(part.to, from + size) });
    }
    this.#parts.splice(this.#parts.indexOf(part), 1, ...parts);
    for (const each of parts) this.#sendPart(each);
  }

  #begun({ from }: Part): void {
    if (this.#parts[0]?.from === from)
      this.#tell({ from, times: [], values: [], failed: undefined, shipped: false }, false);
  }

  #settled(part: Part, { times, values, failed, shipped, lane }: Outcome): void {
    const offset = wallOffset();
    const received = now();
    // The clocks of two machines differ; the order of sent, started, finished and received does not.
    let last = this.#sent;
    const here = times.map((time) => {
      if (Number.isNaN(time)) return time;
      last = Math.min(received, Math.max(last, time - offset));
      return last;
    });
    this.#report(part, { from: part.from, times: here, values, failed, shipped, lane });
  }

  #withdrawn(part: Part): void {
    const count = part.to - part.from;
    const times = new Array<number>(2 * count).fill(Number.NaN);
    this.#report(part, { from: part.from, times, values: new Array(count), failed: undefined, shipped: false });
  }

  #vanished(part: Part, reason: string): void {
    if (part.to - part.from > 1) {
      this.#divide(part, 1);
      return;
    }
    const who = `each of the workers that ran '${this.#jobs[part.from]!.call.name}' in turn`;
    this.#failed(part, new WorkerDied(who, null, null, new Error(reason)));
  }

  #failed(part: Part, error: unknown): void {
    const count = part.to - part.from;
    const time = now();
    this.#report(part, {
      from: part.from,
      times: new Array<number>(2 * count).fill(time),
      values: new Array<unknown>(count).fill(shipError(error, 'remote')),
      failed: Array.from({ length: count }, (_, index) => index),
      shipped: false,
    });
  }

  /** Tells what is known in the order of the batch. */
  #report(part: Part, report: Omit<Report, 'end' | 'batch'>): void {
    part.report = report;
    while (this.#parts[0]?.report !== undefined) {
      const { report: next } = this.#parts.shift()!;
      this.#tell(next!, this.#parts.length === 0);
    }
  }

  #tell(report: Omit<Report, 'end' | 'batch'>, end: boolean): void {
    this.#events.report({ ...report, batch: this.#batch!.batch, end });
  }
}
