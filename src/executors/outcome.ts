import { shipError, shipValue, type Target } from '../shipping/index.ts';

/** An outcome made ready to travel home. */
export interface Outcome {
  readonly ok: boolean;
  readonly value: unknown;
  /** True when `shipValue` changed the result. */
  readonly shipped: boolean;
}

/** True for values that every channel carries as they are. */
export function isPlain(value: unknown): boolean {
  const type = typeof value;
  return type !== 'object' && type !== 'function' && type !== 'symbol' ? true : value === null;
}

/** True for a promise, and for what can be awaited like one. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}

/** Makes an outcome ready; a result that cannot travel becomes the error that says so. */
export function shipOutcome(ok: boolean, value: unknown, to: Target, transfer: unknown[] | undefined): Outcome {
  if (!ok) return { ok, value: shipError(value, to), shipped: false };
  if (isPlain(value)) return { ok, value, shipped: false };
  try {
    const shipped = shipValue(value, to, transfer, 'result');
    return { ok, value: shipped, shipped: shipped !== value };
  } catch (error) {
    return { ok: false, value: shipError(error, to), shipped: false };
  }
}

/** What a `postMessage` or `send` that threw carries in place of an outcome that it could not copy. */
export function uncopied(error: unknown, to: Target): Outcome {
  return { ok: false, value: shipError(error, to), shipped: false };
}

/** Bytes from which on an array goes to a process and back beside the channel: see `Bulk`. */
export const leastBulk: number = 2 ** 20;
/** Objects that are looked at in search of such arrays, and items of each. */
const furthest = 100;

/** The large buffers in a value, as far as a short look finds them; undefined when there is no large array at all. */
export function bulkIn(value: unknown): ArrayBuffer[] | undefined {
  if (isPlain(value)) return undefined;
  const buffers = new Set<ArrayBuffer>();
  let found = false;
  let left = furthest;
  const look = (at: unknown): void => {
    if (typeof at !== 'object' || at === null || left === 0) return;
    left -= 1;
    if (ArrayBuffer.isView(at)) found ||= at.byteLength >= leastBulk;
    else if (at instanceof ArrayBuffer) {
      if (at.byteLength >= leastBulk && !(at as { resizable?: boolean }).resizable) buffers.add(at);
    } else if (Array.isArray(at))
      for (let index = 0; index < at.length && index < furthest; index += 1) look(at[index]);
    else for (const key in at) look((at as Record<string, unknown>)[key]);
  };
  look(value);
  return found || buffers.size > 0 ? [...buffers] : undefined;
}
