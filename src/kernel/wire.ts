import { createHmac, randomUUID } from 'node:crypto';

/** The header of a Jupyter message. */
export interface Header {
  msg_id: string;
  session: string;
  username: string;
  date: string;
  msg_type: string;
  version: string;
}

export type Content = Record<string, unknown>;

/** A Jupyter message as it travels over ZeroMQ. */
export interface Message {
  /** Routing prefix; on iopub, the topic. */
  readonly identities: readonly Uint8Array[];
  readonly header: Header;
  readonly parent: Header | undefined;
  readonly metadata: Content;
  readonly content: Content;
}

/** The file that whoever starts a kernel writes for it. */
export interface Connection {
  readonly transport: string;
  readonly ip: string;
  readonly key: string;
  readonly shell_port: number;
  readonly iopub_port: number;
  readonly stdin_port: number;
  readonly control_port: number;
  readonly hb_port: number;
}

const delimiter = Buffer.from('<IDS|MSG>');
const protocolVersion = '5.3';

/** Packs and unpacks messages: identities, delimiter, signature, four JSON parts. */
export class Wire {
  readonly #key: string;
  readonly #session: string = randomUUID();

  constructor(key: string) {
    this.#key = key;
  }

  /** A new header of this session. */
  header(type: string): Header {
    return {
      msg_id: randomUUID(),
      session: this.#session,
      username: 'kernel',
      date: new Date().toISOString(),
      msg_type: type,
      version: protocolVersion,
    };
  }

  pack(message: Message): Uint8Array[] {
    const { identities, header, parent, metadata, content } = message;
    const parts = [header, parent ?? {}, metadata, content].map((part) => Buffer.from(JSON.stringify(part)));
    return [...identities, delimiter, Buffer.from(this.#sign(parts)), ...parts];
  }

  /** @throws Error when the frames are no message or the signature is not ours */
  unpack(frames: readonly Uint8Array[]): Message {
    const at = frames.findIndex((frame) => delimiter.equals(frame));
    // Behind the four parts may come more, of types of message that this kernel does not know.
    const [signature, ...parts] = frames.slice(at + 1, at + 6);
    if (at < 0 || signature === undefined || parts.length < 4) throw new Error('Not a Jupyter message.');
    if (this.#sign(parts) !== Buffer.from(signature).toString()) throw new Error('A message with a wrong signature.');
    const [header, parent, metadata, content] = parts.map((part) => JSON.parse(Buffer.from(part).toString())) as [
      Header,
      Partial<Header>,
      Content,
      Content,
    ];
    const parentHeader = parent.msg_id === undefined ? undefined : (parent as Header);
    return { identities: frames.slice(0, at), header, parent: parentHeader, metadata, content };
  }

  /** An empty key switches signing off, as the protocol says. */
  #sign(parts: readonly Uint8Array[]): string {
    if (this.#key === '') return '';
    const hmac = createHmac('sha256', this.#key);
    for (const part of parts) hmac.update(part);
    return hmac.digest('hex');
  }
}
