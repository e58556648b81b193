import type { MessagePort, Transferable } from 'node:worker_threads';
import { now } from '../timing/clock.ts';
import { type EventWay, useEventWay } from '../timing/event-ways.ts';
import { forgetCompiled } from '../workers/files.ts';
import { setLaneHere } from '../workers/lanes.ts';
import { noteLane } from '../workers/lives.ts';
import { isPlain, type Outcome, shipOutcome, uncopied } from './outcome.ts';
import type { Batch, ThreadNews } from './protocol.ts';
import { type Reporter, Runner } from './runner.ts';
import { Words } from './words.ts';

const ready = now();

/** What a thread of a pool is given first. */
export interface Opening {
  readonly port: MessagePort;
  readonly buffer: SharedArrayBuffer;
  readonly lane: string;
  readonly events: EventWay;
}

/** Piscina calls this once in each thread of a pool; from then on batches come by the port. */
export function serve({ port, buffer, lane, events }: Opening): void {
  forgetCompiled();
  setLaneHere(lane);
  noteLane(lane);
  useEventWay(events);
  const words = new Words(buffer);
  words.ready = ready;
  const runner = new Runner(new ThreadReporter(port, words));
  port.on('message', (batch: Batch) => void runner.run(batch));
}

/**
 * Reports by shared words and, for what does not fit into them, by messages. Such an outcome is sent before the next
 * task begins: the thread may be ended at any moment, and what was finished must be known.
 */
class ThreadReporter implements Reporter {
  readonly #port: MessagePort;
  readonly #words: Words;
  readonly #streams = { stdout: process.stdout, stderr: process.stderr };
  #batch = 0;
  #last = 0;
  #transferResult = false;
  /** True when the pool was told that the batch is over. */
  #ended = false;

  constructor(port: MessagePort, words: Words) {
    this.#port = port;
    this.#words = words;
  }

  open({ batch, args, transferResult }: Batch): void {
    this.#transferResult = transferResult;
    this.#batch = batch;
    this.#last = args.length - 1;
    this.#ended = false;
  }

  begin(index: number, time: number): boolean {
    return this.#words.begin(index, time);
  }

  left(index: number, _started: number, finished: number, ok: boolean, value: unknown): void {
    if (ok && isPlain(value) && this.#words.leave(index, finished, value)) return;
    const transfer: unknown[] = this.#transferResult ? buffersOf(value) : [];
    this.#words.leaveUntold(index, finished);
    this.#tell(index, shipOutcome(ok, value, 'thread', transfer), transfer, index === this.#last);
  }

  report(end: boolean): void {
    if (!this.#ended) this.#tell(-1, nothing, [], end);
  }

  printed(): Promise<void> | undefined {
    const { stdout, stderr } = this.#streams;
    if (stdout.writableLength === 0 && stderr.writableLength === 0) return undefined;
    // The parent answers each write when it has shown it.
    const shown = [stdout, stderr].map((stream) => new Promise((resolve) => stream.write('', resolve)));
    return Promise.all(shown).then(() => {});
  }

  #tell(index: number, outcome: Outcome, transfer: unknown[], end: boolean): void {
    this.#ended = end;
    const news = ({ ok, value, shipped }: Outcome): ThreadNews => ({
      batch: this.#batch,
      index,
      ok,
      value,
      shipped,
      end,
    });
    try {
      this.#port.postMessage(news(outcome), transfer as Transferable[]);
    } catch (error) {
      this.#port.postMessage(news(uncopied(error, 'thread')));
    }
  }
}

/** The ArrayBuffers of a result: itself, what it looks at, or those of its items or properties. */
function buffersOf(value: unknown): ArrayBuffer[] {
  const parts = [
    value,
    ...(typeof value === 'object' && value !== null ? Object.values(isBuffer(value) ? [] : value) : []),
  ];
  const buffers = parts.flatMap((part) => (ArrayBuffer.isView(part) ? [part.buffer] : [part]));
  return [...new Set(buffers.filter((buffer) => buffer instanceof ArrayBuffer))];
}

function isBuffer(value: object): boolean {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer;
}

const nothing: Outcome = { ok: true, value: undefined, shipped: false };
