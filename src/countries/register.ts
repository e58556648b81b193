import { seeded } from './seeded.ts';

/**
 * A long table of months and numbers, of which every page shows a part. To draw numbers for each page anew would take
 * the site so long that a first crawl had to wait for it.
 */
export class Register {
  readonly #rows: Buffer;
  /** Where each row begins. */
  readonly #starts: number[] = [];
  readonly #longest: number;

  /** @param longest bytes of the longest part that will be asked for */
  constructor(seed: number, longest: number) {
    let state = seeded(seed) * 2 ** 32;
    let rows = '';
    for (let row = 0; rows.length < 2 * longest; row += 1) {
      this.#starts.push(rows.length);
      // A linear congruential generator with the constants of Numerical Recipes: only the look of the numbers matters.
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      const month = `${1400 + Math.floor(row / 12)}-${String((row % 12) + 1).padStart(2, '0')}`;
      const cells = `<td class="number">${state >>> 15}</td><td class="number">${(state >>> 4) % 100}</td>`;
      rows += `<tr><th>${month}</th>${cells}</tr>\n`;
    }
    this.#rows = Buffer.from(rows, 'latin1');
    this.#longest = longest;
  }

  /** As many whole rows as `room` bytes hold, from a place that `draw`, from 0 up to 1, tells. */
  part(draw: number, room: number): Buffer {
    const from = this.#rowAt(draw * (this.#rows.length - this.#longest));
    return this.#rows.subarray(from, this.#rowAt(from + room));
  }

  /** Where the row begins that has this place. */
  #rowAt(place: number): number {
    return this.#starts.findLast((start) => start <= place)!;
  }
}
