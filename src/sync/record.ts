import { inspect } from 'node:util';
import { nextNumber } from '../workers/lives.ts';
import { type Memory, travelsByReference } from './travel.ts';

/** What each kind of field holds. */
interface Kinds {
  int32: number;
  uint32: number;
  float64: number;
  boolean: boolean;
}

/** The fields of a record and their kinds. */
export type RecordFields = Readonly<Record<string, keyof Kinds>>;

/** The fields as plain properties. */
export type RecordValues<F extends RecordFields> = { -readonly [K in keyof F]: Kinds[F[K]] };

/** A record over shared memory: see the constructor. */
export type SharedRecord<F extends RecordFields = RecordFields> = RecordValues<F>;

let memoryOf: (record: object) => Memory<RecordFields>;

/** Each field has eight bytes, so that none shares a word with another. */
const bytes = 8;

class Fields {
  readonly #memory: Memory<RecordFields>;

  static {
    memoryOf = (record) => (record as Fields).#memory;
  }

  constructor(fields: RecordFields, values: Readonly<Record<string, unknown>> = {}, memory?: Memory<RecordFields>) {
    const names = Object.keys(fields);
    this.#memory = memory ?? {
      number: nextNumber(),
      buffer: new SharedArrayBuffer(bytes * Math.max(1, names.length)),
      data: { ...fields },
    };
    for (const [index, name] of names.entries()) {
      Object.defineProperty(this, name, propertyOf(this.#memory.buffer, index, name, fields[name]!));
    }
    Object.preventExtensions(this);
    for (const [name, value] of Object.entries(values)) {
      if (!names.includes(name)) throw new TypeError(`the record has no field '${name}': it has ${names.join(', ')}`);
      (this as unknown as Record<string, unknown>)[name] = value;
    }
  }

  [inspect.custom](_depth: number, options: object): string {
    return `SharedRecord ${inspect({ ...this }, options)}`;
  }
}

/** Plain reads and writes of one field. */
function propertyOf(buffer: SharedArrayBuffer, index: number, name: string, kind: string): PropertyDescriptor {
  const at = (View: new (buffer: SharedArrayBuffer, from: number, length: number) => Words): Words =>
    new View(buffer, index * bytes, 1);
  const wrong = (value: unknown): TypeError => new TypeError(`'${name}' is ${kinds[kind]}, not ${inspect(value)}`);
  if (kind === 'boolean') {
    const word = at(Int32Array);
    return {
      enumerable: true,
      get: () => word[0] === 1,
      set(value: unknown) {
        if (typeof value !== 'boolean') throw wrong(value);
        word[0] = value ? 1 : 0;
      },
    };
  }
  if (kind === 'float64') {
    const word = at(Float64Array);
    return {
      enumerable: true,
      get: () => word[0],
      set(value: unknown) {
        if (typeof value !== 'number') throw wrong(value);
        word[0] = value;
      },
    };
  }
  if (kind === 'int32' || kind === 'uint32') {
    const word = at(kind === 'int32' ? Int32Array : Uint32Array);
    const fits = kind === 'int32' ? (value: number) => value | 0 : (value: number) => value >>> 0;
    return {
      enumerable: true,
      get: () => word[0],
      set(value: unknown) {
        if (typeof value !== 'number' || fits(value) !== value) throw wrong(value);
        word[0] = value;
      },
    };
  }
  throw new TypeError(`field '${name}' is of the kind ${inspect(kind)}: take one of ${Object.keys(kinds).join(', ')}`);
}

type Words = Int32Array | Uint32Array | Float64Array;

const kinds: Readonly<Record<string, string>> = {
  int32: 'a whole number from -2³¹ to 2³¹ - 1',
  uint32: 'a whole number from 0 to 2³² - 1',
  float64: 'a number',
  boolean: 'true or false',
};

Object.defineProperty(Fields, 'name', { value: 'SharedRecord' });

/**
 * Named fields in memory that all threads see: give the record to a `Thread` or to a task of a `ThreadPoolExecutor`, or
 * keep it in a field of a class, and it is the same record everywhere.
 *
 * Fields are read and written as those of any object, with no protection: `account.balance += 5` reads, adds and
 * writes, and what another thread wrote in between is lost. Under a lock nothing is.
 *
 * @param fields names and kinds: 'int32', 'uint32', 'float64' or 'boolean'
 * @param values what they are at first; 0 or false by default
 * @throws TypeError for a kind or a field that there is not, and for a value that a field cannot hold
 * @example
 * const account = new SharedRecord({ balance: 'float64', open: 'boolean' }, { balance: 100 });
 * account.balance += 5;
 */
export const SharedRecord = Fields as unknown as RecordMaker;

interface RecordMaker {
  new <F extends RecordFields>(fields: F, values?: Partial<RecordValues<F>>): SharedRecord<F>;
}

travelsByReference<object, RecordFields>('SharedRecord', SharedRecord, import.meta.url, {
  memoryOf: (record) => memoryOf(record),
  make: (memory) => new Fields(memory.data, undefined, memory),
});
