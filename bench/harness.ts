import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import { inspect } from 'node:util';
import { table } from '../src/show/table.ts';
import { spreadOf } from '../src/timing/stats.ts';

/** What a figure must reach to hold: at least or at most so much. */
export type Reach = { readonly atLeast: number } | { readonly atMost: number };

/** One figure: the median of its rounds' ratios, and the spread. */
export interface BenchRow {
  readonly name: string;
  readonly ratio: number;
  readonly least: number;
  readonly most: number;
  /** Such as `≥ 0.95`; empty when the figure is only for comparison. */
  readonly reach: string;
  readonly holds: boolean;
}

/** Something measured: runs once and gives a number, the ms it took unless the figure is another one. */
export type Contender = () => number | Promise<number>;

/** What the JSON file of a bench holds. */
export interface BenchReport {
  readonly topic: string;
  readonly rounds: number;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memoryGB: number;
    readonly system: string;
  };
  readonly versions: Readonly<Record<string, string>>;
  readonly rows: readonly BenchRow[];
}

/** What a topic is given: it measures contenders in turn and adds rows. A topic is `bench/<name>.ts`'s default export. */
export class Bench {
  readonly rounds: number;
  readonly rows: BenchRow[] = [];
  readonly versions: Record<string, string> = { node: process.versions.node };
  readonly #say: (line: string) => void;

  constructor(rounds: number, say: (line: string) => void = () => {}) {
    this.rounds = rounds;
    this.#say = say;
  }

  /**
   * Runs all contenders once unmeasured, then `rounds` times one after the other, so that what slows the machine for a
   * while slows them alike. Every second round runs them in the opposite order.
   *
   * @returns the numbers of each contender, round by round
   */
  async interleave<K extends string>(
    contenders: Readonly<Record<K, Contender>>,
    rounds: number = this.rounds,
  ): Promise<Record<K, number[]>> {
    const names = Object.keys(contenders) as K[];
    const numbers = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<K, number[]>;
    for (const name of names) await contenders[name]();
    for (let round = 0; round < rounds; round += 1) {
      for (const name of round % 2 === 0 ? names : names.toReversed()) numbers[name].push(await contenders[name]());
    }
    return numbers;
  }

  /** Adds the figure `above ÷ below`, round by round. */
  ratio(name: string, above: readonly number[], below: readonly number[], reach?: Reach): BenchRow {
    return this.figure(
      name,
      above.map((value, round) => value / below[round]!),
      reach,
    );
  }

  /** Adds a figure of which there is one number a round. */
  figure(name: string, values: readonly number[], reach?: Reach): BenchRow {
    const { median: ratio, least, most } = spreadOf(values);
    const row = { name, ratio, least, most, reach: asText(reach), holds: holds(ratio, reach) };
    this.rows.push(row);
    this.#say(`${name}: ${ratio.toPrecision(3)} (${least.toPrecision(3)} to ${most.toPrecision(3)}) ${row.reach}`);
    return row;
  }

  /** Notes the version of an installed package in the report. */
  version(packageName: string, root: URL = new URL('../node_modules/', import.meta.url)): void {
    const { version } = JSON.parse(readFileSync(new URL(`${packageName}/package.json`, root), 'utf8'));
    this.versions[packageName] = version;
  }

  report(topic: string): BenchReport {
    return {
      topic,
      rounds: this.rounds,
      machine: {
        cpu: cpus()[0]?.model.trim() ?? 'unknown',
        cores: availableParallelism(),
        memoryGB: Math.round(totalmem() / 2 ** 30),
        system: `${platform()} ${release()} ${arch()}`,
      },
      versions: this.versions,
      rows: this.rows,
    };
  }
}

/** A report as a table for the terminal. */
export function asTable(report: BenchReport): string {
  const { topic, rounds, machine } = report;
  const caption = `${topic}: medians of ${rounds} rounds, on ${machine.cores} cores (${machine.cpu})`;
  const rows = report.rows.map(({ holds: held, ...row }) => ({
    ...row,
    holds: row.reach === '' ? '' : held ? 'yes' : 'NO',
  }));
  return inspect(table(rows, { caption, columns: ['name', 'ratio', 'least', 'most', 'reach', 'holds'] }));
}

function asText(reach: Reach | undefined): string {
  if (reach === undefined) return '';
  return 'atLeast' in reach ? `≥ ${reach.atLeast}` : `≤ ${reach.atMost}`;
}

function holds(ratio: number, reach: Reach | undefined): boolean {
  if (reach === undefined) return true;
  return 'atLeast' in reach ? ratio >= reach.atLeast : ratio <= reach.atMost;
}
