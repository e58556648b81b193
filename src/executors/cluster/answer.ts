import { serialize } from 'node:v8';
import { shipError } from '../../shipping/index.ts';
import { tooLarge } from './parcel.ts';
import type { ClusterSettings } from './settings.ts';
import { type Outcome, toBytes } from './wire.ts';

/** The bytes of an outcome. Results that make it too large, the largest first, become the error that says so. */
export function answerBytes(outcome: Outcome, { maxBytes }: Pick<ClusterSettings, 'maxBytes'>): Buffer {
  const whole = toBytes(outcome);
  if (whole.length <= maxBytes) return whole;
  const values = [...outcome.values];
  const failed = new Set(outcome.failed);
  const sizes = values.map((value, index) => ({ index, size: serialize(value).length }));
  let left = whole.length;
  for (const { index, size } of sizes.sort((a, b) => b.size - a.size)) {
    if (left <= maxBytes) break;
    const error =
      size > maxBytes
        ? tooLarge(size, maxBytes)
        : new RangeError(`the results of one message are more than the ${maxBytes} bytes of this cluster`);
    values[index] = shipError(error, 'remote');
    failed.add(index);
    left -= size;
  }
  return toBytes({ ...outcome, values, failed: [...failed].sort((a, b) => a - b) });
}
