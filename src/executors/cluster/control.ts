import { seal, unseal } from './seal.ts';
import type { ClusterSettings } from './settings.ts';
import { type Control, controlFrom, toBytes } from './wire.ts';

type Settings = Pick<ClusterSettings, 'queue' | 'secret' | 'expiresMs'>;

/** What is published in `controlChannel`: sealed, as whoever may publish there could else end others' tasks. */
export function controlText({ queue, secret, expiresMs }: Settings, control: Control): string {
  const bytes = toBytes(control);
  const { id } = control;
  const expires = Date.now() + expiresMs;
  const sealed = seal(secret, { kind: 'control', queue, id, expires }, bytes);
  return JSON.stringify({ id, expires, seal: sealed, body: bytes.toString('base64') });
}

/**
 * Reads it, its seal checked.
 *
 * @throws Refused; SyntaxError for a text that is none of ours
 */
export function readControl({ queue, secret }: Settings, text: string): Control {
  const { id, expires, seal: sealed, body } = Object(JSON.parse(text)) as Record<string, unknown>;
  const bytes = Buffer.from(String(body), 'base64');
  const claim = { kind: 'control', queue, id: String(id), expires: Number(expires) } as const;
  unseal(secret, claim, bytes, sealed as string | undefined);
  return controlFrom(bytes);
}
