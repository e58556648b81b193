import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { root, SetupError } from './paths.mjs';
import { setUp } from './setup.mjs';

const tsc = join('node_modules', 'typescript', 'bin', 'tsc');
const biome = join('node_modules', '@biomejs', 'biome', 'bin', 'biome');

/** What each npm script runs on the environment's Node, one after another. @type {Record<string, string[][]>} */
const commands = {
  start: [['src/course/start.ts']],
  notebooks: [['src/course/notebooks.ts']],
  html: [['src/course/html.ts']],
  test: [['scripts/test.mjs']],
  bench: [['bench/run.ts']],
  soak: [['bench/soak.ts']],
  build: [],
  check: [
    [tsc, '-p', 'test'],
    [biome, 'ci', '.'],
  ],
  format: [[biome, 'check', '--write', '.']],
};

/**
 * @param {string[]} argv the command and its arguments
 */
export async function main([command = '', ...args]) {
  const parts = commands[command];
  if (!parts) {
    console.error(`There is no command ${JSON.stringify(command)}: one of ${Object.keys(commands).join(', ')}.`);
    process.exit(2);
  }
  try {
    const environment = await setUp();
    let worst = 0;
    for (const part of parts) {
      const script = part[0] ?? '';
      if (!existsSync(join(root, script))) throw new SetupError(`${script} is missing from this checkout.`);
      worst ||= await runOn(environment.node, [...part, ...args]);
    }
    process.exit(worst);
  } catch (error) {
    console.error(error instanceof SetupError ? error.message : error);
    process.exit(1);
  }
}

/**
 * Runs a script to its end and gives its exit code. Signals are the child's to handle; it also learns from the closed
 * channel when this process is gone, and this process ends it when its own parent is gone.
 * @param {string} node
 * @param {string[]} args
 * @returns {Promise<number>}
 */
function runOn(node, args) {
  const child = spawn(node, args, { cwd: root, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  // A terminal sends Ctrl-C to both; other senders reach only this process.
  process.on('SIGINT', () => {});
  for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => child.kill(signal));
  }
  const parent = process.ppid;
  const watch = setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 500);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      clearInterval(watch);
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}
