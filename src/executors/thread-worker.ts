import type { MessagePort, Transferable } from 'node:worker_threads';
import { now } from '../timing/clock.ts';
import type { Hello } from './protocol.ts';
import { Runner } from './runner.ts';

const ready = now();

/** Piscina calls this once in each thread of a pool; from then on batches come by the port. */
export function serve({ port }: { port: MessagePort }): Hello {
  const streams = [process.stdout, process.stderr];
  const runner = new Runner({
    kind: 'thread',
    post: (report, transfer) => port.postMessage(report, transfer as Transferable[]),
    printed: () => {
      if (streams.every((stream) => stream.writableLength === 0)) return undefined;
      // The parent answers each write once it has shown it.
      return Promise.all(streams.map((stream) => new Promise((resolve) => stream.write('', resolve)))).then(() => {});
    },
    extras: () => ({}),
  });
  port.on('message', (message) => runner.message(message));
  process.on('exit', () => runner.lastWords());
  return { ready };
}
