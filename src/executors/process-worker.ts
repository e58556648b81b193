import { extname } from 'node:path';
import type { Target } from '../shipping/index.ts';
import { now } from '../timing/clock.ts';
import { keepEvents, takeEvents } from '../timing/kept.ts';
import { ownPeak } from '../timing/peak.ts';
import { setLaneHere } from '../workers/lanes.ts';
import { Beat } from './beat.ts';
import type { Bulk } from './bulk.ts';
import { bulkIn, shipOutcome, uncopied } from './outcome.ts';
import type { Batch, Hello, Left, ProcessBatch, ProcessReport, Withdrawal } from './protocol.ts';
import { type Reporter, Runner } from './runner.ts';

const ready = now();
const bulkFile = `./bulk${extname(import.meta.filename)}`;

/** Tinypool calls this once in each process of a pool; from then on batches come by the same channel. */
export function serve(lane: string): Hello {
  setLaneHere(lane);
  const reporter = new ProcessReporter();
  const runner = new Runner(reporter);
  process.on('message', (message: ProcessBatch | Withdrawal | object) => {
    if ('withdraw' in message) reporter.withdraw(message);
    else if ('functions' in message) void runner.run(reporter.unpack(message));
  });
  process.on('exit', () => reporter.lastWords());
  process.on('disconnect', () => process.exit());
  return { ready };
}

/**
 * Reports by messages, each with all outcomes since the last. A process that is killed takes the outcomes of its last
 * ms with it; one that exits tells them first.
 */
class ProcessReporter implements Reporter {
  #batch = 0;
  /** Where outcomes go. */
  #to: Target = 'process';
  #announce = false;
  /** The last task that began or was left out. */
  #begun = -1;
  #withdrawn = new Set<number>();
  // The outcomes that were not reported yet: of the tasks #from, #from + 1, …
  #from = 0;
  #times: number[] = [];
  #values: unknown[] = [];
  #failed: number[] = [];
  #shipped = false;
  #packed: number[] = [];
  #cpu = 0;
  /** Of a pool that reads it, from the first batch of several tasks on. */
  #beat: Beat | undefined;
  #isOne = true;
  #bulkPath: string | undefined;
  #openBulk: Bulk | undefined;

  /** The batch with its large arguments read; from now on results may be written over them. */
  unpack(batch: ProcessBatch): ProcessBatch {
    this.#bulkPath ??= batch.bulk;
    if (batch.beat !== undefined) this.#beat = Beat.open(batch.beat);
    keepEvents(batch.isRecorded);
    this.#to = batch.isRemote === true ? 'remote' : 'process';
    const args = [...batch.args];
    for (const index of batch.packed ?? []) args[index] = this.#bulk.unpack(args[index] as Uint8Array);
    this.#openBulk?.rewind();
    return { ...batch, args };
  }

  // Few workers need it, and each would pay for loading it at its start.
  get #bulk(): Bulk {
    if (this.#openBulk === undefined) {
      const load = process.getBuiltinModule('node:module').createRequire(import.meta.url);
      this.#openBulk = (load(bulkFile) as typeof import('./bulk.ts')).Bulk.open(this.#bulkPath!);
    }
    return this.#openBulk;
  }

  open({ batch, announce, args }: Batch): void {
    this.#batch = batch;
    this.#isOne = args.length === 1;
    this.#from = 0;
    this.#begun = -1;
    this.#announce = announce;
    this.#withdrawn.clear();
  }

  // Answered at once: whoever has nothing to do is not to wait until this process comes to them.
  withdraw({ withdraw, indices }: Withdrawal): void {
    if (withdraw !== this.#batch) return;
    const left = indices.filter((index) => index > this.#begun);
    for (const index of left) this.#withdrawn.add(index);
    const answer: Left = { batch: withdraw, left };
    if (left.length > 0) process.send!(answer);
  }

  begin(index: number, time: number): boolean {
    this.#begun = index;
    if (!this.#withdrawn.has(index)) {
      if (!this.#isOne) this.#beat?.write(this.#batch, index);
      if (this.#announce) this.#announceAt(time);
      return true;
    }
    this.#times.push(Number.NaN, Number.NaN);
    this.#values.push(undefined);
    return false;
  }

  left(_index: number, started: number, finished: number, ok: boolean, value: unknown): void {
    const outcome = shipOutcome(ok, value, this.#to, undefined);
    if (!outcome.ok) this.#failed.push(this.#values.length);
    if (outcome.shipped) this.#shipped = true;
    this.#times.push(started, finished);
    const isBulk = outcome.ok && this.#bulkPath !== undefined && bulkIn(outcome.value) !== undefined;
    const packed = isBulk ? this.#bulk.pack(outcome.value) : undefined;
    if (packed !== undefined) this.#packed.push(this.#values.length);
    this.#values.push(packed ?? outcome.value);
  }

  report(end: boolean): void {
    const { userCPUTime, systemCPUTime } = process.resourceUsage();
    const cpu = (userCPUTime + systemCPUTime) / 1000;
    const report: ProcessReport = {
      batch: this.#batch,
      from: this.#from,
      times: this.#times.length > 8 ? Float64Array.from(this.#times) : this.#times,
      values: this.#values,
      failed: this.#failed.length > 0 ? this.#failed : undefined,
      shipped: this.#shipped,
      packed: this.#packed.length > 0 ? this.#packed : undefined,
      end,
      cpu: cpu - this.#cpu,
      memory: ownPeak(),
      written: [written(process.stdout), written(process.stderr)],
      events: takeEvents(),
    };
    this.#cpu = cpu;
    this.#from += this.#values.length;
    this.#times = [];
    this.#values = [];
    this.#failed = [];
    this.#packed = [];
    this.#shipped = false;
    try {
      process.send!(report);
    } catch {
      process.send!(copied(report));
    }
  }

  /** Tells that the first task begins: a report of no task. */
  #announceAt(time: number): void {
    this.#announce = false;
    this.#times.push(time);
    this.report(false);
  }

  /** Undefined: stdout and stderr are pipes, which Node writes to at once; the report says how far to read them. */
  printed(): undefined {
    return undefined;
  }

  /** The process is about to exit. */
  lastWords(): void {
    if (this.#values.length > 0) this.report(false);
  }
}

/** The report with errors in place of the results that cannot be copied though shipping let them pass. */
function copied(report: ProcessReport): ProcessReport {
  const failed = new Set(report.failed);
  const { serialize } = process.getBuiltinModule('node:v8');
  const values = report.values.map((value, index) => {
    try {
      serialize(value);
      return value;
    } catch (error) {
      if (failed.has(index)) return undefined;
      failed.add(index);
      return uncopied(error, 'process').value;
    }
  });
  return { ...report, values, failed: [...failed].sort((a, b) => a - b) };
}

function written(stream: NodeJS.WriteStream): number {
  return (stream as { bytesWritten?: number }).bytesWritten ?? 0;
}
