import { type Host, host, setHost } from '../../src/show/host.ts';

/** What an interrupt of the cell would end at this moment. */
export interface Cell {
  readonly ends: ReadonlySet<() => void>;
  interrupt(): void;
}

/** Runs `use` as a cell of a kernel that can be interrupted. */
export async function inCell(use: (cell: Cell) => Promise<void>): Promise<void> {
  const before = host();
  const ends = new Set<() => void>();
  const kernel: Host = {
    display() {},
    onInterrupt(end) {
      ends.add(end);
      return () => ends.delete(end);
    },
  };
  setHost(kernel);
  try {
    await use({
      ends,
      interrupt: () => {
        for (const end of [...ends]) end();
      },
    });
  } finally {
    setHost(before);
  }
}
