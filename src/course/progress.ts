import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stateDir } from './environment.ts';

const file = join(stateDir, 'durations.json');
const out = process.stdout;

/** Milliseconds of each code cell, by lesson. */
type Durations = Record<string, number[]>;

/** How long the cells took last time on this machine; empty before the first time. */
function lastDurations(): Durations {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Durations;
  } catch {
    return {};
  }
}

/**
 * Says how far a run of several lessons is and how long it will still take, by what each cell took last time. On a
 * terminal it is one line that changes; elsewhere each lesson has a line when it has ended.
 */
export class Progress {
  readonly #last: Durations = lastDurations();
  readonly #lessons: readonly { name: string; cells: number }[];
  #ticker: NodeJS.Timeout | undefined;

  constructor(lessons: readonly { name: string; cells: number }[]) {
    this.#lessons = lessons;
  }

  /** A cell begins. */
  cell(lesson: number, cell: number): void {
    clearInterval(this.#ticker);
    if (!out.isTTY) return;
    const begun = performance.now();
    const { name, cells } = this.#lessons[lesson]!;
    const show = () => {
      const left = this.#left(lesson, cell) - Math.min(performance.now() - begun, this.#expected(name, cell));
      const line = `${name}: cell ${cell + 1} of ${cells}, ${about(left)} left`;
      out.write(`\r\x1b[K${line.slice(0, out.columns - 1)}`);
    };
    show();
    this.#ticker = setInterval(show, 1000);
    this.#ticker.unref();
  }

  /** A lesson has ended; its durations are kept for the next time. */
  done(lesson: number, durations: number[], note: string): void {
    const { name, cells } = this.#lessons[lesson]!;
    this.#last[name] = durations.map(Math.round);
    writeFileSync(file, JSON.stringify(this.#last));
    this.clear();
    const sum = durations.reduce((a, b) => a + b, 0);
    const left = lesson + 1 < this.#lessons.length ? `; ${about(this.#left(lesson + 1, 0))} left` : '';
    out.write(`${name}: ${cells} cells in ${(sum / 1000).toFixed(1)} s, ${note}${left}\n`);
  }

  /** Takes the changing line away. */
  clear(): void {
    clearInterval(this.#ticker);
    if (out.isTTY) out.write('\r\x1b[K');
  }

  /** Milliseconds from the beginning of a cell to the end of all lessons. */
  #left(lesson: number, cell: number): number {
    const rest = this.#lessons.slice(lesson).flatMap(({ name, cells }, later) => {
      const first = later === 0 ? cell : 0;
      // A kernel takes about two seconds to start and to end.
      return [
        later === 0 ? 0 : 2000,
        ...Array.from({ length: cells - first }, (_, i) => this.#expected(name, first + i)),
      ];
    });
    return rest.reduce((a, b) => a + b, 0);
  }

  /** What a cell took last time; a second and a half for one that is new. */
  #expected(name: string, cell: number): number {
    return this.#last[name]?.[cell] ?? 1500;
  }
}

function about(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  return seconds < 90 ? `about ${seconds} s` : `about ${Math.round(seconds / 60)} min`;
}
