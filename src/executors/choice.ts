import { availableParallelism } from 'node:os';
import { drawCurves } from '../show/curves.ts';
import { bytes, duration, durations, percent, plain, ratio, spread, times } from '../show/format.ts';
import { type Part, paragraph, partsOf, Shown } from '../show/parts.ts';
import { table } from '../show/table.ts';
import type { BoundBy, Diagnosis } from '../timing/diagnose.ts';
import { type Spread, spreadOf } from '../timing/stats.ts';
import { type Costs, costOf, type Decision, decide, type EngineName, judgedOn, paysFrom } from './choose-decide.ts';
import type { ChoosePlan } from './choose-options.ts';
import { executorOf, type Refusal, type Trial, titleOf } from './choose-trial.ts';
import type { Executor } from './executor.ts';

/** What one engine needed. Times in ms. */
export interface EngineFigures {
  readonly engine: EngineName;
  /** As it is written in a program. */
  readonly title: string;
  /** Until all its workers were ready. */
  readonly start: number;
  /** The first run of the items that were tried, on fresh workers. */
  readonly first: number;
  /** A later run of them. */
  readonly time: Spread;
  /** CPU time of a later run, median. */
  readonly cpuMs: number;
  /** Bytes held beyond what was held before, at most. */
  readonly memory: number;
  /** How many times as fast as a plain loop, warm. */
  readonly speedUp: Spread;
  /** For the whole job, the start included. */
  readonly job: Spread;
}

/** What the verdict means for the choice of an engine. */
const means: Readonly<Record<BoundBy, string>> = {
  'CPU-bound': 'More cores help it; async overlaps only its waits, and what native threads do.',
  'I/O-bound': 'The rest it waited, and waits can overlap, on one thread as well.',
  mixed: 'Its waits can overlap on one thread; its computing needs more cores.',
  idle: 'The rest it waited, and waits can overlap, on one thread as well.',
};

/** From this share of time without a core on, a run says little. */
const crowded = 0.25;
/** Cores: if others keep no more busy, or the workers want no more, the choice is taken not to be moved. */
const bearable = 0.3;

/** What `choose` found; it shows itself. Times in ms. */
export class Choice extends Shown {
  readonly label: string;
  /** The engine that is recommended. */
  readonly engine: EngineName;
  /** What the function is held up by. */
  readonly diagnosis: Diagnosis<unknown[]>;
  /** Each engine that could run it, the simplest first. */
  readonly engines: readonly EngineFigures[];
  /** Calls of one run. */
  readonly tried: number;
  /** Engines that were left out, and why. */
  readonly refused: readonly Refusal[];
  /** Engines within the spread of the recommended one, which is the simpler. */
  readonly close: readonly EngineName[];
  /** From how many items on a pool is faster than the best that one thread can do, its start paid; Infinity: never. */
  readonly paysFrom: number;
  /** What would be recommended on one core. */
  readonly onOneCore: EngineName;
  /** False when the machine was too busy for it, or the rounds too few: run it again. */
  readonly reliable: boolean;
  readonly #plan: ChoosePlan;
  readonly #costs: readonly Costs[];
  readonly #bestPool: EngineFigures | undefined;
  /** Cores that others kept busy during the rounds; undefined where that cannot be told. */
  readonly #others: number | undefined;
  #picture: Part | undefined;

