// @ts-check
import { mkdirSync, writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { killAll, logFile, withRemedy } from './children.mjs';
import { chooseEnvironment } from './environment.mjs';
import { isLocked, withLock } from './lock.mjs';
import { stateDir } from './paths.mjs';
import { builtSteps, toolSteps, trustSteps } from './steps.mjs';

/** @typedef {import('./environment.mjs').Environment} Environment */

/**
 * Makes what is missing or out of date, and nothing else. With all in place it costs some milliseconds.
 * @param {{ build?: boolean, trust?: boolean }} options `build`: more than the tools; `trust`: the notebooks as well
 * @returns {Promise<Environment>}
 */
export async function setUp({ build = true, trust = false } = {}) {
  const environment = chooseEnvironment(say);
  const groups = [toolSteps, ...(build ? [builtSteps] : []), ...(trust ? [trustSteps] : [])];
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
  } catch (error) {
    throw withRemedy(error);
  } finally {
    killAll();
    process.off('SIGINT', stop).off('SIGTERM', stop).off('SIGHUP', stop);
  }
  return environment;
}

/**
 * Trusts the notebooks while JupyterLab starts, which takes longer: a reader changes notebooks all the time, and
 * should not wait for this.
 * @param {Environment} environment
 */
export async function trustMeanwhile(environment) {
  const due = trustSteps.filter((step) => !step.isDone(environment));
  if (due.length === 0) return;
  try {
    await withLock((addGroup) => Promise.all(due.map((step) => step.make(environment, addGroup, say))), say);
  } catch (error) {
    say(`The notebooks are not trusted, so JupyterLab shows a figure only after its cell has run. ${error}`);
  }
}

/**
 * @param {import('./steps.mjs').Step[][]} groups
 * @param {Environment} environment
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
          await step.make(environment, addGroup, say);
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
