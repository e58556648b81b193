// @ts-check
// Everything that `npm test` checks: types, lint and format, then mocha. The last line counts it all.
import { spawn } from 'node:child_process';
import { closeSync, openSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
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

/**
 * The tests in two parts that take about as long: with two cores or more, both run at once. No test depends on the time
 * that anything takes.
 */
const slow = 'browser,course,kernel,notebooks';
const parts =
  specs.length > 0
    ? [specs]
    : availableParallelism() > 1
      ? [[`test/!(${slow.replaceAll(',', '|')})/**/*.test.ts`], [`test/{${slow}}/**/*.test.ts`]]
      : [['test/**/*.test.ts']];

/** Each thread that a test starts loads the sources anew: kept as compiled, that takes half of its time. */
const compiled = process.env.NODE_COMPILE_CACHE ?? join(stateDir, 'compiled');

/**
 * Runs mocha on a part of the tests, and counts them. All parts but the first are shown when they are over.
 * @param {string[]} patterns
 * @param {number} index
 */
async function run(patterns, index) {
  const countsFile = join(stateDir, `counts-${process.pid}-${index}.json`);
  const log = join(stateDir, `tests-${process.pid}-${index}.log`);
  const reporter = join(root, 'scripts', 'mocha-reporter.mjs');
  const args = [bin('mocha', 'bin', 'mocha.js'), '--reporter', reporter, ...patterns];
  const output = index === 0 ? undefined : openSync(log, 'w');
  try {
    const code = await runOn(process.execPath, args, {
      env: { COUNTS_FILE: countsFile, NODE_COMPILE_CACHE: compiled },
      output,
    });
    const shown = { passed: 0, failed: 0, skipped: 0, failures: [], ...JSON.parse(readIfThere(countsFile) ?? '{}') };
    const died = !shown.ended || (code !== 0 && shown.failed === 0);
    return { ...shown, died: died ? `mocha ended before its tests did (exit code ${code}).` : undefined, log };
  } finally {
    if (output !== undefined) closeSync(output);
    rmSync(countsFile, { force: true });
  }
}

const counts = { passed: 0, failed: 0, skipped: 0 };
/** @type {string[]} */
const failures = [];
for (const running of parts.map(run)) {
  const part = await running;
  process.stdout.write(readIfThere(part.log) ?? '');
  rmSync(part.log, { force: true });
  if (part.died) console.log(part.died);
  counts.passed += part.passed;
  counts.failed += part.failed + (part.died ? 1 : 0);
  counts.skipped += part.skipped;
  failures.push(...part.failures);
}
// Said once more at the end: the end is what is read, and all that is left of a long output that was cut.
if (failures.length > 0) console.log(`\nFailed:\n\n${failures.join('\n\n')}\n`);

const passed = checks.filter(Boolean).length + counts.passed;
const failed = checks.filter((ok) => !ok).length + counts.failed;
console.log(`${passed} passed, ${failed} failed${counts.skipped ? `, ${counts.skipped} skipped` : ''}`);
process.exit(failed > 0 ? 1 : 0);
