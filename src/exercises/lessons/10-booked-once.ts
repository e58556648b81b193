import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Definition } from '../definition.ts';
import { same } from '../evidence.ts';
import { observe } from '../observe.ts';

export interface Transfer {
  readonly id: string;
  readonly to: string;
  readonly amount: number;
}

type Row = Pick<Transfer, 'to' | 'amount'>;

/** What the answer books in. */
export interface Ledger {
  append(row: Row): Promise<void>;
  put(name: string, row: Row): Promise<void>;
  rows(): Promise<Row[]>;
}

type Book = (ledger: Ledger, transfer: Transfer) => unknown;

// Two transfers are alike in all but their ids.
const transfers: readonly Transfer[] = [
  { id: 'T-1', to: 'Ada', amount: 40 },
  { id: 'T-2', to: 'Grace', amount: 25 },
  { id: 'T-3', to: 'Ada', amount: 40 },
];
const wanted = transfers.map(({ to, amount }) => ({ to, amount }));
const first = transfers[0]!;

/** A task that may run twice books once. */
export const bookedOnce: Definition<Book> = {
  id: '10.1',
  title: 'booked once',
  task: 'Book the transfer so that it is in the ledger once, however often, and however far, the task has run.',
  stub: async function book(ledger: Ledger, transfer: Transfer) {
    const { to, amount } = transfer;
    await ledger.append({ to, amount });
  },
  hints: [
    'A task that runs again cannot know how far the first run came. Which of the two ways to write does nothing the second time?',
    'To look whether the row is there and then append it are two steps: it can die, or another can look, between them.',
    'put writes under a name. Take one that every run of this task has and no other task: ledger.put(transfer.id, …).',
  ],
  solution: `async function book(ledger, transfer) {
  const { id, to, amount } = transfer;
  await ledger.put(id, { to, amount });
}`,
  async judge(answer, that) {
    const books = new Books();
    const { trouble } = await observe(async () => {
      for (const transfer of transfers) await answer(books.ledger(), { ...transfer });
    }, 5_000);
    if (trouble !== undefined) return void that('it finishes', false, trouble);
    that('each transfer is in the ledger once', same(sorted(books.rows), sorted(wanted)), told(books.rows));

    // Killed before each step in turn, and at last after the last one, before anybody heard that it was over.
    const bad: string[] = [];
    let moments = 0;
    for (let isOver = false; !isOver && moments < 100; moments += 1) {
      const after = new Books();
      const power = { steps: moments };
      await observe(() => answer(after.ledger(power), { ...first }), 5_000);
      isOver = power.steps >= 0;
      await observe(() => answer(after.ledger(), { ...first }), 5_000);
      if (!same(after.rows, [wanted[0]])) bad.push(told(after.rows));
    }
    const seen = `killed at ${moments} moments${bad.length === 0 ? '' : `, ${bad.length} times wrong: ${bad[0]}`}`;
    that('killed at any moment and run again, it is there once', bad.length === 0, seen);

    const both = new Books();
    const twice = () => Promise.all([answer(both.ledger(), { ...first }), answer(both.ledger(), { ...first })]);
    const { trouble: clash } = await observe(twice, 5_000);
    const evidence = clash ?? told(both.rows);
    that('run by two workers at once, it is there once', clash === undefined && same(both.rows, [wanted[0]]), evidence);
  },
};

/** A ledger as a server would keep it: each operation takes a while, and is done whole or not at all. */
class Books {
  readonly #rows = new Map<string | symbol, Row>();

  get rows(): Row[] {
    return [...this.#rows.values()];
  }

  /** A way to it for a program that is killed after so many steps. */
  ledger(power = { steps: Number.POSITIVE_INFINITY }): Ledger {
    const step = async <T>(work: () => T): Promise<T> => {
      await nextTurn();
      power.steps -= 1;
      if (power.steps < 0) throw new Error('killed');
      const result = work();
      await nextTurn();
      return result;
    };
    return {
      append: (row) => step(() => void this.#rows.set(Symbol('row'), { ...row })),
      put: (name, row) => step(() => void this.#rows.set(String(name), { ...row })),
      rows: () => step(() => this.rows.map((row) => ({ ...row }))),
    };
  }
}

function sorted(rows: readonly Row[]): Row[] {
  return [...rows]
    .map(({ to, amount }) => ({ to, amount }))
    .sort((a, b) => String(a.to).localeCompare(String(b.to)) || a.amount - b.amount);
}

function told(rows: readonly Row[]): string {
  if (rows.length === 0) return 'the ledger is empty';
  return `the ledger has ${rows.map(({ to, amount }) => `${to} ${amount}`).join(', ')}`;
}
