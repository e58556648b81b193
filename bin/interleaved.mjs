#!/usr/bin/env node
// @ts-check
// The command `interleaved`. In a checkout it runs on the project's own Node, as the Node that finds it may be older; a
// package that is installed has no scripts and no Node of its own.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const main = join(root, 'dist', 'executors', 'cluster', 'main.js');
const scripts = join(root, 'scripts', 'environment.mjs');
const node = existsSync(scripts) ? await ownNode() : process.execPath;
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

async function ownNode() {
  const { chooseEnvironment } = await import('../scripts/environment.mjs');
  return chooseEnvironment(() => {}).node;
}
