import { deserialize, serialize } from 'node:v8';
import { receiveFunction, receiveValue, type Shipment, shipValue } from '../shipping/index.ts';
import { now } from '../timing/clock.ts';

/** What the child is sent: the function, or its id when the child has it already, and the item. */
export interface Request {
  readonly fn: Shipment | string;
  readonly item: unknown;
}

/** The result as bytes, and the moments between the child's steps, in ms of `now()`. */
export interface Reply {
  readonly bytes: Uint8Array;
  readonly moments: readonly number[];
}

/** The child's four steps: deserialise, define, run, serialise. */
export async function answer(bytes: Uint8Array): Promise<Reply> {
  const moments = [now()];
  const { fn: shipment, item } = deserialize(bytes) as Request;
  moments.push(now());
  const fn = receiveFunction(shipment);
  moments.push(now());
  const value: unknown = await fn(receiveValue(item));
  moments.push(now());
  const reply = serialize(shipValue(value, 'process'));
  moments.push(now());
  return { bytes: reply, moments };
}
