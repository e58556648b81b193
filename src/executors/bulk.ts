import { closeSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { DefaultDeserializer, DefaultSerializer } from 'node:v8';
import { openNameless, pathOf } from './nameless.ts';
import { bulkIn, leastBulk } from './outcome.ts';

/** Ms for which the file keeps its memory. */
const keep = 1000;

/** Where the bytes of an array are in the file. */
type Place = readonly [from: number, length: number];

/** The hooks of Node's serializers, which its types leave out. */
interface HostObjects {
  _writeHostObject(object: ArrayBufferView): void;
  _readHostObject(): unknown;
}
const { _writeHostObject: writeSmall } = DefaultSerializer.prototype as unknown as HostObjects;
const { _readHostObject: readSmall } = DefaultDeserializer.prototype as unknown as HostObjects;

/**
 * Large typed arrays on their way to a process and back: their bytes go through a file in memory instead of the
 * channel, whose four copies of each byte cost three times as much.
 *
 * The pool has the file and the process opens it by the pool's descriptor. A value is written at the end of those
 * before it. Invariant: what a batch brings is read before any of its tasks runs, after which the process may write
 * over it; what its tasks give is read when the report of it comes, and when the last one came the file may be emptied.
 * It keeps its memory for a second, as values often come one after another: 64 MB that go there and back without new
 * memory from the system take a fifth less.
 */
export class Bulk {
  readonly #file: number;
  /** Where the next bytes go. */
  #end = 0;
  /** How far the file was used since its last batch was sent, and how far it has memory at most. */
  #used = 0;
  #kept = 0;
  /** Runs while there is memory that nothing is in. */
  #timer: NodeJS.Timeout | undefined;

  /** @param file its descriptor, which this object closes */
  private constructor(file: number) {
    this.#file = file;
  }

  /** A new one; undefined where the system has no files in memory. */
  static create(): Bulk | undefined {
    const file = openNameless();
    return file === undefined ? undefined : new Bulk(file);
  }

  /** The one of another process. */
  static open(path: string): Bulk {
    return new Bulk(openSync(path, 'r+'));
  }

  /** Where another process of this user finds it as long as this one has it open. */
  get path(): string {
    return pathOf(this.#file);
  }

  /**
   * Writes a value down, its large arrays in the file; undefined when there are none, or no room for them, or when the
   * value cannot be copied at all: the channel then does what it does.
   */
  pack(value: unknown): Uint8Array | undefined {
    const buffers = bulkIn(value);
    if (buffers === undefined) return undefined;
    const start = this.#end;
    const writer = new DefaultSerializer();
    (writer as unknown as HostObjects)._writeHostObject = (view) => {
      const isBulk = view.byteLength >= leastBulk;
      writer.writeUint32(isBulk ? 1 : 0);
      if (!isBulk) {
        writeSmall.call(writer, view);
        return;
      }
      writer.writeValue((view as Uint8Array)[Symbol.toStringTag]);
      writer.writeValue(this.#write(new Uint8Array(view.buffer, view.byteOffset, view.byteLength)));
    };
    try {
      writer.writeHeader();
      writer.writeValue(buffers.map((buffer) => this.#write(new Uint8Array(buffer))));
      for (const [id, buffer] of buffers.entries()) writer.transferArrayBuffer(id, buffer);
      writer.writeValue(value);
      return writer.releaseBuffer();
    } catch {
      this.#end = start;
      return undefined;
    }
  }

  /** The value that the other side wrote down. */
  unpack(packed: Uint8Array): unknown {
    const reader = new DefaultDeserializer(packed);
    (reader as unknown as HostObjects)._readHostObject = () => {
      if (reader.readUint32() === 0) return readSmall.call(reader);
      const type = Reflect.get(globalThis, reader.readValue() as string) as typeof Float64Array;
      return new type(this.#read(reader.readValue() as Place));
    };
    reader.readHeader();
    const places = reader.readValue() as Place[];
    for (const [id, place] of places.entries()) reader.transferArrayBuffer(id, this.#read(place));
    return reader.readValue();
  }

  /** All was read: the next value may be written over it. */
  rewind(): void {
    clearTimeout(this.#timer);
    this.#end = 0;
    this.#used = 0;
  }

  /** All was read, and nothing comes before the next `rewind`: gives the memory back, unless that is soon. */
  rest(): void {
    this.#kept = Math.max(this.#kept, this.#used);
    // What one large batch had is not kept for small ones.
    if (this.#kept > 2 * this.#used) this.#shrink(this.#used);
    clearTimeout(this.#timer);
    if (this.#kept > 0) this.#timer = setTimeout(() => this.#shrink(0), keep).unref();
  }

  close(): void {
    clearTimeout(this.#timer);
    closeSync(this.#file);
  }

  #shrink(length: number): void {
    ftruncateSync(this.#file, length);
    this.#kept = length;
  }

  #write(bytes: Uint8Array): Place {
    const { length } = bytes;
    const from = this.#end;
    this.#used = Math.max(this.#used, from + length);
    for (let done = 0; done < length; ) done += writeSync(this.#file, bytes, done, length - done, from + done);
    this.#end += length;
    return [from, length];
  }

  #read([from, length]: Place): ArrayBuffer {
    this.#used = Math.max(this.#used, from + length);
    // Of its own, unlike Node's small buffers, and not filled with zeros that are overwritten at once.
    const bytes = Buffer.allocUnsafeSlow(length);
    for (let done = 0; done < length; ) {
      const read = readSync(this.#file, bytes, done, length - done, from + done);
      if (read === 0) throw new RangeError('the memory of a large array is gone');
      done += read;
    }
    return bytes.buffer as ArrayBuffer;
  }
}
