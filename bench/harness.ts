import { existsSync, readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import { inspect } from 'node:util';
import { table } from '../src/show/table.ts';
import { spreadOf } from '../src/timing/stats.ts';

/** What a figure must reach to hold: at least or at most so much. */
export type Reach = { readonly atLeast: number } | { readonly atMost: number };

/** The median of the rounds' ratios, and the spread. */
export interface Ratio {
  readonly name: string;
  readonly ratio: number;
  readonly least: number;
  readonly most: number;
}

/** One figure. */
export interface BenchRow extends Ratio {
  /** Such as `≥ 0.95`; empty when the figure is only for comparison. */
  readonly reach: string;
  readonly holds: boolean;
  /** The same figure of others, the best first; absent when there are none. */
  readonly peers?: readonly Ratio[];
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
  /** What could not be measured, and why. */
  readonly notes: readonly string[];
}

/** What a topic is given: it measures contenders in turn and adds rows. A topic is `bench/<name>.ts`'s default export. */
export class Bench {
  readonly rounds: number;
  readonly rows: BenchRow[] = [];
  readonly notes: string[] = [];
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

  /** Adds the figure `above ÷ below`, round by round; `peers` are others' numbers in the place of `above`. */
  ratio(
    name: string,
    above: readonly number[],
    below: readonly number[],
    reach?: Reach,
    peers?: Readonly<Record<string, readonly number[]>>,
  ): BenchRow {
    return this.figure(
      name,
      quotients(above, below),
      reach,
      mapValues(peers ?? {}, (each) => quotients(each, below)),
    );
  }

  /** Adds a figure of which there is one number a round. */
  figure(
    name: string,
    values: readonly number[],
    reach?: Reach,
    peers: Readonly<Record<string, readonly number[]>> = {},
  ): BenchRow {
    const own = ratioOf(name, values);
    const sign = reach !== undefined && 'atLeast' in reach ? -1 : 1;
    const others = Object.entries(peers).map(([peer, its]) => ratioOf(peer, its));
    others.sort((a, b) => sign * (a.ratio - b.ratio));
    const row = {
      ...own,
      reach: asText(reach),
      holds: holds(own.ratio, reach),
      ...(others.length > 0 && { peers: others }),
    };
    this.rows.push(row);
    this.#say(`${name}: ${short(own.ratio)} (${short(own.least)} to ${short(own.most)}) ${row.reach}`);
    return row;
  }

  /** Says something that a reader of the table must know; it stands in the report as well. */
  note(text: string): void {
    this.notes.push(text);
    this.#say(text);
  }

  /** Notes the version of a package in the report, if it is installed. */
  version(packageName: string): void {
    for (const modules of ['node_modules/', '../node_modules/']) {
      const file = new URL(`${modules}${packageName}/package.json`, import.meta.url);
      if (existsSync(file)) this.versions[packageName] ??= JSON.parse(readFileSync(file, 'utf8')).version;
    }
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
      notes: this.notes,
    };
  }
}

/** A report as a table for the terminal, with the best of the peers, and another one of all peers if there are any. */
export function asTable(report: BenchReport): string {
  const { topic, rounds, machine, notes } = report;
  const caption = `${topic}: medians of ${rounds} rounds, on ${machine.cores} cores (${machine.cpu})`;
  const columns = ['name', 'ratio', 'least', 'most', 'reach', 'holds'];
  const withPeers = report.rows.some(({ peers }) => peers !== undefined);
  const rows = report.rows.map(({ peers = [], holds: held, ...row }) => ({
    ...row,
    holds: row.reach === '' ? '' : held ? 'yes' : 'NO',
    'best peer': peers.length === 0 ? '' : `${short(peers[0]!.ratio)} ${peers[0]!.name}`,
  }));
  const tables = [table(rows, { caption, columns: withPeers ? [...columns, 'best peer'] : columns })];
  if (withPeers) tables.push(peersTable(report.rows));
  return [...tables.map((each) => inspect(each)), ...notes].join('\n\n');
}

function peersTable(all: readonly BenchRow[]) {
  const rows = all.flatMap(({ name, peers = [] }) =>
    peers.length === 0 ? [] : [{ name, peers: peers.map((peer) => `${peer.name} ${short(peer.ratio)}`).join(', ') }],
  );
  return table(rows, { caption: 'The same figures of the peers' });
}

function ratioOf(name: string, values: readonly number[]): Ratio {
  const { median: ratio, least, most } = spreadOf(values);
  return { name, ratio, least, most };
}

/** `above ÷ below`, round by round. */
export function quotients(above: readonly number[], below: readonly number[]): number[] {
  return above.map((value, round) => value / below[round]!);
}

/** The same names with what `change` makes of their values. */
export function mapValues<T, R>(record: Readonly<Record<string, T>>, change: (value: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}

function short(value: number): string {
  return value.toPrecision(3);
}

function asText(reach: Reach | undefined): string {
  if (reach === undefined) return '';
  return 'atLeast' in reach ? `≥ ${reach.atLeast}` : `≤ ${reach.atMost}`;
}

function holds(ratio: number, reach: Reach | undefined): boolean {
  if (reach === undefined) return true;
  return 'atLeast' in reach ? ratio >= reach.atLeast : ratio <= reach.atMost;
}
