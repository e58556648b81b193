import type { StreamName } from './messages.ts';
import type { Content } from './wire.ts';

/** How long text may wait for more text, ms: short to a reader, long to a loop that prints. */
const joinFor = 20;
/** Text of one message; longer text is cut into several. */
const longest = 250_000;

interface Entry {
  readonly id: number;
  readonly type: string;
  readonly content: Content;
}

interface Text {
  readonly id: number;
  readonly name: StreamName;
  readonly pieces: string[];
  length: number;
}

type Item = Entry | Text;

/**
 * Everything for iopub, in order and one send at a time: ZeroMQ's binding refuses a second send while one is pending.
 * Text that follows text of the same stream and cell joins it, so that a loop of 20,000 lines is a few messages.
 */
export class Outbox {
  readonly #send: (id: number, type: string, content: Content) => Promise<void>;
  /** Invariant: no two neighbours could be joined, unless the first is full. */
  readonly #queue: Item[] = [];
  #wake: () => void = () => {};
  #idle: (() => void)[] = [];
  #lastText = 0;

  constructor(send: (id: number, type: string, content: Content) => Promise<void>) {
    this.#send = send;
    void this.#run();
  }

  text(id: number, name: StreamName, text: string): void {
    let rest = text;
    while (rest !== '') {
      const end = cutAt(rest);
      const piece = rest.slice(0, end);
      rest = rest.slice(end);
      const last = this.#queue.at(-1);
      if (last && 'pieces' in last && last.id === id && last.name === name && last.length + piece.length <= longest) {
        last.pieces.push(piece);
        last.length += piece.length;
      } else {
        this.#queue.push({ id, name, pieces: [piece], length: piece.length });
      }
    }
    this.#wake();
  }

  message(id: number, type: string, content: Content): void {
    this.#queue.push({ id, type, content });
    this.#wake();
  }

  /** Resolves when all that was added has been handed to ZeroMQ. */
  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#idle.push(resolve);
      this.#wake();
    });
  }

  async #run(): Promise<void> {
    for (;;) {
      const item = this.#queue[0];
      if (item === undefined) {
        for (const resolve of this.#idle.splice(0)) resolve();
        await this.#news();
      } else if ('pieces' in item) {
        const wait = this.#lastText + joinFor - performance.now();
        if (this.#queue.length === 1 && wait > 0) {
          await this.#news(wait);
        } else {
          this.#queue.shift();
          this.#lastText = performance.now();
          await this.#send(item.id, 'stream', { name: item.name, text: item.pieces.join('') });
        }
      } else {
        this.#queue.shift();
        await this.#send(item.id, item.type, item.content);
      }
    }
  }

  /** Resolves at the next call of `text`, `message` or `drained`, or after `ms`. */
  #news(ms?: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** Where to cut a text that is too long: never within a surrogate pair. */
function cutAt(text: string): number {
  if (text.length <= longest) return text.length;
  const code = text.charCodeAt(longest - 1);
  return code >= 0xd800 && code < 0xdc00 ? longest - 1 : longest;
}
