import type { ChildProcess } from 'node:child_process';
import { Worker } from 'node:worker_threads';

/** Options of Node that concern its main script alone. */
const mainOnly = /^--(input-type|inspect|test|watch)\b/;
/** Options whose value is the next word: above all a script, which a child would run as well, without end. */
const script = /^(-e|-p|-pe|-ep|--eval|--print|--input-type)$/;
const scriptWithin = /^--(eval|print)=/;

/** The options of this Node that a child is to have as well. */
export function childOptions(options: readonly string[] = process.execArgv): string[] {
  return options.filter(
    (option, index) =>
      !mainOnly.test(option) &&
      !scriptWithin.test(option) &&
      !script.test(option) &&
      !(index > 0 && script.test(options[index - 1]!)),
  );
}

/**
 * What a thread of this process needs as `execArgv` so as not to inherit what concerns the main script alone:
 * `--input-type` would be taken for the thread's own file. Undefined where it may inherit all.
 */
export function threadOptions(options: readonly string[] = process.execArgv): string[] | undefined {
  const wanted = childOptions(options);
  if (wanted.length === options.length) return undefined;
  // What holds for the whole process anyway, Node refuses to be given; which these are only it knows. It names them all
  // when it refuses one that does not exist, and so starts nothing.
  const none = '--of-no-node';
  try {
    new Worker('', { eval: true, execArgv: [...wanted, none] });
  } catch (error) {
    const refused = (error as Error).message.split(/:? /);
    return wanted.filter((option) => !refused.includes(option) && !refused.includes(`${option},`));
  }
  throw new Error(`Node knows an option ${none}`);
}

const alive = new Set<ChildProcess>();
let watching = false;

/**
 * Ends a child with this process. Node's children outlive a parent that exits, and one that is deep in a loop would
 * not even notice.
 */
export function endWithParent(child: ChildProcess): void {
  alive.add(child);
  child.once('exit', () => alive.delete(child));
  if (watching) return;
  watching = true;
  process.on('exit', () => {
    for (const each of alive) each.kill('SIGKILL');
  });
}

/** The children that end with this process and live. */
export function pidsOfChildren(): number[] {
  return [...alive].flatMap(({ pid }) => pid ?? []);
}
