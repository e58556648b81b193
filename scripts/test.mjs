// @ts-check
// Everything that `npm test` checks: types, lint and format, then mocha. The last line counts it all.
import { spawn } from 'node:child_process';
import { closeSync, openSync, rmSync } from 'node:fs';
import { availableParallelism, constants } from 'node:os';
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
 * @returns {Promise<string | undefined>} undefined when it is content
 */
function check(name, args) {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.on('close', (code) => {
      console.log(code === 0 ? `  ✔ ${name}` : `  ✘ ${name}\n${output}`);
      resolve(code === 0 ? undefined : `${name}\n${output.trim()}`);
    });
  });
}

const checks = await Promise.all([
  check('types', [bin('typescript', 'bin', 'tsc'), '-p', 'test']),
  check('lint and format', [bin('@biomejs', 'biome', 'bin', 'biome'), 'ci', '.', `--colors=${colours}`]),
]);

/** Folders of tests that take long, the longest first; all others are one part. */
const long = ['notebooks', 'course', 'executors', 'lessons', 'kernel', 'countries', 'browser'];
const [longest, ...shorter] = long;
const folders = [longest, `!(${long.join('|')})`, ...shorter];
const parts = specs.length > 0 ? [specs] : folders.map((folder) => [`test/${folder}/**/*.test.ts`]);
/**
 * Parts under way at once. They wait more than they compute, so one more than there are cores; on one core it is one
 * after the other. No test depends on the time that anything takes.
 */
const cores = availableParallelism();
const atOnce = cores > 1 ? Math.min(cores + 1, 4) : 1;

/** Each thread that a test starts loads the sources anew: kept as compiled, that takes half of its time. */
const compiled = process.env.NODE_COMPILE_CACHE ?? join(stateDir, 'compiled');

/** Whether this run was told to end: then no more parts begin. */
let told = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => (told = true));

/**
 * Runs mocha on a part of the tests, and counts them. Where several run at once, all but the first are shown when they
 * are over.
 * @param {string[]} patterns
 * @param {number} index
 */
async function run(patterns, index) {
  const nothing = { passed: 0, failed: 0, skipped: 0, failures: /** @type {string[]} */ ([]), ended: false };
  if (told) return { ...nothing, died: `${patterns.join(' ')} was not begun.`, log: '' };
  const countsFile = join(stateDir, `counts-${process.pid}-${index}.json`);
  const log = join(stateDir, `tests-${process.pid}-${index}.log`);
  const reporter = join(root, 'scripts', 'mocha-reporter.mjs');
  const args = [bin('mocha', 'bin', 'mocha.js'), '--reporter', reporter, ...patterns];
  const output = index === 0 || atOnce === 1 ? undefined : openSync(log, 'w');
  try {
    const code = await runOn(process.execPath, args, {
      env: { COUNTS_FILE: countsFile, NODE_COMPILE_CACHE: compiled },
      output,
    });
    // Ended by whoever watches over it: npm, or what had started it, is gone.
    if (code === 128 + constants.signals.SIGTERM) told = true;
    const shown = { ...nothing, ...JSON.parse(readIfThere(countsFile) ?? '{}') };
    const died = !shown.ended || (code !== 0 && shown.failed === 0);
    return { ...shown, died: died ? `mocha ended before its tests did (exit code ${code}).` : undefined, log };
  } finally {
    if (output !== undefined) closeSync(output);
    rmSync(countsFile, { force: true });
  }
}

let free = atOnce;
/** @type {(() => void)[]} */
const waiting = [];
/**
 * Runs a part as soon as fewer than `atOnce` run, in the order of the calls.
 * @param {string[]} patterns
 * @param {number} index
 */
async function inTurn(patterns, index) {
  if (free > 0) free -= 1;
  else await new Promise((/** @type {(_: void) => void} */ begin) => waiting.push(begin));
  try {
    return await run(patterns, index);
  } finally {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  }
}

const failures = checks.filter((said) => said !== undefined);
const counts = { passed: checks.length - failures.length, failed: failures.length, skipped: 0 };
for (const running of parts.map(inTurn)) {
  const part = await running;
  process.stdout.write(readIfThere(part.log) ?? '');
  rmSync(part.log, { force: true });
  if (part.died) {
    console.log(part.died);
    failures.push(part.died);
  }
  counts.passed += part.passed;
  counts.failed += part.failed + (part.died ? 1 : 0);
  counts.skipped += part.skipped;
  failures.push(...part.failures);
}
// Said once more at the end: the end is what is read, and all that is left of a long output that was cut.
if (failures.length > 0) console.log(`\nFailed:\n\n${failures.join('\n\n')}\n`);

const { passed, failed, skipped } = counts;
console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
process.exit(failed > 0 ? 1 : 0);
