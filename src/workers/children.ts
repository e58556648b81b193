import type { ChildProcess } from 'node:child_process';

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
