import type { Shipment } from '../shipping/index.ts';
import type { Batch } from './protocol.ts';

/**
 * So many functions that nobody here has any more a worker keeps all the same: a loop that makes the same arrow anew
 * each time round has none in between, and its next one is to find what the last one left.
 */
const spare = 4;

/**
 * The functions that a worker has, as its pool knows it.
 *
 * A function whose captured data changes is another function to a worker, and would stay there with that data. So the
 * worker is told to forget what can be asked for no more: that whose shipment is collected here, where it is held by
 * the function, as long as that did not change, and by each task that waits or runs.
 */
export class Known {
  /** Ids of what the worker has. */
  readonly #ids = new Set<string>();
  readonly #counted = new WeakSet<Shipment>();
  /** How many shipments of an id there are here: functions of the same content have one each. */
  readonly #counts = new Map<string, number>();
  /** Those of `#ids` of which there are none, the oldest first. */
  readonly #spent = new Set<string>();
  readonly #collected = new FinalizationRegistry<string>((id) => {
    const left = this.#counts.get(id)! - 1;
    this.#counts.set(id, left);
    if (left > 0) return;
    this.#counts.delete(id);
    if (this.#ids.has(id)) this.#spent.add(id);
  });

  /** Notes that the next message needs it. True when the message must bring it, too. */
  add(shipment: Shipment): boolean {
    const { id } = shipment;
    if (!this.#counted.has(shipment)) {
      this.#counted.add(shipment);
      this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1);
      this.#collected.register(shipment, id);
      this.#spent.delete(id);
    }
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    return true;
  }

  /** What the next message is to have the worker forget. */
  get forget(): readonly string[] | undefined {
    return this.#spent.size > spare ? [...this.#spent].slice(0, -spare) : undefined;
  }

  /** The message went out; messages arrive in order. */
  sent({ forget = [] }: Batch): void {
    for (const id of forget) {
      this.#ids.delete(id);
      this.#spent.delete(id);
    }
  }

  /** The message could not be sent. */
  unsent({ definitions = [] }: Batch): void {
    for (const { id } of definitions) this.#ids.delete(id);
  }

  /** The worker is gone. */
  clear(): void {
    this.#ids.clear();
    this.#spent.clear();
  }
}
