import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { duration, percent, plain, times } from '../show/format.ts';
import { type Part, paragraph, partsOf, Shown } from '../show/parts.ts';
import { table } from '../show/table.ts';
import type { RecordedEvent } from './events.ts';
import { type Lane, lanesOf, runTime, sumOfRuns, type Task, type Wait } from './lanes.ts';
import { spreadOf } from './stats.ts';
import { drawTimelines, textOnly } from './timeline-picture.ts';
import { chromeTrace } from './trace.ts';

/** Lanes with a row of their own in the table; more are one row together. */
const mostRows = 6;

/**
 * What really happened, made from recorded events: one lane for each worker, and in it what the worker did.
 *
 * - **start-up**: the worker is being made; no task can run yet.
 * - **queue**: a task has been submitted and has not started: it waits for its turn, or its data travels.
 * - **run**: the task runs.
 * - **wait**: the running task waits for a lock, a queue or a barrier.
 * - **reply**: the task has finished; its result travels, and waits until the caller is free to take it.
 *
 * A timeline shows itself as a picture and as text. All times are ms.
 *
 * @example
 * const timeline = await record(() => pool.map(work, [1, 2, 3, 4]));
 * console.log(timeline.maxConcurrency, 'tasks ran at once');
 */
export class Timeline extends Shown {
  readonly events: readonly RecordedEvent[];
  readonly lanes: readonly Lane[];
  readonly tasks: readonly Task[];
  /** Waits for locks, queues and barriers, those that had not to wait included. */
  readonly waits: readonly Wait[];
  /** First and last moment shown, in ms of `now()`. */
  readonly start: number;
  readonly end: number;
  /** Events that the recorder had no room for. */
  readonly dropped: number;
  /** The most tasks that ran at the same moment. */
  readonly maxConcurrency: number;
  /** Ms in which two tasks or more ran. */
  readonly overlapTime: number;
  /** Ms of all tasks' runs together: what one worker would need, if no task slowed another. */
  readonly workTime: number;
  #picture: Part | undefined;

  constructor(events: readonly RecordedEvent[], region: { start?: number; end?: number; dropped?: number } = {}) {
    super();
    const sorted = events.toSorted((a, b) => a.time - b.time);
    this.events = sorted;
    this.lanes = lanesOf(sorted);
    this.tasks = this.lanes.flatMap((lane) => lane.tasks);
    this.waits = this.lanes.flatMap((lane) => lane.waits);
    this.start = region.start ?? sorted[0]?.time ?? 0;
    this.end = Math.max(this.start, region.end ?? sorted.at(-1)?.time ?? 0);
    this.dropped = region.dropped ?? 0;
    const { most, overlap } = concurrency(this.tasks.filter((task) => runTime(task) > 0).map(runOf));
    this.maxConcurrency = most;
    this.overlapTime = overlap;
    this.workTime = sumOfRuns(this.tasks);
  }

  /** Ms from start to end. */
  get span(): number {
    return this.end - this.start;
  }

  /** `workTime` ÷ `span`: how many tasks ran at once on average. It is no speed-up where tasks slow each other down. */
  get speedUp(): number {
    return this.workTime / this.span;
  }

  /** `speedUp` ÷ number of workers: the share of the workers' time that went into running tasks. */
  get efficiency(): number {
    return this.speedUp / this.workers;
  }

  /** Lanes that ran tasks or were started to. */
  get workers(): number {
    return this.lanes.filter((lane) => lane.tasks.some((task) => task.started) || lane.lives.length > 0).length;
  }

  /**
   * Whether two tasks ran at the same moment. A task is given by id, by name (any task of that name) or as itself.
   *
   * @throws RangeError when no recorded task has that id or name
   */
  overlaps(a: Task | number | string, b: Task | number | string): boolean {
    const others = this.#find(b);
    return this.#find(a).some((one) => others.some((other) => one !== other && overlap(one, other) > 0));
  }

  /**
   * The most that held the lock of that name at the same moment, from `acquired` to `released`: 1 when nobody else was
   * ever inside, 0 when nobody was. One that was never released is inside to the end.
   *
   * @param slack ms at the end of each that do not count, as the clocks of two threads differ by some µs
   * @throws RangeError when no recorded wait has that name
   */
  mostInside(name: string, slack = 0.005): number {
    const holds = this.waits.filter((wait) => wait.name === name);
    if (holds.length === 0) throw new RangeError(`Nothing was recorded of a lock named ${JSON.stringify(name)}.`);
    const inside = holds.flatMap(({ acquired, released, ok }): Span[] =>
      acquired === undefined || !ok
        ? []
        : [[acquired, Math.max(acquired + 1e-6, (released ?? Number.POSITIVE_INFINITY) - slack)]],
    );
    return concurrency(inside).most;
  }

