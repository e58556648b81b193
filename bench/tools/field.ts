import type { Bench } from '../harness.ts';
import { ContenderProcess } from './contender.ts';

/** One that is to be measured. */
export interface Entry {
  readonly name: string;
  /** Starts it: a program and its arguments. */
  readonly command: readonly [string, ...string[]];
  /** Without these there is nothing to compare: the bench fails with them. */
  readonly needed?: boolean;
  /** The figures it is asked for; by default all it has. */
  readonly only?: readonly string[];
}

/** What was measured: for each contender that has the figure its numbers, round by round. */
export class Measured {
  readonly #numbers: ReadonlyMap<string, readonly number[]>;

  constructor(numbers: ReadonlyMap<string, readonly number[]>) {
    this.#numbers = numbers;
  }

  of(contender: string, figure: string): readonly number[] {
    const numbers = this.#numbers.get(label(contender, figure));
    if (numbers === undefined) throw new Error(`'${contender}' has no figure '${figure}'`);
    return numbers;
  }

  /** The numbers of all who have the figure, but those. */
  others(figure: string, but: readonly string[]): Record<string, readonly number[]> {
    const found: Record<string, readonly number[]> = {};
    for (const [key, numbers] of this.#numbers) {
      const [contender, its] = JSON.parse(key) as [string, string];
      if (its === figure && !but.includes(contender)) found[contender] = numbers;
    }
    return found;
  }
}

/** Contenders that run side by side, each in a process of its own. */
export class Field {
  readonly #bench: Bench;
  readonly #entries = new Map<ContenderProcess, Entry>();

  private constructor(bench: Bench) {
    this.#bench = bench;
  }

  static async start(bench: Bench, entries: readonly Entry[]): Promise<Field> {
    const field = new Field(bench);
    try {
      for (const entry of entries) {
        const contender = await ContenderProcess.start(entry.name, entry.command);
        field.#entries.set(contender, entry);
        if (contender.version !== undefined) bench.versions[entry.name] = contender.version;
        field.#check(contender);
      }
    } catch (error) {
      field.close();
      throw error;
    }
    return field;
  }

  /** Measures these figures of all who have them, all in turn. */
  async measure(...figures: string[]): Promise<Measured> {
    const contenders: Record<string, () => Promise<number>> = {};
    for (const [contender, { only = contender.figures }] of this.#entries) {
      for (const figure of figures) {
        if (contender.failure !== undefined || !contender.figures.includes(figure) || !only.includes(figure)) continue;
        contenders[label(contender.name, figure)] = async () => {
          if (contender.failure !== undefined) return Number.NaN;
          const value = await contender.measure(figure);
          this.#check(contender);
          return value;
        };
      }
    }
    const numbers = new Map(Object.entries(await this.#bench.interleave(contenders)));
    // One that failed meanwhile has NaN among its numbers.
    for (const [key, values] of numbers) if (values.some(Number.isNaN)) numbers.delete(key);
    return new Measured(numbers);
  }

  close(): void {
    for (const contender of this.#entries.keys()) contender.close();
  }

  #check(contender: ContenderProcess): void {
    const { name, needed = false } = this.#entries.get(contender)!;
    if (contender.failure === undefined) return;
    const text = `${name} is out: ${contender.failure}`;
    if (needed) throw new Error(text);
    this.#bench.note(text);
  }
}

function label(contender: string, figure: string): string {
  return JSON.stringify([contender, figure]);
}
