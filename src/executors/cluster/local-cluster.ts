import { type ChildProcess, fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { childOptions, endWithParent } from '../../workers/children.ts';
import type { LocalWorkerSettings } from './local-worker.ts';
import { newSecret } from './seal.ts';
import { type ClusterSettings, settingsOf } from './settings.ts';
import { startValkey, type Valkey } from './valkey.ts';

const entry = fileURLToPath(new URL(`./local-worker${extname(import.meta.filename)}`, import.meta.url));

/** Ms between two starts of one worker, should it end by itself again and again. */
const restartEvery = 500;

/** A server and workers of this program's own, on this machine; they end with it, however it ends. */
export class LocalCluster {
  readonly settings: ClusterSettings;
  readonly #valkey: Valkey;
  readonly #children: ChildProcess[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  #isClosing = false;

  private constructor(valkey: Valkey, settings: ClusterSettings) {
    this.#valkey = valkey;
    this.settings = settings;
  }

  /** @throws Error when the server or a worker does not start */
  static async start(workers: number, given: Partial<ClusterSettings>): Promise<LocalCluster> {
    const valkey = await startValkey();
    let cluster: LocalCluster | undefined;
    try {
      cluster = new LocalCluster(valkey, settingsOf({ secret: newSecret(), ...given, url: valkey.url }));
      await Promise.all(Array.from({ length: workers }, (_, place) => cluster!.#startWorker(place)));
      return cluster;
    } catch (error) {
      await (cluster?.close() ?? valkey.stop());
      throw error;
    }
  }

  /** The workers' process ids. */
  get pids(): number[] {
    return this.#children.map(({ pid }) => pid!);
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all(this.#children.map(end));
    await this.#valkey.stop();
  }

  #startWorker(place: number): Promise<void> {
    const child = fork(entry, {
      execArgv: childOptions(),
      serialization: 'json',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#children[place] = child;
    endWithParent(child);
    // Through this program's streams: in a cell, what a task prints is the cell's output.
    child.stdout!.on('data', (chunk: Buffer) => process.stdout.write(chunk));
    child.stderr!.on('data', (chunk: Buffer) => process.stderr.write(chunk));
    const settings: LocalWorkerSettings = { ...this.settings, name: `worker ${place + 1}` };
    const started = performance.now();
    return new Promise((resolve, reject) => {
      child.on('error', () => {});
      child.send(settings, (error) => error && reject(error));
      child.once('message', () => {
        release(child);
        resolve();
      });
      child.once('exit', (code, signal) => {
        reject(
          new Error(`worker ${place + 1} of the cluster ended ${signal ?? `with exit code ${code}`} at its start`),
        );
        if (!this.#isClosing) this.#replace(place, started);
      });
    });
  }

  /** A worker that was killed, or crashed, is followed by another. */
  #replace(place: number, started: number): void {
    const wait = Math.max(0, started + restartEvery - performance.now());
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#startWorker(place).catch(() => {});
    }, wait);
    timer.unref();
    this.#timers.add(timer);
  }
}

/** Lets this program end while the child runs; the child ends with it. */
function release(child: ChildProcess): void {
  child.unref();
  child.channel?.unref();
  for (const stream of [child.stdout, child.stderr]) (stream as unknown as { unref?(): void } | null)?.unref?.();
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('close', resolve));
  child.ref();
  // Its tasks are over or were cancelled; a task that hangs must not hold up the end.
  const late = setTimeout(() => child.kill('SIGKILL'), 2000);
  if (child.connected) child.send('close', () => {});
  else child.kill('SIGKILL');
  await gone;
  clearTimeout(late);
}
