import { drawBars } from '../show/bars.ts';
import { bytes, duration, durations, ratio, spread, times } from '../show/format.ts';
import { type Part, paragraph, partsOf, Shown } from '../show/parts.ts';
import { table } from '../show/table.ts';
import type { Plan } from './compare-options.ts';
import { type Spread, spreadOf } from './stats.ts';
import type { Measured } from './timed.ts';
import type { Timeline } from './timeline.ts';
import { drawTimelines, textOnly } from './timeline-picture.ts';

/** Ms below which one pause, such as a collection of garbage, may outweigh the work, however often it is run again. */
const short = 1;

/** One round: each contender's run. */
type Round = ReadonlyMap<string, Measured>;

/** What `compare` found; it shows itself. Times in ms. */
export class Comparison extends Shown {
  readonly baseline: string;
  /** Contender to wall time in ms. */
  readonly times: Readonly<Record<string, Spread>>;
  /** Contender to speed-up: the baseline's time ÷ its own, taken within each round. */
  readonly speedUps: Readonly<Record<string, Spread>>;
  /** Contender to CPU time ÷ wall time, median of the rounds. */
  readonly coresBusy: Readonly<Record<string, number>>;
  /** Contender to the most memory in bytes of a run, median of the rounds: see `TimedResult.peakMemory`. */
  readonly peakMemory: Readonly<Record<string, number>>;
  /** Contender to what its last run returned. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Contender to the timeline of its middle round. */
  readonly timelines: Readonly<Record<string, Timeline>>;
  /** Contender to Python's speed-up, where the posts give one. */
  readonly python: Readonly<Record<string, number>>;
  /** Rounds that were run; fewer than asked for when the budget was used up. */
  readonly rounds: number;
  readonly #plan: Plan;
  readonly #warm: boolean;
  #pictures: readonly Part[] | undefined;

  constructor(plan: Plan, rounds: readonly Round[], warm = true) {
    super();
    const each = <T>(of: (name: string, runs: readonly Measured[]) => T): Record<string, T> => {
      const runsOf = (name: string) => rounds.map((round) => round.get(name)!);
      return Object.fromEntries([...plan.contenders.keys()].map((name) => [name, of(name, runsOf(name))]));
    };
    this.#plan = plan;
    this.#warm = warm;
    this.baseline = plan.baseline;
    this.rounds = rounds.length;
    this.times = each((_, runs) => spreadOf(runs.map((run) => run.ms)));
    this.speedUps = each((name) => spreadOf(rounds.map((round) => round.get(plan.baseline)!.ms / round.get(name)!.ms)));
    this.coresBusy = each((_, runs) => spreadOf(runs.map((run) => run.cpuMs / run.ms)).median);
    this.peakMemory = each((_, runs) => spreadOf(runs.map((run) => run.peakMemory)).median);
    this.values = each((_, runs) => runs.at(-1)!.value);
    this.timelines = each((name, runs) => middleTimeline(runs, this.times[name]!.median));
    const python = [...plan.python].flatMap(([name, { speedUp }]) => (speedUp === undefined ? [] : [[name, speedUp]]));
    this.python = Object.fromEntries(python);
  }

  /** Prepares the pictures, which a cell then shows. */
  async draw(): Promise<this> {
    const bars = Object.entries(this.times).map(([name, time]) => ({ name, value: time.median, ...time }));
    this.#pictures ??= [
      await drawBars(bars, {
        title: 'Time of each contender',
        caption: this.rounds > 1 ? 'Time, median; the thin line spans least to most' : 'Time',
        format: duration,
      }),
      await drawTimelines(this.#groups, 'Timeline of each contender', 'What happened in the middle round'),
    ];
    return this;
  }

  get #groups() {
    return Object.entries(this.timelines).map(([title, timeline]) => ({ title, timeline }));
  }

  protected override parts(): readonly Part[] {
    const { title, prediction, python, differ } = this.#plan;
    const names = Object.keys(this.times);
    const several = this.rounds > 1;
    const rows = names.map((name) => {
      const speedUp = this.speedUps[name]!;
      const post = python.get(name);
      const seconds = post?.seconds === undefined ? '' : duration(post.seconds * 1000);
      const posted = post?.speedUp === undefined || name === this.baseline ? '' : times(post.speedUp);
      return {
        contender: name,
        time: several ? durations(this.times[name]!) : duration(this.times[name]!.median),
        'speed-up': name === this.baseline ? 'baseline' : several ? withSpread(speedUp) : times(speedUp.median),
        'cores busy': this.coresBusy[name]!.toFixed(2),
        'peak memory': bytes(this.peakMemory[name]!),
        'in Python': seconds && posted ? `${seconds} (${posted})` : seconds || posted,
      };
    });
    const columns = Object.keys(rows[0]!).filter((key) => rows.some((row) => row[key as 'time'] !== ''));
    const rounds = several ? `median of ${this.rounds} rounds (least–most)` : 'one round';
    const figures = table(rows, {
      caption: title === undefined ? `Time, ${rounds}` : `${title}: ${rounds}`,
      columns: columns.map((key) => ({ key, align: key === 'contender' ? 'left' : 'right' })),
    });
    const pictures = this.#pictures ?? [textOnly(this.#groups)];
    const score = prediction ? partsOf(prediction.score(this)) : [];
    return [...partsOf(figures), ...this.#notes(differ).map(paragraph), ...score, ...pictures];
  }

  #notes(differ: Plan['differ']): string[] {
    const { rounds, budget, cores } = this.#plan;
    const notes: string[] = [];
    if (cores === 1) {
      notes.push('This machine offers one core: no speed-up is to be expected of CPU-bound work, only waits overlap.');
    }
    if (this.rounds < rounds || !this.#warm) {
      const how = this.#warm ? `${this.rounds} of ${rounds} rounds` : 'One round without a warm-up';
      notes.push(`${how}: the budget of ${duration(budget)} was used up.`);
    }
    const { least, most } = this.times[this.baseline]!;
    if (most > 1.5 * least) {
      const apart =
        least < short
          ? 'a time so short is easily disturbed. Take the speed-ups as rough.'
          : 'rounds so far apart make the speed-ups rough. Run it again, with more rounds if they stay so.';
      notes.push(`${this.baseline} took from ${duration(least)} to ${duration(most)}: ${apart}`);
    }
    const same = Object.keys(this.times).filter((name) => !Object.hasOwn(differ, name));
    if (same.length > 1) notes.push(`Same result in every round: ${same.join(', ')}.`);
    for (const [name, reason] of Object.entries(differ)) notes.push(`${name} is meant to differ: ${reason}.`);
    return notes;
  }
}

function withSpread({ median, least, most }: Spread): string {
  return `${times(median)} (${spread(least, most, ratio)})`;
}

/** The timeline of the run nearest to the median, of those whose events were kept; the last run's always are. */
function middleTimeline(runs: readonly Measured[], median: number): Timeline {
  const [nearest] = runs
    .filter((run) => run.timeline)
    .sort((a, b) => Math.abs(a.ms - median) - Math.abs(b.ms - median));
  return nearest!.timeline!();
}
