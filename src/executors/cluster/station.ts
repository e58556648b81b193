import type { Link, LinkEvents } from '../engine.ts';
import { ProcessEngine } from '../engine-processes.ts';
import type { WorkerDied } from '../errors.ts';
import type { Report } from '../protocol.ts';
import type { ClusterBatch } from './wire.ts';

/** What whoever has sent tasks is told. */
interface Listener {
  report(report: Report): void;
  /** Places in what was sent of tasks that the process will not begin. */
  left(places: readonly number[]): void;
  died(death: WorkerDied): void;
}

/**
 * Functions that a process keeps for later messages, each with the data that it captured. Every message brings along
 * all that it needs, so that one that was forgotten only has to be built again.
 */
const mostKnown = 64;

/**
 * One process of a cluster's worker, in which tasks run: a task that computes does not stop the worker's own business,
 * and one that ends the process ends nothing else.
 */
export class Station {
  /** What timelines call it. */
  readonly who: string;
  readonly #engine = new ProcessEngine();
  #link: Link | undefined;
  #listener: Listener | undefined;
  #batch = 0;
  /** Ids of the functions that the process has, the one used last at the end. */
  readonly #known = new Set<string>();

  constructor(who: string) {
    this.who = who;
  }

  /** Starts the process, if there is none. */
  async open(): Promise<void> {
    if (this.#link !== undefined) return;
    const events: LinkEvents = {
      report: (report) => {
        if (report.batch === this.#batch) this.#listener?.report(report);
      },
      left: (batch, places) => {
        if (batch === this.#batch) this.#listener?.left(places);
      },
      died: (death) => {
        this.#known.clear();
        this.#listener?.died(death);
        this.#link = undefined;
      },
    };
    const link = await this.#engine.connect(events, this.who);
    link.hold(true);
    this.#link = link;
  }

  /** Sends the process, which is open and has nothing to do, some tasks of a batch. */
  send(batch: ClusterBatch, indices: readonly number[], listener: Listener): void {
    this.#listener = listener;
    this.#batch += 1;
    const definitions = batch.definitions?.filter(({ id }) => !this.#known.has(id)) ?? [];
    const forget = this.#use(batch.definitions?.map(({ id }) => id) ?? []);
    const { functions, args, single, shipped } = batch;
    const part = {
      batch: this.#batch,
      definitions: definitions.length > 0 ? definitions : undefined,
      forget: forget.length > 0 ? forget : undefined,
      functions: typeof functions === 'string' ? functions : indices.map((index) => functions[index]!),
      args: indices.map((index) => args[index]),
      single,
      shipped,
      transferResult: false,
      announce: batch.runTimeout !== undefined,
      isRemote: true,
    };
    this.#link!.send(part, [], []);
  }

  /** Notes which functions are needed now. @returns those that the process has had for too long without being asked */
  #use(ids: readonly string[]): string[] {
    for (const id of ids) {
      this.#known.delete(id);
      this.#known.add(id);
    }
    const forget = [...this.#known].slice(0, -Math.max(mostKnown, ids.length));
    for (const id of forget) this.#known.delete(id);
    return forget;
  }

  /** Asks it not to begin tasks, by their places in what was sent; it reports which it left out. */
  withdraw(places: readonly number[]): void {
    this.#link?.takeBack(places);
  }

  /** When the first task of a batch with a run time-out began, in ms of `now()`; undefined when it has not. */
  get began(): number | undefined {
    return this.#link?.began(0);
  }

  /** Which of what was sent it began last, by its place, also while it computes; undefined when that is not known. */
  get at(): number | undefined {
    return this.#link?.at();
  }

  /** Ends the process; `died` follows. */
  end(): void {
    this.#link?.end(0);
  }

  /** Ends the process, and resolves when it is gone. */
  async close(): Promise<void> {
    this.#listener = undefined;
    await this.#engine.destroy();
  }
}
