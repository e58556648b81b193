// @ts-check
// Everything that `npm test` checks: types, lint and format, then mocha. The last line counts it all.
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { runOn } from './follow.mjs';
import { readIfThere, root, stateDir } from './paths.mjs';

// The process that started this one ends its tests with it.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));

const colours = process.stdout.isTTY ? 'force' : 'off';
const bin = (/** @type {string[]} */ ...parts) => join(root, 'node_modules', ...parts);
const specs = process.argv.slice(2);

/**
 * Runs a checker, and shows what it said if it is not content.
 * @param {string} name
 * @param {string[]} args
 * @returns {Promise<boolean>}
 */
function check(name, args) {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.on('close', (code) => {
      console.log(code === 0 ? `  ✔ ${name}` : `  ✘ ${name}\n${output}`);
      resolve(code === 0);
    });
  });
}

const checks = await Promise.all([
  check('types', [bin('typescript', 'bin', 'tsc'), '-p', 'test']),
  check('lint and format', [bin('@biomejs', 'biome', 'bin', 'biome'), 'ci', '.', `--colors=${colours}`]),
]);

const countsFile = join(stateDir, `counts-${process.pid}.json`);
process.env.COUNTS_FILE = countsFile;
const reporter = join(root, 'scripts', 'mocha-reporter.mjs');
const patterns = specs.length > 0 ? specs : ['test/**/*.test.ts'];
const code = await runOn(process.execPath, [bin('mocha', 'bin', 'mocha.js'), '--reporter', reporter, ...patterns]);
const counts = JSON.parse(readIfThere(countsFile) ?? '{}');
rmSync(countsFile, { force: true });

const passed = checks.filter(Boolean).length + (counts.passed ?? 0);
let failed = checks.filter((ok) => !ok).length + (counts.failed ?? 0);
if (!counts.ended || (code !== 0 && !counts.failed)) {
  console.log(`mocha ended before its tests did (exit code ${code}).`);
  failed += 1;
}
console.log(`${passed} passed, ${failed} failed${counts.skipped ? `, ${counts.skipped} skipped` : ''}`);
process.exit(failed > 0 ? 1 : 0);
