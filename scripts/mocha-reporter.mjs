// @ts-check
import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/**
 * Mocha's own report on the screen, and the counts and what failed in the file that COUNTS_FILE names: after every test,
 * so that they are known even when the run dies.
 */
export default class CountingReporter extends Mocha.reporters.Spec {
  /**
   * @param {Mocha.Runner} runner
   * @param {Mocha.MochaOptions} options
   */
  constructor(runner, options) {
    super(runner, options);
    const counts = { passed: 0, failed: 0, skipped: 0, ended: false, failures: /** @type {string[]} */ ([]) };
    const write = (/** @type {Partial<typeof counts>} */ change) => {
      Object.assign(counts, change);
      if (process.env.COUNTS_FILE) writeFileSync(process.env.COUNTS_FILE, JSON.stringify(counts));
    };
    const { EVENT_TEST_PASS, EVENT_TEST_FAIL, EVENT_TEST_PENDING, EVENT_RUN_END } = Mocha.Runner.constants;
    runner.on(EVENT_TEST_PASS, () => write({ passed: counts.passed + 1 }));
    runner.on(EVENT_TEST_FAIL, (/** @type {Mocha.Test} */ test, /** @type {Error} */ error) => {
      const failure = `${test.titlePath().join(' › ')}\n${error?.stack ?? error}`;
      write({ failed: counts.failed + 1, failures: [...counts.failures, failure] });
    });
    runner.on(EVENT_TEST_PENDING, () => write({ skipped: counts.skipped + 1 }));
    runner.on(EVENT_RUN_END, () => write({ ended: true }));
  }
}
