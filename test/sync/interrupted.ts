import assert from 'node:assert/strict';

const steps = ['load', 'store', 'add', 'sub', 'exchange', 'compareExchange', 'notify'] as const;

/** Runs `use`, and in the midst of it, right before its step of that number in shared memory, `other`. */
function interrupted<R>(step: number, use: () => R, other: () => void): { readonly gave: R; readonly isOver: boolean } {
  const real = Object.fromEntries(steps.map((name) => [name, Atomics[name]]));
  let left = step;
  const restore = (): void => void Object.assign(Atomics, real);
  for (const name of steps) {
    const way = Atomics[name] as (...args: unknown[]) => unknown;
    const before = (...args: unknown[]): unknown => {
      if (left === 0) {
        restore();
        other();
      }
      left -= 1;
      return way(...args);
    };
    Object.assign(Atomics, { [name]: before });
  }
  try {
    return { gave: use(), isOver: left >= 0 };
  } finally {
    restore();
  }
}

/** What becomes of each, all made alike, when `use` is interrupted by `other`, at each of its steps in turn. */
export function atEachStep<T, R>(
  all: readonly T[],
  use: (one: T) => R,
  other: (one: T) => void,
  look: (one: T, gave: R, step: string) => void,
): void {
  for (const [step, one] of all.entries()) {
    const { gave, isOver } = interrupted(
      step,
      () => use(one),
      () => other(one),
    );
    if (isOver) {
      assert.ok(step > 5, `${step} steps`);
      return;
    }
    look(one, gave, `interrupted at step ${step}`);
  }
  assert.fail(`more than ${all.length} steps`);
}