  constructor(found: {
    plan: ChoosePlan;
    diagnosis: Diagnosis<unknown[]>;
    tried: number;
    trials: readonly Trial[];
    refused: readonly Refusal[];
    others: number | undefined;
  }) {
    super();
    const { plan, diagnosis, tried, trials } = found;
    this.#plan = plan;
    this.tried = tried;
    this.label = plan.label;
    this.diagnosis = diagnosis;
    this.refused = found.refused;
    this.#others = found.others;
    const costs = trials.map(({ engine, start, rounds }) => ({
      engine,
      start: atHome(engine) ? 0 : start,
      each: rounds.map(({ ms }) => ms / tried),
      cpuEach: rounds.map(({ cpuMs }) => cpuMs / tried),
    }));
    const serial = costs[0]!;
    const alone = spreadOf(serial.each).median;
    this.#costs = costs;
    this.engines = trials.map(({ engine, title, first, memory, rounds }, index) => {
      const mine = costs[index]!;
      return {
        engine,
        title,
        start: mine.start,
        first: first.ms,
        time: spreadOf(rounds.map(({ ms }) => ms)),
        cpuMs: spreadOf(rounds.map(({ cpuMs }) => cpuMs)).median,
        memory,
        speedUp: spreadOf(mine.each.map((ms, round) => serial.each[round]! / ms)),
        job: spreadOf(costOf(mine, plan.total, alone)),
      };
    });
    const computes = diagnosis.verdict === 'CPU-bound';
    const judged = judgedOn(availableParallelism(), costs, computes);
    const decision: Decision = decide(judged, plan.total);
    this.engine = decision.engine;
    this.close = decision.close;
    this.onOneCore = decide(judgedOn(1, costs, computes), plan.total).engine;
    const pools = judged.filter(({ engine }) => !atHome(engine));
    const homes = judged.filter(({ engine }) => atHome(engine));
    const home = decide(homes, Math.max(plan.total, tried)).engine;
    const pays = pools.map((pool) => paysFrom(pool, judged.find(({ engine }) => engine === home)!, alone));
    this.paysFrom = Math.min(Number.POSITIVE_INFINITY, ...pays);
    const best = pools[pays.indexOf(this.paysFrom)];
    this.#bestPool = best && this.#figures(best.engine);
    this.reliable = this.#doubt === undefined;
  }

  /** True when every other engine is slower by more than the spread, or no simpler one is as fast. */
  get confidence(): 'clear' | 'close' {
    return this.close.length === 0 ? 'clear' : 'close';
  }

  /** The recommended executor, new and as it was measured: `withExecutor(choice.executor(), …)`. */
  executor(): Executor {
    return executorOf(this.engine, this.#plan);
  }

  /** Prepares the picture, which a cell then shows. */
  async draw(): Promise<this> {
    const items = this.#places;
    const alone = spreadOf(this.#costs[0]!.each).median;
    const curve = (one: Costs) => items.map((n): [number, number] => [n, spreadOf(costOf(one, n, alone)).median]);
    this.#picture ??= await drawCurves({
      title: 'Time by number of items, start included',
      x: { title: 'items', log: true },
      y: { title: 'time', unit: 'ms', log: true },
      curves: Object.fromEntries(this.#costs.map((one) => [this.#short(one.engine), curve(one)])),
    });
    return this;
  }

  /** Numbers of items for the picture: powers of ten around what matters. */
  get #places(): number[] {
    const far = Math.max(100, this.#plan.total, Number.isFinite(this.paysFrom) ? 5 * this.paysFrom : 0);
    const last = Math.min(7, Math.ceil(Math.log10(far)));
    return Array.from({ length: last + 1 }, (_, power) => 10 ** power);
  }

  /** An engine's name where there is little room. */
  #short(engine: EngineName): string {
    const { limit, workers } = this.#plan;
    return engine === 'serial' ? 'plain loop' : `${engine} × ${engine === 'async' ? limit : workers}`;
  }

