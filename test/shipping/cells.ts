import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';

interface Reply {
  readonly ok: boolean;
  readonly told: unknown;
  readonly errors: readonly string[];
}

const prelude = `
type Engine = 'thread' | 'process';
const { everywhere, refused, send, sources, tell } = globalThis as any as {
  everywhere(fn: any, ...args: any[]): Promise<any[]>;
  refused(fn: any, ...args: any[]): Promise<{ names: string[]; message: string } | undefined>;
  send(engine: Engine, fn: any, ...args: any[]): Promise<any>;
  sources(engine: Engine): number;
  tell(value: any): void;
};`;

/** A notebook: real cells, compiled and run by tslab in a process of their own. */
export class Notebook {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async open(): Promise<Notebook> {
    const file = new URL(`./cells-host${extname(import.meta.filename)}`, import.meta.url);
    const child = fork(file, { serialization: 'advanced' });
    const notebook = new Notebook(child);
    await notebook.#next();
    await notebook.cell(prelude);
    return notebook;
  }

  /**
   * Runs one cell.
   *
   * @returns what the cell gave to `tell`
   */
  async cell(code: string): Promise<unknown> {
    const reply = this.#next();
    this.#child.send(code);
    const { ok, told, errors } = (await reply) as Reply;
    if (!ok || errors.length > 0) throw new Error(`The cell failed: ${errors.join('\n')}\n${code}`);
    return told;
  }

  /** What the process says next. @throws Error when it ends instead */
  async #next(): Promise<unknown> {
    const over = new AbortController();
    const { signal } = over;
    const said = once(this.#child, 'message', { signal }).then(([message]) => message);
    const ended = once(this.#child, 'exit', { signal }).then((how) => {
      throw new Error(`The process of the cells ended: ${how}`);
    });
    try {
      return await Promise.race([said, ended]);
    } finally {
      over.abort();
    }
  }

  close(): void {
    this.#child.kill();
  }
}
