import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A network between a cluster's parts and its server that can be cut: then nothing arrives, and nobody is told. */
export class Network {
  readonly #server: Server;
  readonly #port: number;
  readonly #sockets = new Set<Socket>();
  /** True while the network is cut. */
  #isCut = false;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.#port = port;
    server.on('connection', (socket) => this.#carry(socket));
  }

  static async before(port: number): Promise<Network> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Network(server, port);
  }

  /** A url of the server, by way of it. */
  url(url: string): string {
    const { port } = this.#server.address() as { port: number };
    return url.replace(/:\d+$/, `:${port}`);
  }

  /** From now on nothing passes by any connection that there is, ever; new ones are not answered until `heal`. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.removeAllListeners('data').pause();
  }

  /** Connections made from now on pass, those made before stay dead. */
  heal(): void {
    this.#isCut = false;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #carry(near: Socket): void {
    this.#sockets.add(near);
    near.on('error', () => {}).on('close', () => this.#sockets.delete(near));
    if (this.#isCut) return;
    const far = connect(this.#port, '127.0.0.1');
    this.#sockets.add(far);
    far
      .on('error', () => {})
      .on('close', () => {
        this.#sockets.delete(far);
        near.destroy();
      });
    near.on('close', () => far.destroy());
    near.on('data', (chunk) => far.write(chunk));
    far.on('data', (chunk) => near.write(chunk));
  }
}
