import { plain } from '../show/format.ts';
import { type Part, paragraph, Shown } from '../show/parts.ts';
import { drawSchedule } from './picture.ts';
import type { Bounds } from './program.ts';
import { orderOf, type Schedule } from './schedule.ts';
import type { Tally } from './tally.ts';

/** How often a schedule came out the same again. */
export interface Replay {
  readonly times: number;
  readonly reproduced: number;
}

/** What an exploration is made of. */
export interface Facts {
  readonly names: readonly string[];
  /** What they are. */
  readonly of: 'thread' | 'task';
  readonly tally: Tally;
  readonly bounds: Bounds;
  readonly shortest?: Schedule;
  /** The replay that is told in the report. */
  readonly replayed?: Replay;
}

/** What all interleavings of a small program come to; it shows itself in words and as lanes. */
export class Explored extends Shown {
  /** Interleavings that were run. */
  readonly interleavings: number;
  /** Those that broke a check, or in which a thread threw. */
  readonly losing: number;
  /** Those that came to a stand with threads that had not ended. */
  readonly deadlocks: number;
  /** Those in which a thread was passed over `patience` times during one wait. */
  readonly starved: number;
  /** The most times that a thread was passed over during one wait: it could have gone on, or tried in vain. */
  readonly passedOver: number;
  /** Whether all interleavings were run, or stood for. When not, `bounds` tells why. */
  readonly complete: boolean;
  /** The bounds that were met, in words. */
  readonly bounds: readonly string[];
  /** What went wrong, and in how many interleavings. */
  readonly reasons: ReadonlyMap<string, number>;
  /** The interleaving that goes wrong with the fewest switches, and of those the fewest steps. */
  readonly shortest: Schedule | undefined;
  readonly #facts: Facts;

  constructor(facts: Facts) {
    super();
    const { tally, shortest } = facts;
    this.interleavings = tally.interleavings;
    this.losing = tally.losing;
    this.deadlocks = tally.deadlocks;
    this.starved = tally.starved;
    this.passedOver = tally.passedOver;
    this.bounds = [...tally.bounds];
    this.complete = this.bounds.every((bound) => bound.startsWith('no reduction'));
    this.reasons = tally.reasons;
    this.shortest = shortest;
    this.#facts = facts;
  }

  /** Whether nothing goes wrong: no check broken, no deadlock, nobody starved. It is a proof only when `complete`. */
  get right(): boolean {
    return this.losing + this.deadlocks + this.starved === 0;
  }

  protected override parts(): readonly Part[] {
    const { names } = this.#facts;
    const words = paragraph(this.#sentence());
    if (!this.shortest) return [words];
    const { steps, switches, why } = this.shortest;
    const caption = `${plain(steps.length)} steps, ${count(switches, 'switch', 'switches')}: ${why}`;
    return [words, drawSchedule(this.shortest, names, caption)];
  }

  #sentence(): string {
    const { tally, bounds, replayed } = this.#facts;
    const of = `${count(this.interleavings, 'interleaving')} of ${this.#size()}`;
    const stands = bounds.reduce && !this.bounds.some((bound) => bound.startsWith('no reduction'));
    const faults = [...tally.reasons].sort((a, b) => b[1] - a[1]);
    const told = faults.slice(0, 3).map(([why, times]) => this.#fault(why, times));
    if (faults.length > 3) told.push(`${faults.length - 3} more kinds of fault`);
    if (this.starved > 0)
      told.push(
        `in ${plain(this.starved)} a ${this.#facts.of} starves: it is passed over ${bounds.patience} times or more`,
      );
    if (told.length === 0) told.push(this.complete ? 'none goes wrong' : 'none of these goes wrong');
    const parts = [`${of}${stands ? ' (they stand for all)' : ''}, ${told.join(', ')}`];
    if (this.right && this.passedOver > 0 && !bounds.reduce)
      parts.push(`whoever waits is passed over, or tries in vain, ${count(this.passedOver, 'time')} at most`);
    if (this.right && stands) parts.push('whether one starves was not judged');
    if (this.shortest) {
      parts.push(`shortest: ${orderOf(this.shortest.steps)}`);
      parts.push(`reproduced ${replayed?.reproduced} of ${replayed?.times}`);
    }
    if (!this.complete) parts.push(`not all: ${this.bounds.join(', ')}`);
    else if (this.bounds.length > 0) parts.push(this.bounds.join(', '));
    if (tally.spins) parts.push('a thread that goes round in a loop and changes nothing rests until something changes');
    return `${parts.join('; ')}.`;
  }

  #fault(why: string, times: number): string {
    if (times === this.interleavings && times > 1) return `all ${why}`;
    return times === 1 ? `1 can ${why}` : `${plain(times)} ${why}`;
  }

  /** `2 threads × 3 steps`, `2 threads of 3 and 5 steps`. */
  #size(): string {
    const { tally, names, of } = this.#facts;
    const steps = tally.most.map((most, thread) => {
      const least = Math.min(tally.least[thread]!, most);
      return least === most ? `${most}` : `${least}–${most}`;
    });
    const threads = count(names.length, of);
    if (new Set(steps).size === 1) return `${threads} × ${steps[0]} step${steps[0] === '1' ? '' : 's'}`;
    return `${threads} of ${steps.slice(0, -1).join(', ')} and ${steps.at(-1)} steps`;
  }
}

export function count(number: number, one: string, more = `${one}s`): string {
  return `${plain(number)} ${number === 1 ? one : more}`;
}
