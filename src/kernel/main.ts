import { writeSync } from 'node:fs';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';

/** `node main.js --config-path=<connection file>`: starts the socket thread first, then, beside it, the compiler. */
const argument = process.argv.find((text) => text.startsWith('--config-path='));
const connectionFile =
  argument?.slice('--config-path='.length) ?? process.argv[process.argv.indexOf('--config-path') + 1];
if (!connectionFile || !process.argv.some((text) => text.startsWith('--config-path'))) {
  writeSync(2, 'Usage: node main.js --config-path=<connection file>. Jupyter starts this kernel by itself.\n');
  process.exit(2);
}

const sockets = new Worker(new URL(`./sockets${extname(import.meta.filename)}`, import.meta.url), {
  workerData: { connectionFile },
  stdout: true,
  stderr: true,
});
// What goes wrong in the kernel itself belongs into the server's log, not under a cell.
for (const stream of [sockets.stdout, sockets.stderr]) stream.on('data', (data: Uint8Array) => writeSync(2, data));
sockets.on('error', (error: unknown) => {
  writeSync(2, `interleaved kernel: ${error instanceof Error ? error.stack : error}\n`);
  process.exit(1);
});

const { serve } = await import('./cells.ts');
serve(sockets);