  #figures(engine: EngineName): EngineFigures {
    return this.engines.find((one) => one.engine === engine)!;
  }

  get #doubt(): string | undefined {
    const { spent, ms, computing } = this.diagnosis;
    const { time, cpuMs } = this.#figures('serial');
    const cores = availableParallelism();
    const others = this.#others ?? 0;
    const wanted = computing * Math.min(this.#plan.workers, this.tried);
    // What mostly waits leaves them the cores, all of them if need be, and is no slower for it.
    if (others > bearable && wanted > bearable && others + wanted > cores) {
      return `Others kept ${ratio(others)} of ${cores} cores busy meanwhile, so this says little: run it again.`;
    }
    // What computes in the loop for less of the time than when it was diagnosed had no core meanwhile.
    const lost = Math.max(spent.lost / ms, computing > crowded ? computing - cpuMs / time.median : 0);
    if (lost > crowded) {
      return `For ${percent(lost)} of the time no core was free, so this says little: run it again.`;
    }
    if (this.#costs[0]!.each.length < 2) return 'Only one round fitted into the budget, so the spread is unknown.';
    // Where workers compute as the loop does, and no longer, they should keep their cores busy.
    const pool = this.engines.find(({ engine }) => engine === 'threads');
    const expected = Math.min(this.#plan.workers, cores, this.tried);
    const busy = pool === undefined ? expected : pool.cpuMs / pool.time.median;
    if (atHome(this.engine) && computing > 0.7 && (pool?.cpuMs ?? 0) < 1.5 * cpuMs && busy < 0.7 * expected) {
      return `The pools had ${ratio(busy)} of ${expected} cores, so this says little of them: run it again.`;
    }
    const near = [this.engine, ...this.close];
    const unsteady = this.engines.find(({ engine, time }) => near.includes(engine) && time.most > 1.5 * time.least);
    return unsteady && this.confidence === 'close'
      ? `Runs of ${unsteady.title} took from ${duration(unsteady.time.least)} to ${duration(unsteady.time.most)}: run it again.`
      : undefined;
  }

  /** What is recommended, and what it is better than. */
  get #verdict(): string {
    const { total } = this.#plan;
    const { title, start, job: mine } = this.#figures(this.engine);
    const job = counted(total);
    if (this.engine === 'serial') return `${this.label}: a plain loop. For ${job} nothing else is worth its price.`;
    const loop = this.#figures('serial').job;
    const gain = `${times(loop.median / mine.median)} as fast as a plain loop for ${job}`;
    return `${this.label}: ${title}, ${gain}${start === 0 ? '' : ', its start included'}.`;
  }

  get #kind(): string {
    const { diagnosis } = this;
    if (diagnosis.ms < 50) return 'It is over too soon to say what holds it up.';
    return `It is ${diagnosis.verdict}: it computed ${percent(diagnosis.computing)} of the time that it had. ${means[diagnosis.verdict]}`;
  }

  get #breakEven(): string {
    const pool = this.#bestPool;
    if (!pool) return 'No pool could run it: the reasons are below.';
    if (!Number.isFinite(this.paysFrom))
      return 'No pool pays, however many items there are: an item is no cheaper there.';
    return `A pool pays from ${counted(this.paysFrom)} on: ${pool.title} takes ${duration(pool.start)} to start, and gains on each item.`;
  }

  get #certainty(): string {
    const names = this.close.map((engine) => this.#figures(engine).title);
    if (this.engines.length === 1) return 'No other engine could run it.';
    if (names.length === 0) return 'No other engine comes near it: the choice is clear.';
    const are = names.length === 1 ? 'is' : 'are';
    return `${names.join(' and ')} ${are} within a tenth of it or within the spread: close, and the simpler is recommended.`;
  }

  protected override parts(): readonly Part[] {
    const { total } = this.#plan;
    const rows = this.engines.map((figures) => ({
      engine: `${figures.engine === this.engine ? '→ ' : ''}${this.#short(figures.engine)}`,
      start: figures.start === 0 ? 'none' : duration(figures.start),
      'first run': duration(figures.first),
      'later runs': durations(figures.time),
      'speed-up':
        figures.engine === 'serial'
          ? ''
          : `${times(figures.speedUp.median)} (${spread(figures.speedUp.least, figures.speedUp.most, ratio)})`,
      'CPU time': duration(figures.cpuMs),
      memory: `+ ${bytes(figures.memory)}`,
      [`all ${counted(total)}`]: duration(figures.job.median),
    }));
    const rounds = this.#costs[0]!.each.length;
    const caption = `${plain(this.tried)} calls a run; median of ${rounds} later runs (least–most)`;
    const columns = Object.keys(rows[0]!).map((key) => ({ key, align: key === 'engine' ? 'left' : 'right' }) as const);
    const words = [
      this.#verdict,
      ...(this.#doubt ? [this.#doubt] : []),
      this.#kind,
      this.#breakEven,
      this.#certainty,
      `On one core it would be ${titleOf(this.onOneCore, this.#plan)}${this.onOneCore === this.engine ? ' as well' : ''}.`,
    ];
    const out = this.refused.map(({ title, why }) => paragraph(`${title} was left out: ${why}`));
    return [
      ...words.map(paragraph),
      ...partsOf(table(rows, { caption, columns })),
      ...out,
      ...(this.#picture ? [this.#picture] : []),
    ];
  }
}

/** Whether it runs on the thread that asks. */
const atHome = (engine: EngineName): boolean => engine === 'serial' || engine === 'async';

function counted(items: number): string {
  return `${plain(items)} ${items === 1 ? 'item' : 'items'}`;
}
