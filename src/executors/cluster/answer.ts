import { serialize } from 'node:v8';
import { shipError } from '../../shipping/index.ts';
import { checkSize } from './parcel.ts';
import type { ClusterSettings } from './settings.ts';
import { type Outcome, toBytes } from './wire.ts';

/** The bytes of an outcome. Results that make it too large, the largest first, become the error that says so. */
export function answerBytes(outcome: Outcome, settings: Pick<ClusterSettings, 'maxBytes'>): Buffer {
  const whole = toBytes(outcome);
  if (whole.length <= settings.maxBytes) return whole;
  const values = [...outcome.values];
  const failed = new Set(outcome.failed);
  const sizes = values.map((value, index) => ({ index, size: serialize(value).length }));
  let left = whole.length;
  for (const { index, size } of sizes.sort((a, b) => b.size - a.size)) {
    if (left <= settings.maxBytes) break;
    values[index] = shipError(tooLarge(size, settings), 'remote');
    failed.add(index);
    left -= size;
  }
  return toBytes({ ...outcome, values, failed: [...failed].sort((a, b) => a - b) });
}

function tooLarge(size: number, settings: Pick<ClusterSettings, 'maxBytes'>): unknown {
  try {
    checkSize(settings, { length: size } as Uint8Array);
    return new RangeError(`the results of one message are more than the ${settings.maxBytes} bytes of this cluster`);
  } catch (error) {
    return error;
  }
}
