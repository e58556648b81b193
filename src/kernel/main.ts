import { writeSync } from 'node:fs';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type SocketsData, State, stateName } from './messages.ts';

/** `node main.js --config-path=<connection file>`: starts the socket thread first, then, beside it, the compiler. */
const option = '--config-path';
const at = process.argv.findIndex((argument) => argument === option || argument.startsWith(`${option}=`));
const connectionFile = process.argv[at]?.slice(option.length + 1) || process.argv[at + 1];
if (at < 0 || connectionFile === undefined) {
  writeSync(2, `Usage: node main.js ${option}=<connection file>; Jupyter starts this kernel by itself.\n`);
  process.exit(2);
}

const state = new Int32Array(new SharedArrayBuffer(4 * Object.keys(State).length));
Object.defineProperty(globalThis, stateName, { value: state });
const sockets = new Worker(new URL(`./sockets${extname(import.meta.filename)}`, import.meta.url), {
  workerData: { connectionFile, state } satisfies SocketsData,
  stdout: true,
  stderr: true,
});
// What goes wrong in the kernel itself belongs into the server's log, not under a cell.
for (const stream of [sockets.stdout, sockets.stderr]) stream.on('data', (data: Uint8Array) => writeSync(2, data));
sockets.on('error', (error: unknown) => {
  Atomics.store(state, State.closed, 1);
  writeSync(2, `interleaved kernel: ${error instanceof Error ? error.stack : error}\n`);
  process.exit(1);
});
// Whoever ends this process, be it a cell: what was printed is sent and no process stays behind.
process.on('exit', () => {
  sockets.postMessage({ kind: 'close' });
  Atomics.wait(state, State.closed, 0, 3000);
});
process.on('SIGTERM', () => process.exit(143));

const { serve } = await import('./session.ts');
serve(sockets, state);
