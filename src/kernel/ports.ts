import { writeSync } from 'node:fs';
import { Publisher, Reply, Router } from 'zeromq';
import { type Connection, type Content, type Header, type Message, Wire } from './wire.ts';

/** How long a closed socket may still send, ms. */
const linger = 1000;

/** A request, and where its reply goes. */
export interface Received {
  readonly message: Message;
  readonly socket: Router;
}

/** The five ZeroMQ sockets of a kernel. */
export class Ports {
  readonly #wire: Wire;
  readonly #connection: Connection;
  readonly #iopub = new Publisher({ sendHighWaterMark: 0, linger });
  readonly #shell = new Router({ sendHighWaterMark: 0, linger });
  readonly #control = new Router({ sendHighWaterMark: 0, linger });
  readonly #stdin = new Router({ linger: 0 });
  readonly #heartbeat = new Reply({ linger: 0 });
  /** The end of each socket's line of replies: ZeroMQ's binding refuses a second send while one is pending. */
  readonly #sending = new Map<Router, Promise<void>>();

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#wire = new Wire(connection.key);
  }

  /**
   * Resolves when all sockets listen; from then on `receive` is called with each request.
   *
   * @throws Error when one cannot, as its port is taken; then none does
   */
  async open(receive: (request: Received) => void): Promise<void> {
    const { transport, ip, iopub_port, shell_port, control_port, stdin_port, hb_port } = this.#connection;
    const binding = [
      [this.#iopub, iopub_port],
      [this.#shell, shell_port],
      [this.#control, control_port],
      [this.#stdin, stdin_port],
      [this.#heartbeat, hb_port],
    ] as const;
    const bind = async ([socket, port]: (typeof binding)[number]): Promise<void> => {
      const address = `${transport}://${ip}:${port}`;
      await socket.bind(address).catch((error: Error) => {
        throw new Error(`The kernel cannot listen at ${address}: ${error.message}.`, { cause: error });
      });
    };
    // A socket that is still being bound cannot be closed.
    const failed = (await Promise.allSettled(binding.map(bind))).find(({ status }) => status === 'rejected');
    if (failed !== undefined) {
      this.close();
      throw (failed as PromiseRejectedResult).reason;
    }
    for (const socket of [this.#shell, this.#control]) void this.#listen(socket, receive);
    void this.#echo();
  }

  reply({ message, socket }: Received, content: Content): void {
    const header = this.#wire.header(message.header.msg_type.replace(/_request$/, '_reply'));
    const { identities, header: parent } = message;
    const frames = this.#wire.pack({ identities, header, parent, metadata: {}, content });
    const before = this.#sending.get(socket) ?? Promise.resolve();
    this.#sending.set(
      socket,
      before.then(() => socket.send(frames as Buffer[])),
    );
  }

  /** A message for iopub, ready to be published. */
  pack(type: string, content: Content, parent: Header | undefined): Uint8Array[] {
    return this.#wire.pack({
      identities: [Buffer.from(type)],
      header: this.#wire.header(type),
      parent,
      metadata: {},
      content,
    });
  }

  /** One at a time: wait for the end before the next. */
  publish(frames: Uint8Array[]): Promise<void> {
    return this.#iopub.send(frames as Buffer[]);
  }

  /** Resolves when all replies so far have been handed to ZeroMQ. */
  async replied(): Promise<void> {
    await Promise.all(this.#sending.values());
  }

  /** Sockets that are open at the end of the process make ZeroMQ's binding abort it. */
  close(): void {
    for (const socket of [this.#iopub, this.#shell, this.#control, this.#stdin, this.#heartbeat]) socket.close();
  }

  async #listen(socket: Router, receive: (request: Received) => void): Promise<void> {
    for await (const frames of socket) {
      try {
        receive({ message: this.#wire.unpack(frames), socket });
      } catch (error) {
        // To the server's log, and not by way of the main thread, which may be busy.
        writeSync(2, `interleaved kernel: ${error}\n`);
      }
    }
  }

  async #echo(): Promise<void> {
    for await (const frames of this.#heartbeat) await this.#heartbeat.send(frames);
  }
}
