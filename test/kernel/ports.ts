import { createServer } from 'node:net';

/** Ports of the loopback address that nobody has at this moment. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  try {
    return await Promise.all(
      servers.map(
        (server) =>
          new Promise<number>((resolve) =>
            server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
          ),
      ),
    );
  } finally {
    for (const server of servers) server.close();
  }
}
