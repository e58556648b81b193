import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';

/** A proxy on this machine that counts what comes through it, by the host that sent it. */
export class CountingProxy {
  /** Bytes received, encryption included. */
  readonly bytes: Map<string, number> = new Map();
  readonly #server = createServer();

  /** Its address, for HTTPS_PROXY. */
  async start(): Promise<string> {
    this.#server.on('connect', (request, client, head) => {
      const [host = '', port = '443'] = (request.url ?? '').split(':');
      const far = connect(Number(port), host, () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        far.write(head);
        far.pipe(client).pipe(far);
      });
      far.on('data', (chunk) => this.bytes.set(host, (this.bytes.get(host) ?? 0) + chunk.length));
      for (const [one, other] of [
        [far, client],
        [client, far],
      ] as const) {
        one.on('error', () => other.destroy());
        one.on('close', () => other.destroy());
      }
    });
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const { port } = this.#server.address() as { port: number };
    return `http://127.0.0.1:${port}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
