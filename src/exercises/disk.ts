import * as files from 'node:fs/promises';

/** What is written: all at once, or piece by piece. */
type Data = string | Uint8Array | Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

/** Some operations of `node:fs/promises`, on the real disk, for a program that may be killed between any two of them. */
export interface Disk {
  writeFile(path: string, data: Data): Promise<void>;
  appendFile(path: string, data: Data): Promise<void>;
  copyFile(from: string, to: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  rm(path: string): Promise<void>;
}

/**
 * Cuts a program off from its disk at a chosen step: from then on nothing that it does has any effect.
 *
 * What a kill leaves behind depends only on what had reached the disk by then. So a judge need not kill a process
 * at random moments: it tries them all, one after another.
 */
export class Switch {
  /** Whether the step to die at was reached. */
  off = false;
  #left: number;

  /** @param steps how many steps are still done; all if absent */
  constructor(steps = Number.POSITIVE_INFINITY) {
    this.#left = steps;
  }

  readonly disk: Disk = {
    writeFile: (path, data) => this.#write('w', path, data),
    appendFile: (path, data) => this.#write('a', path, data),
    // The kernel may copy in several steps as well.
    copyFile: async (from, to) => this.#write('w', to, await this.#step(() => files.readFile(from))),
    rename: (from, to) => this.#step(() => files.rename(from, to)),
    rm: (path) => this.#step(() => files.rm(path)),
  };

  /** The same pieces, each of which is a step. */
  async *pieces<T>(of: Iterable<T> | AsyncIterable<T>): AsyncGenerator<T> {
    for await (const piece of of) {
      await this.#step(async () => {});
      yield piece;
    }
  }

  async #write(flag: 'w' | 'a', path: string, data: Data): Promise<void> {
    const file = await this.#step(() => files.open(path, flag));
    try {
      const whole = typeof data === 'string' || data instanceof Uint8Array;
      for await (const piece of whole ? halves(data) : data) {
        const bytes = Buffer.from(piece as string);
        await this.#step(() => file.writeFile(bytes));
      }
    } finally {
      await file.close();
    }
  }

  async #step<T>(act: () => Promise<T>): Promise<T> {
    if (this.#left <= 0) {
      this.off = true;
      throw new Error('killed');
    }
    this.#left -= 1;
    return await act();
  }
}

function halves(data: string | Uint8Array): Buffer[] {
  const bytes = Buffer.from(data as string);
  const middle = bytes.length >> 1;
  return [bytes.subarray(0, middle), bytes.subarray(middle)];
}
