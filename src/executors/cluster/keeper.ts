import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { pidsOfChildren } from '../../workers/children.ts';

/** Reads lists of process ids, and ends those of the last one when its input does. */
const script = 'while read -r list; do pids=$list; done; [ -z "$pids" ] || kill -9 $pids';

/**
 * Ends the processes of this one with it, also when it is killed and they compute and notice nothing.
 *
 * @returns `tell`, to be called when there may be others; `close`, when none is left
 */
export function keepChildren(): { tell(): void; close(): void } {
  const child = spawn('/bin/sh', ['-c', script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  child.unref();
  (child.stdin as Socket).unref();
  let last = '';
  const tell = (): void => {
    const list = pidsOfChildren().join(' ');
    if (list !== last) child.stdin.write(`${list}\n`);
    last = list;
  };
  return {
    tell,
    close() {
      tell();
      child.stdin.end();
    },
  };
}
