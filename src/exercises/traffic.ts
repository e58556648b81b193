import { serialize } from 'node:v8';
import { type AnyFunction, shipFunction, shipValue } from '../shipping/index.ts';

/** What goes to the workers, in bytes: each function once, with what it uses, and arguments every time. */
export class Traffic {
  bytes = 0;
  readonly #known = new Set<string>();

  function(fn: AnyFunction): void {
    const shipment = shipFunction(fn, 'process');
    if (this.#known.has(shipment.id)) return;
    this.#known.add(shipment.id);
    this.bytes += serialize(shipment.definitions).byteLength;
  }

  value(value: unknown): void {
    this.bytes += serialize(shipValue(value, 'process')).byteLength;
  }
}
