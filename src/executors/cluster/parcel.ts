import { randomUUID } from 'node:crypto';
import { type Claim, Refused, seal, unseal } from './seal.ts';
import type { ClusterSettings } from './settings.ts';

/** Bytes up to which a message lies in its job; a larger one has a key of its own, so that the queue stays small. */
const mostInline = 64 * 1024;

/** A sealed message as a job holds it: a batch as its data, or an outcome as its return value. */
export interface Parcel {
  readonly v: 1;
  /** Ms since 1970. */
  readonly expires: number;
  readonly seal: string;
  /** The bytes in base64. */
  readonly body?: string;
  /** Or the key where they lie. */
  readonly ref?: string;
}

/** The part of an ioredis connection that holds large messages. */
export interface Store {
  set(key: string, value: Buffer, unit: 'PX', ms: number): Promise<unknown>;
  getBuffer(key: string): Promise<Buffer | null>;
}

const lostWords = 'is lost: the server no longer has its bytes';

/** A large message of which only the job is left: the server crashed between the two, or forgot one of them. */
export class Lost extends Error {
  override readonly name = 'Lost';

  constructor(what: string) {
    super(`${what} ${lostWords}`);
  }
}

/** Whether a job failed by that. */
export function saysLost(reason: string): boolean {
  return reason.endsWith(lostWords);
}

type Settings = Pick<ClusterSettings, 'prefix' | 'queue' | 'secret' | 'expiresMs' | 'maxBytes'>;
type Subject = Pick<Claim, 'kind' | 'id'>;

/**
 * Seals bytes, and stores those that are too large for the queue.
 *
 * @throws RangeError for more than `maxBytes`, before anything is sent
 */
export async function pack(store: Store, settings: Settings, subject: Subject, bytes: Buffer): Promise<Parcel> {
  checkSize(settings, bytes);
  const { secret, queue, expiresMs } = settings;
  const expires = Date.now() + expiresMs;
  const sealed = { v: 1, expires, seal: seal(secret, { ...subject, queue, expires }, bytes) } as const;
  if (bytes.length <= mostInline) return { ...sealed, body: bytes.toString('base64') };
  // Two callers may send the task of one key, and two workers answer a message that one of them has lost: neither writes
  // over what the other has sealed.
  const ref = dataKey(settings, subject) + randomUUID();
  await store.set(ref, bytes, 'PX', expiresMs);
  return { ...sealed, ref };
}

/**
 * The bytes of a parcel, its seal checked.
 *
 * @throws Refused which says why; Lost; RangeError for more than `maxBytes`
 */
export async function unpack(store: Store, settings: Settings, subject: Subject, parcel: Parcel): Promise<Buffer> {
  const { secret, queue } = settings;
  const { body, ref, expires, seal: sealed } = Object(parcel) as Partial<Parcel>;
  const what = `A ${subject.kind} of the queue '${queue}' with the id '${subject.id}'`;
  let bytes: Buffer | null = null;
  if (typeof body === 'string') bytes = Buffer.from(body, 'base64');
  // Of all keys of the server only the one that is meant for it is read.
  else if (typeof ref === 'string' && ref.startsWith(dataKey(settings, subject))) {
    bytes = await store.getBuffer(ref);
    // It would also be gone when its time is over.
    if (bytes === null && Date.now() < Number(expires)) throw new Lost(what);
  }
  if (bytes === null)
    throw new Refused(what, sealed === undefined ? 'missing' : ref === undefined ? 'wrong' : 'expired');
  checkSize(settings, bytes);
  unseal(secret, { ...subject, queue, expires: Number(expires) }, bytes, sealed);
  return bytes;
}

/** @throws RangeError for more than `maxBytes` */
export function checkSize({ maxBytes }: Pick<Settings, 'maxBytes'>, bytes: Uint8Array): void {
  if (bytes.length > maxBytes) throw tooLarge(bytes.length, maxBytes);
}

export function tooLarge(size: number, maxBytes: number): RangeError {
  return new RangeError(
    `a message of ${size} bytes is more than the ${maxBytes} of this cluster: ` +
      'send less, by a file or an address that all workers can read, or raise maxBytes on both sides',
  );
}

/** What the key of a large message begins with. */
function dataKey({ prefix, queue }: Pick<Settings, 'prefix' | 'queue'>, { kind, id }: Subject): string {
  return `${prefix}:${queue}:data:${id}:${kind}:`;
}
