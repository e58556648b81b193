// One contender: node contender.mjs <what>
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { serve } from '../tools/serve.mjs';
import { subjects } from './subjects.mjs';

/** Tasks that take turns, and how often each hands over. */
const tasks = 100;
const switches = 2000;
/** Tasks that stand at a wait at once when their bytes are counted. */
const many = 100_000;

setFlagsFromString('--expose-gc');
const gc = /** @type {() => void} */ (runInNewContext('gc'));

/** The heap's bytes, less what nobody holds. */
function held() {
  gc();
  return process.memoryUsage().heapUsed;
}

serve(async () => {
  const subject = await subjects[process.argv[2] ?? '']?.();
  if (subject === undefined) throw new Error(`there is no '${process.argv[2]}'`);
  const { run, most = many } = subject;
  await check(run);
  return {
    // The best of several: whatever else the machine does only slows them.
    rate: async () => {
      let best = 0;
      for (let round = 0; round < 15; round += 1) {
        const start = performance.now();
        await run(tasks, switches);
        best = Math.max(best, (tasks * switches) / 1000 / (performance.now() - start));
      }
      return best;
    },
    bytes: async () => {
      const before = held();
      let standing = 0;
      let after = 0;
      await run(most, 2, () => {
        standing += 1;
        if (standing === most) after = held();
      });
      if (standing !== 2 * most) throw new Error(`${standing} of ${2 * most} steps`);
      return (after - before) / most;
    },
  };
});

/** Two tasks must really take turns, or what is measured is no switch. @param {import('./subjects.mjs').Run} run */
async function check(run) {
  const seen = /** @type {number[]} */ ([]);
  await run(2, 4, (task) => seen.push(task));
  const text = seen.join('');
  if (text !== '01010101' && text !== '10101010') throw new Error(`its tasks do not take turns: ${text}`);
}
