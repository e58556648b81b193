// The far end of `ContenderProcess`: answers each name of a figure, a line on stdin, with its value, a line on stdout.
import { createInterface } from 'node:readline';

/** @typedef {Record<string, () => number | Promise<number>>} Figures what each figure's measurement gives, mostly ms */

/**
 * Tells the names of the figures and measures those that are asked for, until the bench has gone.
 * @param {() => Promise<Figures>} prepare
 */
export async function serve(prepare) {
  try {
    const figures = await prepare();
    tell({ figures: Object.keys(figures) });
    for await (const name of createInterface({ input: process.stdin })) {
      tell(await Promise.resolve(figures[name]?.()).then((value) => ({ value }), asFailure));
    }
  } catch (error) {
    tell(asFailure(error));
  }
  // The bench starts a contender as the leader of a group: whatever it has started ends with it.
  process.kill(-process.pid, 'SIGKILL');
}

/** @param {object} message */
function tell(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

/** @param {unknown} error */
function asFailure(error) {
  return { failure: String(error).split('\n')[0] };
}
