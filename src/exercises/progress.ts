import { appendFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** What a reader can have done with an exercise. */
type Step = 'tried' | 'solved' | 'hint' | 'solution';

/** How far a reader has come with one exercise. */
interface Progress {
  readonly tried: boolean;
  readonly solved: boolean;
  /** How many hints were asked for. */
  readonly hints: number;
  /** Whether the solution was looked at. */
  readonly solution: boolean;
}

const untouched: Progress = { tried: false, solved: false, hints: 0, solution: false };

/** Notes that could not be written (a read-only checkout), kept for as long as the kernel lives. */
let unwritten = '';

function file(): string {
  return process.env.INTERLEAVED_PROGRESS ?? join(import.meta.dirname, '..', '..', '.progress.jsonl');
}

/**
 * Writes one step down: one line of JSON at the end of the file.
 *
 * A file that only grows needs no lock: several notebooks append at once, and no append can undo another. The line
 * begins with a line break, so that a line cut short by a crash spoils itself and not its successor.
 *
 * @returns why the note could not be saved (an error code such as `EROFS`), or undefined when it was
 */
export function note(id: string, step: Step | 'reset'): string | undefined {
  const line = `\n${JSON.stringify({ id, step })}`;
  try {
    appendFileSync(file(), line);
    return undefined;
  } catch (error) {
    unwritten += line;
    return (error as NodeJS.ErrnoException).code ?? 'unknown error';
  }
}

/** The progress of every exercise touched so far. Lines that cannot be read are passed over. */
export function progress(): Map<string, Progress> {
  const all = new Map<string, Progress>();
  for (const { id, step } of notes()) {
    const before = all.get(id) ?? untouched;
    if (step === 'reset') all.delete(id);
    else if (step === 'hint') all.set(id, { ...before, hints: before.hints + 1 });
    else if (step in untouched) all.set(id, { ...before, [step]: true });
  }
  return all;
}

/** The progress of one exercise. */
export function progressOf(id: string): Progress {
  return progress().get(id) ?? untouched;
}

/** Forgets everything, whoever wrote it. */
export function forgetAll(): void {
  unwritten = '';
  rmSync(file(), { force: true });
}

function notes(): { id: string; step: string }[] {
  let text = '';
  try {
    text = readFileSync(file(), 'utf8');
  } catch {
    // No file yet, or none that can be read: nothing was noted.
  }
  const found: { id: string; step: string }[] = [];
  for (const line of (text + unwritten).split('\n')) {
    try {
      const { id, step } = JSON.parse(line);
      if (typeof id === 'string' && typeof step === 'string') found.push({ id, step });
    } catch {
      // An empty line, or one cut short.
    }
  }
  return found;
}
