import { constants, existsSync, openSync } from 'node:fs';

/** Linux: opens a file that has no name, so that nothing can be left behind whoever dies. */
const nameless = 0o20000000 | constants.O_DIRECTORY | constants.O_RDWR;

/** The descriptor of a new file in memory; undefined where the system has none. Whoever asks for it closes it. */
export function openNameless(): number | undefined {
  try {
    const file = openSync('/dev/shm', nameless, 0o600);
    // Where it was opened, /proc tells of it.
    if (existsSync(pathOf(file))) return file;
  } catch {}
  return undefined;
}

/** Where another process of this user finds a file as long as this one has it open. */
export const pathOf = (file: number): string => `/proc/${process.pid}/fd/${file}`;
