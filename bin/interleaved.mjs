#!/usr/bin/env node
// @ts-check
// The command `interleaved`. It runs on the project's own Node, as the Node that finds it may be older.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { chooseEnvironment } from '../scripts/environment.mjs';
import { root } from '../scripts/paths.mjs';

const main = join(root, 'dist', 'executors', 'cluster', 'main.js');
const { node } = chooseEnvironment(() => {});
if (!existsSync(main) || !existsSync(node)) {
  console.error(`The library in ${root} is not built yet: run \`npm run build\` there.`);
  process.exit(1);
}
// In a group of its own, so that the one interrupt of a terminal does not reach it twice. The closed channel tells it
// when this process is gone.
const child = spawn(node, [main, ...process.argv.slice(2)], {
  detached: true,
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
});
for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => child.kill(signal));
}
child.on('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
child.on('exit', (code, signal) => process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)));
