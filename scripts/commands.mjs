// @ts-check
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runOn } from './follow.mjs';
import { root, SetupError } from './paths.mjs';
import { setUp, trustMeanwhile } from './setup.mjs';

const tsc = join('node_modules', 'typescript', 'bin', 'tsc');
const mocha = join('node_modules', 'mocha', 'bin', 'mocha.js');
const biome = join('node_modules', '@biomejs', 'biome', 'bin', 'biome');

/**
 * What each npm script runs on the environment's Node, one after another, and what set-up must have made before. Those
 * that mend the sources do without a build, which may be what is broken. `files` are those of the first run, unless its
 * arguments name some.
 * @type {Record<string, { runs: string[][], files?: string, needs?: { build?: boolean, trust?: boolean } }>}
 */
const commands = {
  start: { runs: [['src/course/start.ts']] },
  notebooks: { runs: [['src/course/notebooks.ts']] },
  html: { runs: [['src/course/html.ts']] },
  test: { runs: [['scripts/test.mjs']], needs: { trust: true } },
  bench: { runs: [['bench/run.ts']] },
  // Long forms of tests, without a limit of time; `-- -g WORDS` or `-- FILE` chooses some.
  soak: { runs: [[mocha, '--timeout', '0']], files: 'test/**/*.soak.ts' },
  build: { runs: [], needs: { trust: true } },
  check: {
    runs: [
      [tsc, '-p', 'test'],
      [biome, 'ci', '.'],
    ],
    needs: { build: false },
  },
  format: { runs: [[biome, 'check', '--write', '.']], needs: { build: false } },
};

/**
 * @param {string[]} argv the command and its arguments
 */
export async function main([name = '', ...args]) {
  const command = commands[name];
  if (!command) {
    console.error(`There is no command ${JSON.stringify(name)}: one of ${Object.keys(commands).join(', ')}.`);
    process.exit(2);
  }
  try {
    const environment = await setUp(command.needs);
    if (name === 'start') void trustMeanwhile(environment);
    let worst = 0;
    for (const run of command.runs) {
      const script = run[0] ?? '';
      if (!existsSync(join(root, script))) throw new SetupError(`${script} is missing from this checkout.`);
      const files = command.files === undefined || args.some((word) => word.endsWith('.ts')) ? [] : [command.files];
      worst = Math.max(worst, await runOn(environment.node, [...run, ...args, ...files]));
    }
    process.exit(worst);
  } catch (error) {
    console.error(error instanceof SetupError ? error.message : error);
    process.exit(1);
  }
}
