import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Tinypool } from 'tinypool';
import { childOptions, endWithParent } from '../workers/children.ts';
import { workerFile } from '../workers/files.ts';
import type { Engine, Link, LinkEvents } from './engine.ts';
import { WorkerDied } from './errors.ts';
import { ProcessLink } from './process-link.ts';
import type { Hello, Left, ProcessReport } from './protocol.ts';

const entry = workerFile(import.meta.filename, 'process-worker');

/** Ms that a dead worker's last output may take to arrive before its tasks are settled without it. */
const lastOutput = 20;

/**
 * One process of a pool, owned by a tinypool of its own: tinypool forks it, pipes its output, replaces it when it
 * dies, and ends it. Batches go straight over the process's channel, beside tinypool's queue, for the reasons given
 * at `ThreadEngine`.
 */
export class ProcessEngine implements Engine {
  readonly kind = 'process';
  readonly #execArgv: readonly string[];
  #tinypool: Tinypool | undefined;
  /** Resolves when nothing is left of the process. */
  #gone: Promise<void> | undefined;

  constructor(execArgv: readonly string[] = []) {
    this.#execArgv = execArgv;
  }

  async connect(events: LinkEvents, who: string): Promise<Link> {
    const { Tinypool } = await import('tinypool');
    this.#tinypool ??= newTinypool(Tinypool, this.#execArgv);
    const worker = this.#tinypool.threads[0] as unknown as { process: ChildProcess } | undefined;
    if (worker === undefined) throw new WorkerDied(who, 1);
    const child = worker.process;
    endWithParent(child);
    const ended = ending(child, who);
    const link = new ProcessLink(child, events);
    const channel = {
      // Tinypool has a way for messages of others beside its own, in both directions.
      onMessage: (send: (message: unknown) => void) => link.open(send),
      postMessage: (message: ProcessReport | Left | null) => {
        if (typeof message !== 'object' || message === null) return;
        if ('written' in message) link.hear(message);
        else if ('left' in message) events.left?.(message.batch, message.left);
      },
    };
    const hello: Promise<Hello> = this.#tinypool.run(who, { channel });
    const first = await Promise.race([hello.catch(() => ended), ended]);
    if (first instanceof WorkerDied) throw first;
    link.ready = first.ready;
    this.#gone = ended.then((death) => link.close(death));
    return link;
  }

  async destroy(): Promise<void> {
    const tinypool = this.#tinypool;
    this.#tinypool = undefined;
    if (tinypool !== undefined) await end(tinypool);
    await this.#gone;
  }
}

function newTinypool(Pool: typeof Tinypool, execArgv: readonly string[]): Tinypool {
  // Tinypool pipes each process to them and makes room for that pipe, but not for those that Node has to them from each
  // thread: beside a dozen threads Node would warn of a leak of listeners.
  process.stdout.setMaxListeners(Number.POSITIVE_INFINITY);
  process.stderr.setMaxListeners(Number.POSITIVE_INFINITY);
  const pool = new Pool({
    filename: entry,
    name: 'serve',
    runtime: 'child_process',
    serialization: 'advanced',
    minThreads: 1,
    maxThreads: 1,
    env: process.env as Record<string, string>,
    execArgv: [...childOptions(), ...execArgv],
  });
  // A worker that dies outside a task of tinypool's is told to `events.died`; without a listener this would throw.
  pool.on('error', () => {});
  return pool;
}

/**
 * Tinypool waits for a process to exit. Should a message to it fail meanwhile, as it is dead, tinypool would throw where
 * nobody can catch it (`once` of node:events cannot take its listener back from tinypool's own kind of worker), and
 * start another process that nobody ends: so from now on it does not hear of such errors.
 */
async function end(tinypool: Tinypool): Promise<void> {
  const workers = tinypool.threads as unknown as { process: ChildProcess }[];
  const children = workers.map(({ process }) => process);
  const ended = tinypool.destroy();
  for (const child of children) child.removeAllListeners('error').on('error', () => {});
  await ended;
}

/** Resolves when a process has exited and what it sent and printed before has been read, as far as it comes soon. */
async function ending(child: ChildProcess, who: string): Promise<WorkerDied> {
  const disconnected = new Promise((resolve) => child.once('disconnect', resolve));
  const closed = new Promise((resolve) => child.once('close', resolve));
  const death = await new Promise<WorkerDied>((resolve) => {
    child.once('exit', (code, signal) => resolve(new WorkerDied(who, code, signal)));
  });
  const enough = new AbortController();
  const late = sleep(lastOutput, undefined, { signal: enough.signal }).catch(() => {});
  await Promise.race([Promise.all([disconnected, closed]), late]);
  enough.abort();
  return death;
}
