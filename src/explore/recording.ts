import { duration, plain } from '../show/format.ts';
import { type Part, paragraph, Shown } from '../show/parts.ts';
import type { RecordedEvent } from '../timing/events.ts';
import { lanesOf } from '../timing/lanes.ts';
import { count } from './exploration.ts';
import { drawLanes, type LaneRow } from './picture.ts';

/** One stay inside: of a thread between taking a lock and letting it go, or in a task. Times in ms of `now()`. */
export interface Stay {
  readonly lane: string;
  readonly from: number;
  readonly to: number;
}

/** Rows of the picture: what led to the first overlap, or how it began. */
const mostRows = 12;

/** Who was inside when, in a real run; it shows itself in words and as lanes, as an exploration does. */
export class Inside extends Shown {
  /** What they were inside of: the name of the lock or the task. */
  readonly of: string;
  /** In the order of their beginning. */
  readonly stays: readonly Stay[];
  /** Stays that began while another thread was inside. */
  readonly overlaps: number;
  /** The most threads that were inside at the same moment. */
  readonly most: number;
  readonly #rows: readonly LaneRow[];
  readonly #lanes: readonly string[];
  /** Index of the row that began the first overlap, -1 when there was none. */
  readonly #first: number;

  constructor(of: string, stays: readonly Stay[]) {
    super();
    this.of = of;
    this.stays = stays.toSorted((a, b) => a.from - b.from);
    this.#lanes = [...new Set(stays.map(({ lane }) => lane))].sort((a, b) =>
      a.localeCompare(b, 'en', { numeric: true }),
    );
    const start = this.stays[0]?.from ?? 0;
    // Who leaves at the moment at which another enters was not inside with it; nobody leaves before it enters.
    const moments = this.stays
      .flatMap(({ lane, from, to }) => [
        { lane, time: from, enters: true, place: 1 },
        { lane, time: to, enters: false, place: to > from ? 0 : 2 },
      ])
      .sort((a, b) => a.time - b.time || a.place - b.place);
    const inside: string[] = [];
    let [overlaps, most, first] = [0, 0, -1];
    this.#rows = moments.map(({ lane, time, enters }, index) => {
      if (enters) {
        if (inside.some((other) => other !== lane)) {
          overlaps += 1;
          if (first < 0) first = index;
        }
        inside.push(lane);
        most = Math.max(most, new Set(inside).size);
      } else inside.splice(inside.indexOf(lane), 1);
      const beside = `${duration(time - start)}; inside: ${inside.join(', ') || 'nobody'}`;
      return { number: index + 1, lane: this.#lanes.indexOf(lane), what: enters ? 'enters' : 'leaves', beside };
    });
    this.overlaps = overlaps;
    this.most = most;
    this.#first = first;
  }

  protected override parts(): readonly Part[] {
    const inAll = `${count(this.stays.length, 'time')} in all`;
    const times = `${count(this.#lanes.length, 'thread')} went into ${this.of}, ${inAll}`;
    const met =
      this.overlaps === 0
        ? 'never two at once'
        : `${plain(this.overlaps)} while another was inside, ${this.most} at once at most`;
    const words = paragraph(`${times}: ${met}. This is one run: another may come out otherwise.`);
    if (this.stays.length === 0) return [words];
    const met1 = this.#first >= 0;
    const end = met1 ? this.#first + 1 : Math.min(this.#rows.length, mostRows);
    const rows = this.#rows.slice(Math.max(0, end - mostRows), end);
    const title = `Who was inside ${this.of}`;
    const description = rows.map(({ lane, what, beside }) => `${this.#lanes[lane]} ${what} (${beside})`).join('; ');
    const caption = met1 ? `How two came to be inside ${this.of} first` : `The first ${rows.length} comings and goings`;
    return [
      words,
      drawLanes({ title, description, caption, lanes: this.#lanes, rows, beside: 'time; who is inside', fails: met1 }),
    ];
  }
}

/**
 * Reads from recorded events who was inside when: between `acquired` and `released` of a lock, or in a task from its
 * start to its end. What the explorer does for every interleaving of a small program, it does for the one that happened.
 *
 * @param recorded a recorder or a timeline, or their events
 * @param of the name of the lock or task; without it all that has a name are one
 * @example
 * const timeline = await record(() => pool.map(count, items));
 * console.log(fromRecording(timeline, 'count').overlaps);
 */
export function fromRecording(
  recorded: { readonly events: readonly RecordedEvent[] } | readonly RecordedEvent[],
  of?: string,
): Inside {
  const events = 'events' in recorded ? recorded.events : recorded;
  const stays: Stay[] = [];
  for (const { name: lane, waits, tasks } of lanesOf(events.toSorted((a, b) => a.time - b.time))) {
    const spans = [
      ...waits.map(({ name, acquired, released }) => ({ name, from: acquired, to: released })),
      ...tasks.map(({ name, started, finished }) => ({ name, from: started, to: finished })),
    ];
    for (const { name, from, to } of spans) {
      if (of !== undefined && name !== of) continue;
      if (from !== undefined && to !== undefined) stays.push({ lane, from, to });
    }
  }
  return new Inside(of ?? 'the section', stays);
}
