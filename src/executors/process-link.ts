import type { ChildProcess } from 'node:child_process';
import { shipError } from '../shipping/index.ts';
import { addChildCpu } from '../timing/cpu.ts';
import { publishKept } from '../timing/event-ways.ts';
import { channels } from '../timing/events.ts';
import { noteChildMemory } from '../timing/memory.ts';
import { Beat } from './beat.ts';
import { Bulk } from './bulk.ts';
import type { Link, LinkEvents } from './engine.ts';
import type { WorkerDied } from './errors.ts';
import type { Batch, ProcessBatch, ProcessReport } from './protocol.ts';

/** A process of a pool. Holds each report back until what the process printed before it has been shown. */
export class ProcessLink implements Link {
  ready = 0;
  readonly #child: ChildProcess;
  readonly #events: LinkEvents;
  #post: (message: unknown) => void = () => {};
  #batch = 0;
  /** Made for the first batch; null when this system has none. */
  #bulk: Bulk | null | undefined;
  /** Made for the first batch of several tasks; null when this system has none. */
  #beat: Beat | null | undefined;
  /** Tasks of the batch. */
  #count = 0;
  /** Bytes of stdout and stderr that came so far. */
  readonly #read: [number, number] = [0, 0];
  #held: ProcessReport[] = [];
  #asked: number[] = [];
  /** When the only task of a batch with `announce` began. */
  #began: number | undefined;

  constructor(child: ChildProcess, events: LinkEvents) {
    this.#child = child;
    this.#events = events;
    // Tinypool's own listeners, which show the output, were there first.
    child.stdout?.on('data', (chunk: Buffer) => this.#came(0, chunk.length));
    child.stderr?.on('data', (chunk: Buffer) => this.#came(1, chunk.length));
  }

  /** Called with the way to send it messages. */
  open(post: (message: unknown) => void): void {
    this.#post = post;
  }

  /** Called with each report. */
  hear(report: ProcessReport): void {
    addChildCpu(report.cpu);
    noteChildMemory(this.#child, report.memory);
    if (report.events !== undefined) publishKept(report.events);
    const whole = report.packed === undefined ? report : this.#unpack(report, report.packed);
    if (report.end) this.#bulk?.rest();
    if (report.values.length === 0) this.#began = report.times[0];
    if (this.#held.length === 0 && this.#shown(report)) this.#events.report(whole);
    else this.#held.push(whole);
  }

  send(batch: Batch): void {
    this.#batch = batch.batch;
    this.#began = undefined;
    const isFirst = this.#bulk === undefined;
    if (isFirst) this.#bulk = Bulk.create() ?? null;
    const bulk = this.#bulk ?? undefined;
    bulk?.rewind();
    const packed: number[] = [];
    const args = batch.args.map((arg, index) => {
      const bytes = bulk?.pack(arg);
      if (bytes !== undefined) packed.push(index);
      return bytes ?? arg;
    });
    this.#count = batch.args.length;
    const isFirstBeat = this.#count > 1 && this.#beat === undefined;
    if (isFirstBeat) this.#beat = Beat.create() ?? null;
    const message: ProcessBatch = {
      ...batch,
      ...(packed.length > 0 && { args }),
      bulk: isFirst ? bulk?.path : undefined,
      beat: isFirstBeat ? this.#beat?.path : undefined,
      packed: packed.length > 0 ? packed : undefined,
      isRecorded: channels.wait.hasSubscribers,
    };
    this.#post(message);
  }

  takeBack(indices: readonly number[]): undefined {
    // A loop that cancels many tasks sends one message.
    if (this.#asked.length === 0) {
      const withdraw = this.#batch;
      queueMicrotask(() => {
        this.#post({ withdraw, indices: this.#asked });
        this.#asked = [];
      });
    }
    this.#asked.push(...indices);
  }

  look(): void {}

  began(): number | undefined {
    return this.#began;
  }

  at(): number | undefined {
    return this.#count > 1 ? this.#beat?.read(this.#batch) : undefined;
  }

  end(): void {
    this.#child.kill('SIGKILL');
  }

  hold(busy: boolean): void {
    if (busy) {
      this.#child.ref();
      this.#child.channel?.ref();
    } else {
      this.#child.unref();
      this.#child.channel?.unref();
    }
  }

  /** The process is gone, and no more output will come. */
  close(death: WorkerDied): void {
    this.#bulk?.close();
    const held = this.#held;
    this.#held = [];
    for (const report of held) this.#events.report(report);
    try {
      this.#events.died(death, undefined);
    } finally {
      this.#beat?.close();
    }
  }

  /** The report with its large values read. One for which there is no memory here has failed. */
  #unpack(report: ProcessReport, packed: readonly number[]): ProcessReport {
    const values = [...report.values];
    const failed = new Set(report.failed);
    for (const index of packed) {
      try {
        values[index] = this.#bulk!.unpack(values[index] as Uint8Array);
      } catch (error) {
        values[index] = shipError(error, 'process');
        failed.add(index);
      }
    }
    return { ...report, values, failed: [...failed].sort((a, b) => a - b) };
  }

  #came(stream: 0 | 1, bytes: number): void {
    this.#read[stream] += bytes;
    while (this.#held.length > 0 && this.#shown(this.#held[0]!)) this.#events.report(this.#held.shift()!);
  }

  #shown({ written }: ProcessReport): boolean {
    return this.#read[0] >= written[0] && this.#read[1] >= written[1];
  }
}
