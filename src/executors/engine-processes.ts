import type { ChildProcess } from 'node:child_process';
import { extname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Tinypool } from 'tinypool';
import { addChildCpu } from '../timing/cpu.ts';
import { endWithParent } from '../workers/children.ts';
import type { Engine, Link, LinkEvents } from './engine.ts';
import { WorkerDied } from './errors.ts';
import type { Hello, Report } from './protocol.ts';

const workerFile = fileURLToPath(new URL(`./process-worker${extname(import.meta.filename)}`, import.meta.url));

/** Ms that a dead worker's last output may take to arrive before its tasks are settled without it. */
const lastOutput = 50;

/**
 * One process of a pool, owned by a tinypool of its own: tinypool forks it, pipes its output, replaces it when it
 * dies, and ends it. Batches go straight over the process's channel, beside tinypool's queue, for the reasons given
 * at `ThreadEngine`.
 */
export class ProcessEngine implements Engine {
  readonly kind = 'process';
  #tinypool: Tinypool | undefined;

  async connect(events: LinkEvents, who: string): Promise<Link> {
    const { Tinypool } = await import('tinypool');
    this.#tinypool ??= newTinypool(Tinypool);
    const worker = this.#tinypool.threads[0] as unknown as { process: ChildProcess } | undefined;
    if (worker === undefined) throw new WorkerDied(who, 1);
    const child = worker.process;
    endWithParent(child);
    const ended = ending(child, who);
    const output = new Output(child, events);
    let send!: (message: unknown) => void;
    const channel = {
      onMessage: (callback: (message: unknown) => void) => {
        send = callback;
      },
      postMessage: (message: Report) => {
        if (message !== null && typeof message === 'object' && 'values' in message) output.report(message);
      },
    };
    const hello: Promise<Hello> = this.#tinypool.run(undefined, { channel });
    const first = await Promise.race([hello.catch(() => ended), ended]);
    if (first instanceof WorkerDied) throw first;
    ended.then((death) => {
      output.flush();
      events.died(death);
    });
    return {
      ready: first.ready,
      post: (message) => send(message),
      kill: () => void child.kill('SIGKILL'),
      hold: (busy) => {
        if (busy) child.ref();
        else child.unref();
        if (busy) child.channel?.ref();
        else child.channel?.unref();
      },
    };
  }

  async destroy(): Promise<void> {
    const tinypool = this.#tinypool;
    this.#tinypool = undefined;
    await tinypool?.destroy();
  }
}

function newTinypool(Pool: typeof Tinypool): Tinypool {
  const pool = new Pool({
    filename: workerFile,
    name: 'serve',
    runtime: 'child_process',
    serialization: 'advanced',
    minThreads: 1,
    maxThreads: 1,
    env: process.env as Record<string, string>,
  });
  // A worker that dies outside a task of tinypool's is told to `events.died`.
  pool.on('error', () => {});
  return pool;
}

/** Resolves when a process has exited and what it sent and printed before has been read, as far as it comes soon. */
async function ending(child: ChildProcess, who: string): Promise<WorkerDied> {
  const disconnected = new Promise((resolve) => child.once('disconnect', resolve));
  const closed = new Promise((resolve) => child.once('close', resolve));
  const death = await new Promise<WorkerDied>((resolve) => {
    child.once('exit', (code, signal) => resolve(new WorkerDied(who, code, signal)));
  });
  const enough = new AbortController();
  await Promise.race([
    Promise.all([disconnected, closed]),
    sleep(lastOutput, undefined, { signal: enough.signal }).catch(() => {}),
  ]);
  enough.abort();
  return death;
}

/** Holds each report back until the output that was printed before it has been shown. */
class Output {
  readonly #events: LinkEvents;
  readonly #read = [0, 0];
  #held: Report[] = [];

  constructor(child: ChildProcess, events: LinkEvents) {
    this.#events = events;
    // Tinypool's own listeners, which show the output, were there first.
    child.stdout?.on('data', (chunk: Buffer) => this.#came(0, chunk.length));
    child.stderr?.on('data', (chunk: Buffer) => this.#came(1, chunk.length));
  }

  report(report: Report): void {
    if (report.cpu !== undefined) addChildCpu(report.cpu);
    if (this.#held.length === 0 && this.#shown(report)) this.#events.report(report);
    else this.#held.push(report);
  }

  /** Lets everything through: no more output will come. */
  flush(): void {
    const held = this.#held;
    this.#held = [];
    for (const report of held) this.#events.report(report);
  }

  #came(stream: 0 | 1, bytes: number): void {
    this.#read[stream]! += bytes;
    while (this.#held.length > 0 && this.#shown(this.#held[0]!)) this.#events.report(this.#held.shift()!);
  }

  #shown(report: Report): boolean {
    const [stdout, stderr] = report.written ?? [0, 0];
    return this.#read[0]! >= stdout && this.#read[1]! >= stderr;
  }
}
