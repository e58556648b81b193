import { fileURLToPath } from 'node:url';
import { FixedClusterPool, FixedThreadPool } from 'poolifier';

const file = (kind) => fileURLToPath(new URL(`./poolifier-${kind}.mjs`, import.meta.url));

/** @type {import('./figures.mjs').Open} */
export function open(kind, workers) {
  const pool =
    kind === 'thread'
      ? new FixedThreadPool(workers, file(kind))
      : new FixedClusterPool(workers, file(kind), { settings: { serialization: 'advanced' } });
  return {
    run: (name, arg) => pool.execute(arg, name),
    // Not waited for: at times it never settles.
    close: () => void pool.destroy().catch(() => {}),
  };
}
