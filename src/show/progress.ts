import { randomUUID } from 'node:crypto';
import { now } from '../timing/clock.ts';
import { duration, percent, plain } from './format.ts';
import { bundle, escapeHtml } from './parts.ts';
import { display, showsPictures } from './show.ts';

/** Ms between two updates: a notebook drops messages that come too fast, and nobody reads faster. */
const pace = 100;

/**
 * A progress bar that updates in place: under its cell in a notebook, on its line in a terminal.
 *
 * Given a number, it counts by `tick()` and wants a `close()` in `finally`; given items, it is walked with `for` or
 * `for await`, counts by itself and closes when the loop ends or is left.
 *
 * @param over how many steps there are, or the items
 * @param label what stands before the bar
 * @param total how many items there are, where they cannot say it themselves
 * @throws RangeError for a total that is no whole number
 * @example
 * for await (const page of progress(pages, 'crawl')) await save(page);
 *
 * const bar = progress(238, 'crawl');
 * try {
 *   await pool.map(save, pages).then(() => bar.tick(238));
 * } finally {
 *   bar.close();
 * }
 */
export function progress(total: number, label?: string): Progress;
export function progress<T>(items: Iterable<T> | AsyncIterable<T>, label?: string, total?: number): ProgressItems<T>;
export function progress<T>(
  over: number | Iterable<T> | AsyncIterable<T>,
  label = '',
  total?: number,
): Progress | ProgressItems<T> {
  return typeof over === 'number' ? new Progress(over, label) : new ProgressItems(over, label, total);
}

/**
 * A bar that is told of each step.
 *
 * @example
 * const bar = progress(238, 'crawl');
 * bar.tick();
 * console.log(bar.done, bar.total); // 1 238
 */
export class Progress {
  readonly label: string;
  /** How many steps there are; undefined when nobody knows. */
  readonly total: number | undefined;
  /** How many are done. */
  done = 0;
  readonly #id = randomUUID();
  readonly #start = now();
  #shownAt = Number.NEGATIVE_INFINITY;
  #updates = 0;
  #closed = false;

  constructor(total: number | undefined, label: string) {
    if (total !== undefined && !(Number.isInteger(total) && total >= 0)) {
      throw new RangeError(`progress() needs a whole number of steps or the items, not ${total}.`);
    }
    this.total = total;
    this.label = label;
  }

  /** Counts `steps` more as done. The bar is redrawn ten times a second at most. */
  tick(steps = 1): void {
    this.done += steps;
    if (!this.#closed && now() - this.#shownAt >= pace) this.#draw();
  }

  /** Draws the last state and ends the line. To close twice does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#draw();
  }

  /** What the bar says now. */
  toString(): string {
    const { done, total, label } = this;
    const seconds = (now() - this.#start) / 1000;
    const rate = done / seconds;
    const share = total ? Math.min(1, done / total) : 1;
    const filled = Math.round(share * 24);
    const bar = total === undefined ? '' : `${'█'.repeat(filled)}${'░'.repeat(24 - filled)} ${percent(share)}`;
    const of = total === undefined ? `${plain(done)} done` : `${plain(done)} of ${plain(total)}`;
    const left = total === undefined || done === 0 ? Number.NaN : (total - done) / rate;
    const time = this.#closed || !(left > 0) ? `in ${duration(seconds * 1000)}` : `${duration(left * 1000)} left`;
    return [label, bar, of, done > 0 ? `${plain(Math.round(rate * 10) / 10)}/s` : '', time].filter(Boolean).join('  ');
  }

  #draw(): void {
    this.#shownAt = now();
    const text = this.toString();
    if (showsPictures()) {
      const { total, done, label } = this;
      const bar =
        total === undefined
          ? ''
          : `<progress max="${total}" value="${done}" aria-label="${escapeHtml(label)}"></progress> `;
      const words = total === undefined ? text : text.replace(/[█░]+ /, '');
      display(bundle([{ html: `<p>${bar}${escapeHtml(words.replaceAll('  ', ' · '))}</p>`, text }]), {
        id: this.#id,
        update: this.#updates > 0,
      });
      this.#updates += 1;
    } else if (process.stdout.isTTY) {
      process.stdout.write(`\r\x1b[K${text}${this.#closed ? '\n' : ''}`);
    } else if (this.#closed) console.log(text); // a file or a pipe cannot be overwritten: the last state is enough
  }
}

/** Items that report how far a loop over them has come. */
class ProgressItems<T> implements AsyncIterable<T>, Iterable<T> {
  readonly #items: Iterable<T> | AsyncIterable<T>;
  readonly #label: string;
  readonly #total: number | undefined;

  constructor(items: Iterable<T> | AsyncIterable<T>, label: string, total?: number) {
    const { length, size } = items as { length?: unknown; size?: unknown };
    this.#items = items;
    this.#label = label;
    this.#total = total ?? ([length, size].find((count) => typeof count === 'number') as number | undefined);
  }

  *[Symbol.iterator](): Generator<T, void, undefined> {
    if (!(Symbol.iterator in this.#items))
      throw new TypeError('These items come one by one: walk them with for await.');
    const bar = this.#bar();
    try {
      for (const item of this.#items) {
        yield item;
        bar.tick();
      }
    } finally {
      bar.close();
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    const bar = this.#bar();
    try {
      for await (const item of this.#items) {
        yield item;
        bar.tick();
      }
    } finally {
      bar.close();
    }
  }

  #bar(): Progress {
    const bar = new Progress(this.#total, this.#label);
    bar.tick(0);
    return bar;
  }
}
