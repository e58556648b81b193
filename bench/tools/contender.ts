import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';

/** What a contender says: the figures it has, then the value of each that is asked for, or why there is none. */
interface Reply {
  readonly figures?: readonly string[];
  readonly version?: string;
  readonly value?: number;
  readonly failure?: string;
}

/** Ms that a contender may take to start, and for one measurement. */
const patience = 30_000;

const running = new Set<ContenderProcess>();

function endAll(): void {
  for (const contender of running) contender.close();
}

process.on('exit', endAll);
for (const [signal, code] of [['SIGINT', 130] as const, ['SIGTERM', 143] as const, ['SIGHUP', 129] as const]) {
  process.on(signal, () => process.exit(code));
}

/**
 * A contender in a process of its own, which measures one figure at a time when asked (`serve.mjs` is its other end).
 * The process leads a group, so that all it has started is ended with it. One that fails or takes too long is out:
 * from then on its figures are NaN.
 */
export class ContenderProcess {
  readonly name: string;
  /** The figures it can be asked for. */
  figures: readonly string[] = [];
  /** Of what it measures, where that is not an npm package. */
  version: string | undefined;
  /** Why it is out. */
  failure: string | undefined;
  readonly #child: ChildProcess;
  readonly #lines: Interface;
  #answer: (reply: Reply) => void = () => {};

  private constructor(name: string, [command, ...args]: readonly [string, ...string[]]) {
    this.name = name;
    this.#child = spawn(command, args, { detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    running.add(this);
    this.#lines = createInterface({ input: this.#child.stdout! });
    this.#lines.on('line', (line) => {
      if (line.startsWith('{')) this.#answer(JSON.parse(line));
    });
    this.#child.once('error', ({ message }) => this.#answer({ failure: message }));
    let last = '';
    this.#child.stderr!.on('data', (text) => {
      last = `${last}${text}`.slice(-1000);
    });
    this.#child.once('exit', (code, signal) => this.#answer({ failure: `it ended (${signal ?? code}) ${last}` }));
    this.#child.stdin!.on('error', () => {}); // It has ended, which 'exit' tells.
  }

  /** Starts it; `failure` says if that did not work. */
  static async start(name: string, command: readonly [string, ...string[]]): Promise<ContenderProcess> {
    const contender = new ContenderProcess(name, command);
    const { figures = [], version } = await contender.#reply();
    contender.figures = figures;
    contender.version = version;
    return contender;
  }

  /** The value of one figure, measured anew; NaN when it is out. */
  async measure(figure: string): Promise<number> {
    if (this.failure !== undefined) return Number.NaN;
    this.#child.stdin!.write(`${figure}\n`);
    const { value } = await this.#reply(figure);
    return value ?? Number.NaN;
  }

  /** Ends it and all it has started. */
  close(): void {
    if (!running.delete(this)) return;
    this.#lines.close();
    try {
      process.kill(-this.#child.pid!, 'SIGKILL');
    } catch {} // All of it has ended, or never began.
  }

  async #reply(figure = 'start'): Promise<Reply> {
    let timer: NodeJS.Timeout | undefined;
    const reply = await new Promise<Reply>((resolve) => {
      this.#answer = resolve;
      timer = setTimeout(() => resolve({ failure: `no answer after ${patience / 1000} s` }), patience);
    });
    clearTimeout(timer);
    if (reply.failure !== undefined) {
      this.failure = `${figure}: ${reply.failure}`;
      this.close();
    }
    return reply;
  }
}
