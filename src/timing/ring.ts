import type { RecordedEvent } from './events.ts';

type Kind = RecordedEvent['kind'];

const kinds: readonly Kind[] = [
  'submitted',
  'started',
  'finished',
  'received',
  'spawned',
  'ready',
  'exited',
  'waiting',
  'acquired',
  'released',
];
const kindNumbers = new Map(kinds.map((kind, number) => [kind, number]));

/** Records that fit: those of some ms of the busiest lock, and nothing of it is real memory before it is written. */
const capacity = 2 ** 14;
/** Each record is two doubles (time, id) and four words (kind and ok, name, lane, message). */
const recordBytes = 32;
const headerBytes = 64;
const recordsEnd = headerBytes + capacity * recordBytes;
/** UTF-16 code units that names may take together: each name is its length, then itself. */
const nameUnits = 2 ** 14;
const longestName = 200;

/** The words of the header. */
const written = 0;
const read = 1;
const lost = 2;

/**
 * Events of one thread on their way to another, in shared memory: whatever becomes of the thread, what it had written
 * is there. One thread writes, one reads, nobody ever waits: events for which there is no room are counted.
 *
 * The count of records `written` is stored after the record, so a record that is counted is whole.
 */
export class Ring {
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  readonly #units: Uint16Array;
  /** The writer's: where each name stands. */
  readonly #places = new Map<string, number>();
  /** The reader's: the name at each place. */
  readonly #names = new Map<number, string>();
  /** Where the writer's next name goes; place 0 is that of no name. */
  #nextPlace = 1;

  constructor(memory = new SharedArrayBuffer(recordsEnd + 2 * nameUnits)) {
    this.memory = memory;
    this.#words = new Int32Array(memory, 0, recordsEnd / 4);
    this.#doubles = new Float64Array(memory, 0, recordsEnd / 8);
    this.#units = new Uint16Array(memory, recordsEnd, nameUnits);
  }

  write({ kind, time, lane, id, name, message = 0, ok }: RecordedEvent): void {
    const words = this.#words;
    const count = words[written]!;
    // Both counts go round at 2 ** 32; their difference does not mind.
    if (((count - Atomics.load(words, read)) | 0) >= capacity) {
      Atomics.add(words, lost, 1);
      return;
    }
    const at = headerBytes + (count & (capacity - 1)) * recordBytes;
    this.#doubles[at / 8] = time;
    this.#doubles[at / 8 + 1] = id ?? Number.NaN;
    words[at / 4 + 4] = 3 * kindNumbers.get(kind)! + (ok === undefined ? 2 : Number(ok));
    words[at / 4 + 5] = this.#placeOf(name);
    words[at / 4 + 6] = this.#placeOf(lane);
    words[at / 4 + 7] = message;
    Atomics.store(words, written, count + 1);
  }

  /** Gives what was written since the last call, in its order. */
  readAll(take: (event: RecordedEvent) => void): void {
    const words = this.#words;
    const end = Atomics.load(words, written);
    for (let count = words[read]!; count !== end; count = (count + 1) | 0) {
      const event = this.#eventAt(headerBytes + (count & (capacity - 1)) * recordBytes);
      Atomics.store(words, read, count + 1);
      take(event);
    }
  }

  /** Gives how many events found no room since the last call. */
  takeLost(): number {
    return Atomics.load(this.#words, lost) === 0 ? 0 : Atomics.exchange(this.#words, lost, 0);
  }

  #eventAt(at: number): RecordedEvent {
    const words = this.#words;
    const id = this.#doubles[at / 8 + 1]!;
    const kindAndOk = words[at / 4 + 4]!;
    const name = this.#nameAt(words[at / 4 + 5]!);
    const message = words[at / 4 + 7]!;
    const ok = kindAndOk % 3;
    return {
      kind: kinds[Math.floor(kindAndOk / 3)]!,
      time: this.#doubles[at / 8]!,
      lane: this.#nameAt(words[at / 4 + 6]!) ?? 'unknown',
      ...(!Number.isNaN(id) && { id }),
      ...(name !== undefined && { name }),
      ...(message !== 0 && { message }),
      ...(ok !== 2 && { ok: ok === 1 }),
    };
  }

  /** Where a name stands; 0 when it is none, or there is no room for one more. */
  #placeOf(name: string | undefined): number {
    if (name === undefined) return 0;
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    const place = this.#nextPlace;
    const length = Math.min(name.length, longestName);
    if (place + 1 + length > nameUnits) return 0;
    this.#units[place] = length;
    for (let index = 0; index < length; index += 1) this.#units[place + 1 + index] = name.charCodeAt(index);
    this.#nextPlace += 1 + length;
    this.#places.set(name, place);
    return place;
  }

  #nameAt(place: number): string | undefined {
    if (place === 0) return undefined;
    let name = this.#names.get(place);
    if (name === undefined) {
      name = String.fromCharCode(...this.#units.subarray(place + 1, place + 1 + this.#units[place]!));
      this.#names.set(place, name);
    }
    return name;
  }
}
