import type { ChildProcess } from 'node:child_process';
import { addChildCpu } from '../timing/cpu.ts';
import type { Link, LinkEvents } from './engine.ts';
import type { WorkerDied } from './errors.ts';
import type { Batch, ProcessReport } from './protocol.ts';

/** A process of a pool. Holds each report back until what the process printed before it has been shown. */
export class ProcessLink implements Link {
  ready = 0;
  readonly #child: ChildProcess;
  readonly #events: LinkEvents;
  #post: (message: unknown) => void = () => {};
  #batch = 0;
  /** Bytes of stdout and stderr that came so far. */
  readonly #read: [number, number] = [0, 0];
  #held: ProcessReport[] = [];
  #asked: number[] = [];

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
    if (this.#held.length === 0 && this.#shown(report)) this.#events.report(report);
    else this.#held.push(report);
  }

  send(batch: Batch): void {
    this.#batch = batch.batch;
    this.#post(batch);
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
    const held = this.#held;
    this.#held = [];
    for (const report of held) this.#events.report(report);
    this.#events.died(death, undefined);
  }

  #came(stream: 0 | 1, bytes: number): void {
    this.#read[stream] += bytes;
    while (this.#held.length > 0 && this.#shown(this.#held[0]!)) this.#events.report(this.#held.shift()!);
  }

  #shown({ written }: ProcessReport): boolean {
    return this.#read[0] >= written[0] && this.#read[1] >= written[1];
  }
}
