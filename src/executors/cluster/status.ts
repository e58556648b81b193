import { hostname } from 'node:os';
import { type Part, partsOf, Shown } from '../../show/parts.ts';
import { table } from '../../show/table.ts';

/** What a worker of a cluster tells of itself each second. */
export interface WorkerRow {
  readonly id: string;
  readonly name: string;
  /** The machine. */
  readonly host: string;
  readonly pid: number;
  /** How many tasks it runs at a time. */
  readonly concurrency: number;
  /** Messages of tasks that it has. */
  readonly running: number;
  /** Tasks that are over, those that failed among them. */
  readonly done: number;
  readonly failed: number;
  /** Messages that it did not read, as their seals were not right. */
  readonly refused: number;
  /** Tasks done per second, of late. */
  readonly rate: number;
  /** Ms since 1970 by the server's clock. */
  readonly startedAt: number;
  readonly seenAt: number;
}

/** Messages of a queue by what became of them. */
export interface QueueLengths {
  readonly waiting: number;
  readonly active: number;
  /** Answered, and kept for callers that come back. */
  readonly completed: number;
  readonly failed: number;
}

/** Ms without a heartbeat after which a worker is shown as silent. */
const silentAfter = 3500;

/** A cluster at one moment. Shows itself as a table. */
export class ClusterStatus extends Shown {
  readonly queue: string;
  readonly lengths: QueueLengths;
  /** Those heard of in the last minute, by name. */
  readonly workers: readonly WorkerRow[];
  /** By the server's clock. */
  readonly time: number;

  constructor(queue: string, lengths: QueueLengths, workers: readonly WorkerRow[], time: number) {
    super();
    this.queue = queue;
    this.lengths = lengths;
    this.workers = workers;
    this.time = time;
  }

  /** Workers that were heard of in the last seconds. */
  get alive(): readonly WorkerRow[] {
    return this.workers.filter((worker) => !this.#isSilent(worker));
  }

  /** Tasks per second, of all workers together. */
  get rate(): number {
    return this.alive.reduce((sum, { rate }) => sum + rate, 0);
  }

  protected override parts(): readonly Part[] {
    const { waiting, active, completed, failed } = this.lengths;
    const caption =
      `Queue '${this.queue}': ${waiting} messages wait, ${active} under way, ` +
      `${completed} answered and kept, ${failed} failed; ${Math.round(this.rate)} tasks/s`;
    const here = hostname();
    const rows = this.workers.map((worker) => ({
      ...worker,
      // The name of one's own machine is nobody's business, should a notebook be passed on.
      host: worker.host === here ? 'this one' : worker.host,
      state: this.#isSilent(worker) ? `silent for ${Math.round((this.time - worker.seenAt) / 1000)} s` : 'alive',
      // A number that is never counted with.
      pid: String(worker.pid),
      rate: Math.round(worker.rate),
    }));
    const columns = [
      { key: 'name', title: 'worker' },
      { key: 'host', title: 'machine' },
      { key: 'pid', align: 'right' as const },
      'state',
      { key: 'concurrency', title: 'at a time' },
      { key: 'running', title: 'has' },
      'done',
      'failed',
      'refused',
      { key: 'rate', unit: 'tasks/s' },
    ];
    return partsOf(table(rows, { caption, columns }));
  }

  #isSilent({ seenAt }: WorkerRow): boolean {
    return this.time - seenAt > silentAfter;
  }
}