  #find(which: Task | number | string): Task[] {
    if (typeof which === 'object') return [which];
    const found = this.tasks.filter((task) => task.id === which || task.name === which);
    if (found.length > 0) return found;
    const names = [...new Set(this.tasks.map((task) => task.name ?? task.id))].slice(0, 10);
    throw new RangeError(`No task ${JSON.stringify(which)} was recorded, only: ${names.join(', ') || 'none at all'}.`);
  }

  /** The events in Chrome's trace format (times in µs from the start), which https://ui.perfetto.dev opens. */
  toChromeTrace(): object {
    return chromeTrace(this);
  }

  /** Writes the Chrome trace to a file, to be opened at https://ui.perfetto.dev or chrome://tracing. */
  async writeChromeTrace(path: string): Promise<void> {
    await writeFile(path, JSON.stringify(this.toChromeTrace()));
  }

  /** Prepares the picture, which a cell then shows; without it a timeline shows itself as text. */
  async draw(title = 'Timeline'): Promise<this> {
    this.#picture ??= await drawTimelines([{ timeline: this }], title);
    return this;
  }

  protected override parts(): readonly Part[] {
    const picture = this.#picture ?? textOnly([{ timeline: this }]);
    return this.tasks.length > 1 ? [picture, ...this.#figures()] : [picture];
  }

  #figures(): readonly Part[] {
    const lanes = this.lanes.filter((lane) => lane.tasks.length > 0);
    const all = { name: `all ${lanes.length}`, lives: lanes.flatMap((lane) => lane.lives), tasks: this.tasks };
    const rows = (lanes.length > mostRows ? [all] : lanes).map(({ name, lives, tasks }) => ({
      lane: name,
      tasks: plain(tasks.length),
      busy: percent(sumOfRuns(tasks) / this.span / (tasks === this.tasks ? lanes.length : 1)),
      'start-up': middle(lives, 'spawned', 'ready'),
      queue: middle(tasks, 'submitted', 'started'),
      run: middle(tasks, 'started', 'finished'),
      reply: middle(tasks, 'finished', 'received'),
    }));
    const columns = Object.keys(rows[0]!).filter((key) => rows.some((row) => row[key as 'lane'] !== ''));
    const messages = new Set(this.tasks.map(({ lane, message }) => message !== undefined && `${lane} ${message}`));
    const sent =
      messages.has(false) || messages.size === this.tasks.length ? '' : ` in ${plain(messages.size)} messages`;
    const caption = `${plain(this.tasks.length)} tasks${sent}, ${this.maxConcurrency} at once; median times`;
    const summary =
      `${this.overlapTime > 0 ? `Two or more ran at once for ${duration(this.overlapTime)}` : 'No two ran at once'}. Work ÷ time: ${duration(this.workTime)} ÷ ` +
      `${duration(this.span)} = ${times(this.speedUp)}; ÷ ${this.workers} ${this.workers === 1 ? 'worker' : 'workers'}: efficiency ${percent(this.efficiency)}.`;
    const cores = availableParallelism();
    const crowd =
      this.maxConcurrency > cores && lanes.some(({ name }) => /^(thread|process) /.test(name))
        ? ` More ran at once than there are cores (${cores}): what one waited for a core counts as its run.`
        : '';
    return [
      ...partsOf(
        table(rows, { caption, columns: columns.map((key) => ({ key, align: key === 'lane' ? 'left' : 'right' })) }),
      ),
      paragraph(summary + crowd),
    ];
  }
}

function overlap(a: Task, b: Task): number {
  if (runTime(a) === 0 || runTime(b) === 0) return 0;
  return Math.min(a.finished!, b.finished!) - Math.max(a.started!, b.started!);
}

/** The median time between two moments, of those that have both. */
function middle<K extends string>(of: readonly { readonly [key in K]: number | undefined }[], from: K, to: K): string {
  const spans = of.flatMap((one) => (one[from] === undefined || one[to] === undefined ? [] : [one[to] - one[from]]));
  return spans.length === 0 ? '' : duration(spreadOf(spans).median);
}

/** When something began and ended. */
type Span = readonly [from: number, to: number];

function runOf({ started, finished }: Task): Span {
  return [started!, finished!];
}

/** The most that went on at once, and for how long two or more did. One that ends as another begins does not overlap it. */
function concurrency(spans: readonly Span[]): { most: number; overlap: number } {
  const steps = spans
    .flatMap(([from, to]) => [
      { time: from, by: 1 },
      { time: to, by: -1 },
    ])
    .sort((a, b) => a.time - b.time || a.by - b.by);
  let running = 0;
  let most = 0;
  let both = 0;
  let last = 0;
  for (const { time, by } of steps) {
    if (running > 1) both += time - last;
    running += by;
    most = Math.max(most, running);
    last = time;
  }
  return { most, overlap: both };
}
