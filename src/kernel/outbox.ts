import type { RateWindow } from './limits.ts';
import type { StreamName } from './messages.ts';
import type { Content } from './wire.ts';

/** How long text may wait for more text, ms: short to a reader, long to a loop that prints. */
const joinFor = 20;
/** Text of one message; longer text is cut into several. */
const longest = 250_000;
/** How long one cell's output may be held back for the server's limits, ms; what does not fit then is left out. */
const patience = 5000;
/** After a gap, output goes on only when so many bytes fit: few gaps rather than many. */
const roomToResume = 600_000;

interface Entry {
  readonly id: number;
  readonly type: string;
  content: Content;
}

interface Text {
  readonly id: number;
  readonly name: StreamName;
  readonly pieces: string[];
  length: number;
  /** When its first piece came. */
  readonly since: number;
}

type Item = Entry | Text;

/** How the outbox reaches the wire. */
interface Way {
  pack(id: number, type: string, content: Content): Uint8Array[];
  send(frames: Uint8Array[]): Promise<void>;
}

/**
 * Everything for iopub, in order and one send at a time: ZeroMQ's binding refuses a second send while one is pending.
 * Text that follows text of the same stream and cell joins it, so that a loop of 20,000 lines is a few messages. With
 * a window, output is paced to what a Jupyter Server forwards.
 */
export class Outbox {
  readonly #way: Way;
  readonly #window: RateWindow | undefined;
  readonly #queue: Item[] = [];
  #wake: () => void = () => {};
  #endPause: () => void = () => {};
  #drained: (() => void)[] = [];
  /** True while output is held back: then a newer state of a display replaces the one that still waits. */
  #heldBack = false;
  #paced = { id: 0, left: patience };
  /** What was left out since the last message that went out. */
  #gap = { id: 0, characters: 0, messages: 0 };

  constructor(way: Way, window?: RateWindow) {
    this.#way = way;
    this.#window = window;
    void this.#run();
  }

  text(id: number, name: StreamName, text: string): void {
    for (let rest = text; rest !== ''; ) {
      const end = cutAt(rest);
      this.#add({ id, name, pieces: [rest.slice(0, end)], length: end, since: performance.now() });
      rest = rest.slice(end);
    }
  }

  message(id: number, type: string, content: Content): void {
    this.#add({ id, type, content });
  }

  /** Ends the patience with a cell: its reader has interrupted it and waits for its end, not for its output. */
  hurry(id: number): void {
    this.#paced = { id, left: 0 };
    this.#endPause();
  }

  /** Resolves when all that was added has been handed to ZeroMQ. */
  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#drained.push(resolve);
      this.#wake();
    });
  }

  /** Puts an item at the end of the queue, or into one that waits there. */
  #add(item: Item): void {
    if ('pieces' in item) {
      const join = this.#joinable(item.id, item.name, item.length);
      if (join) {
        for (const piece of item.pieces) join.pieces.push(piece);
        join.length += item.length;
        return;
      }
    } else if (this.#heldBack && item.type === 'update_display_data') {
      const older = this.#sameDisplay(item);
      if (older) {
        older.content = item.content;
        return;
      }
    }
    this.#queue.push(item);
    this.#wake();
  }

  /** From now on, what waits is joined more boldly; so is what waits already. */
  #holdBack(): void {
    if (this.#heldBack) return;
    this.#heldBack = true;
    for (const item of this.#queue.splice(0)) this.#add(item);
  }

  /** The text that may grow: the last one; while output is held back also the one before text of the other stream. */
  #joinable(id: number, name: StreamName, length: number): Text | undefined {
    for (const back of this.#heldBack ? [-1, -2] : [-1]) {
      const item = this.#queue.at(back);
      if (!item || !('pieces' in item) || item.id !== id) return undefined;
      if (item.name === name) return item.length + length <= longest ? item : undefined;
    }
    return undefined;
  }

  #sameDisplay({ id, type, content }: Entry): Entry | undefined {
    const name = displayId(content);
    const same = (item: Item): item is Entry =>
      'type' in item && item.id === id && item.type === type && displayId(item.content) === name;
    return name === undefined ? undefined : this.#queue.findLast(same);
  }

  async #run(): Promise<void> {
    for (;;) {
      const item = this.#queue[0];
      if (item === undefined) {
        for (const resolve of this.#drained.splice(0)) resolve();
        await this.#news();
      } else if ('pieces' in item) {
        const wait = item.since + joinFor - performance.now();
        if (this.#queue.length === 1 && wait > 0) {
          await this.#news(wait);
          continue;
        }
        this.#queue.shift();
        await this.#out(item.id, 'stream', { name: item.name, text: item.pieces.join('') }, item.length);
      } else {
        this.#queue.shift();
        await this.#out(item.id, item.type, item.content, 0);
      }
    }
  }

  async #out(id: number, type: string, content: Content, characters: number): Promise<void> {
    const frames = this.#way.pack(id, type, content);
    if (this.#window === undefined) return this.#way.send(frames);
    if (type === 'status') {
      if (content.execution_state === 'idle') {
        await this.#reportGap();
        this.#window.reset();
      }
    } else if (type !== 'execute_input') {
      const bytes = type === 'stream' ? frames.reduce((sum, frame) => sum + frame.length, 0) : 0;
      const fits = await this.#pace(this.#window, id, bytes);
      if (!fits && type !== 'error') {
        this.#gap.id = id;
        this.#gap.characters += characters;
        this.#gap.messages += type === 'stream' ? 0 : 1;
        return;
      }
      await this.#reportGap();
      this.#window.add(bytes, performance.now());
    }
    await this.#way.send(frames);
  }

  /** Waits until a message may go out; false when the cell has no patience left for that. */
  async #pace(window: RateWindow, id: number, bytes: number): Promise<boolean> {
    if (this.#paced.id !== id) this.#paced = { id, left: patience };
    const gap = this.#gap.characters + this.#gap.messages > 0;
    for (;;) {
      const now = performance.now();
      const wait = window.wait(gap ? Math.max(bytes, roomToResume) : bytes, now);
      if (wait <= 0) return true;
      if (this.#paced.left <= 0) return false;
      this.#holdBack();
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(wait, this.#paced.left) + 1);
        this.#endPause = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#heldBack = false;
      this.#paced.left -= performance.now() - now;
    }
  }

  async #reportGap(): Promise<void> {
    const { id, characters, messages } = this.#gap;
    if (characters + messages === 0) return;
    this.#gap = { id: 0, characters: 0, messages: 0 };
    const what = [
      characters > 0 ? `${(characters / 1e6).toFixed(1)} MB of text` : '',
      messages > 0 ? `${messages} displays` : '',
    ].filter((part) => part !== '');
    const text =
      `\n[Left out here: ${what.join(' and ')}. A Jupyter Server forwards 1 MB and 1,000 messages a second ` +
      'and drops the rest; one started by `npm start` forwards all.]\n';
    const frames = this.#way.pack(id, 'stream', { name: 'stderr', text });
    this.#window?.add(text.length + 1000, performance.now());
    await this.#way.send(frames);
  }

  /** Resolves when the queue gets another item or is asked about, or after `ms`. */
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

function displayId(content: Content): unknown {
  return (content.transient as { display_id?: string } | undefined)?.display_id;
}

/** Where to cut a text that is too long: never within a surrogate pair. */
function cutAt(text: string): number {
  if (text.length <= longest) return text.length;
  const code = text.charCodeAt(longest - 1);
  return code >= 0xd800 && code < 0xdc00 ? longest - 1 : longest;
}
