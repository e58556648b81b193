import { mkdirSync, writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { killAll, logFile } from './children.mjs';
import { chooseEnvironment } from './environment.mjs';
import { isLocked, withLock } from './lock.mjs';
import { stateDir } from './paths.mjs';
import { laterSteps, toolSteps } from './steps.mjs';

/**
 * Makes what is missing or out of date, and nothing else. With all in place it costs some milliseconds.
 * @param {{ withoutBuild?: boolean }} options `withoutBuild`: the tools only
 * @returns {Promise<import('./environment.mjs').Environment>}
 */
export async function setUp({ withoutBuild = false } = {}) {
  const environment = chooseEnvironment(say);
  const groups = withoutBuild ? [toolSteps] : [toolSteps, laterSteps];
  if (!isLocked() && groups.flat().every((step) => step.isDone(environment))) return environment;
  const start = performance.now();
  const stop = (/** @type {NodeJS.Signals} */ signal) => {
    killAll();
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  process.on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', stop);
  try {
    const made = await withLock((addGroup) => makeAll(groups, environment, addGroup), say);
    if (made > 0) say(`Set up in ${seconds(start)}.`);
  } finally {
    killAll();
    process.off('SIGINT', stop).off('SIGTERM', stop).off('SIGHUP', stop);
  }
  return environment;
}

/**
 * @param {import('./steps.mjs').Step[][]} groups
 * @param {import('./environment.mjs').Environment} environment
 * @param {(pid: number) => void} addGroup
 * @returns {Promise<number>} how many steps had to be done
 */
async function makeAll(groups, environment, addGroup) {
  mkdirSync(stateDir, { recursive: true });
  writeFileSync(logFile, '');
  let made = 0;
  for (const group of groups) {
    const due = group.filter((step) => !step.isDone(environment));
    if (due.length > 0 && group === toolSteps) say('Setting up; the first time this takes a minute.');
    made += due.length;
    const running = new Set(due.map((step) => step.name));
    const progress = showProgress(running);
    try {
      await Promise.all(
        due.map(async (step) => {
          const start = performance.now();
          await step.make(environment, addGroup);
          running.delete(step.name);
          progress.clear();
          say(`  ${step.name}: ${seconds(start)}`);
        }),
      );
    } finally {
      progress.stop();
    }
  }
  return made;
}

/**
 * On a terminal, a last line that says what is being made and for how long.
 * @param {Set<string>} running
 */
function showProgress(running) {
  const clear = () => process.stderr.isTTY && process.stderr.write('\r\x1b[K');
  if (!process.stderr.isTTY) return { clear, stop() {} };
  const start = performance.now();
  const timer = setInterval(() => {
    clear();
    process.stderr.write(`  ${[...running].join(', ')} … ${seconds(start)}`.slice(0, process.stderr.columns - 1));
  }, 200);
  return {
    clear,
    stop() {
      clearInterval(timer);
      clear();
    },
  };
}

/** @param {number} start */
function seconds(start) {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}

/** @param {string} line */
function say(line) {
  process.stderr.write(`${line}\n`);
}
