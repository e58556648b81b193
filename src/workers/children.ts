import type { ChildProcess } from 'node:child_process';

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
