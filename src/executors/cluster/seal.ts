import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * What a seal is for. `task` and `result` are the two directions of a job, so neither can be passed off as the other;
 * `control` is for what is said about a job under way.
 */
export type Kind = 'task' | 'result' | 'control';

/** What a seal binds beside the bytes. */
export interface Claim {
  readonly kind: Kind;
  readonly queue: string;
  /** The job's id: a copy under another id has no valid seal, a redelivery of the same job has. */
  readonly id: string;
  /** When the seal ends to be valid, in ms since 1970. */
  readonly expires: number;
}

/** Why something sealed was refused. */
export type Reason = 'missing' | 'wrong' | 'expired' | 'other kind' | 'other queue' | 'other id' | 'not allowed';

const says: Record<Reason, string> = {
  missing: 'it has no seal: whoever sent it has no secret',
  wrong: 'its seal is wrong: its sender has another secret, or it was changed on the way',
  expired: 'its seal has expired: it waited too long, or the clocks of the two machines differ',
  'other kind': 'its seal is for another kind of message',
  'other queue': 'its seal is for another queue',
  'other id': 'its seal is for another job: it is a copy',
  'not allowed': 'this worker runs only the functions that it was told to allow',
};

/** Something that came through the server was refused; nothing of it was read or run. */
export class Refused extends Error {
  override readonly name: string = 'Refused';
  readonly reason: Reason;

  constructor(what: string, reason: Reason, detail?: string) {
    super(`${what} was refused: ${says[reason]}${detail === undefined ? '' : ` (${detail})`}`);
    this.reason = reason;
  }
}

/** A new secret of 256 random bits, for all who are to trust each other's code. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * A text that only a holder of the secret can make for these bytes and this claim: the claim, and its HMAC-SHA256
 * (RFC 2104) together with the SHA-256 of the bytes.
 */
export function seal(secret: string, claim: Claim, bytes: Uint8Array): string {
  const { kind, queue, id, expires } = claim;
  // JSON, so that no two claims have the same text, whatever signs their parts contain.
  const text = Buffer.from(JSON.stringify(['interleaved 1', kind, queue, id, expires])).toString('base64url');
  return `${text}.${macOf(secret, text, bytes).toString('base64url')}`;
}

/**
 * Checks a seal. Whatever came through the server must pass here before it is deserialised, for that may run code.
 *
 * @param expected what the bytes must have been sealed for; with `expires`, also until when
 * @throws Refused which says why
 */
export function unseal(
  secret: string,
  expected: Omit<Claim, 'expires'> & { readonly expires?: number },
  bytes: Uint8Array,
  sealed: string | undefined,
): void {
  const what = `A ${expected.kind} of the queue '${expected.queue}' with the id '${expected.id}'`;
  if (typeof sealed !== 'string' || sealed === '') throw new Refused(what, 'missing');
  const [text = '', mac = ''] = sealed.split('.');
  const given = Buffer.from(mac, 'base64url');
  const right = macOf(secret, text, bytes);
  if (given.length !== right.length || !timingSafeEqual(given, right)) throw new Refused(what, 'wrong');
  // From here on the text is what a holder of the secret wrote.
  const [, kind, queue, id, expires] = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[];
  if (kind !== expected.kind) throw new Refused(what, 'other kind');
  if (queue !== expected.queue) throw new Refused(what, 'other queue');
  if (id !== expected.id) throw new Refused(what, 'other id');
  if (expected.expires !== undefined && expires !== expected.expires) throw new Refused(what, 'wrong');
  if (!(Date.now() < Number(expires))) throw new Refused(what, 'expired');
}

function macOf(secret: string, text: string, bytes: Uint8Array): Buffer {
  const digest = hash('sha256', bytes, 'base64url');
  return createHmac('sha256', secret).update(`${text}.${digest}`).digest();
}
