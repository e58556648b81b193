import { type ChildProcess, fork } from 'node:child_process';
import { Worker } from 'node:worker_threads';

const file = new URL('./worker.mjs', import.meta.url);

/** Two bare workers and nothing else: a message there, a message back, a promise for each. */
export class RawChannel {
  readonly #workers: (Worker | ChildProcess)[];
  readonly #post: ((message: unknown) => void)[];
  readonly #waiting = new Map<number, (result: unknown) => void>();
  #last = 0;

  constructor(kind: 'thread' | 'process', workers = 2) {
    const received = (message: { id: number; result: unknown }): void => {
      this.#waiting.get(message.id)!(message.result);
      this.#waiting.delete(message.id);
    };
    this.#workers = Array.from({ length: workers }, () =>
      kind === 'thread' ? new Worker(file) : fork(file, { serialization: 'advanced' }),
    );
    this.#post = this.#workers.map((worker) => {
      worker.on('message', received);
      return worker instanceof Worker
        ? (message) => worker.postMessage(message)
        : (message) => void worker.send(message as object);
    });
  }

  run(task: string, arg: unknown): Promise<unknown> {
    this.#last += 1;
    const id = this.#last;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#post[id % this.#post.length]!({ id, task, arg });
    });
  }

  async close(): Promise<void> {
    for (const worker of this.#workers) {
      const gone = new Promise((resolve) => worker.once('exit', resolve));
      if (worker instanceof Worker) await worker.terminate();
      else worker.kill('SIGKILL');
      await gone;
    }
  }
}
